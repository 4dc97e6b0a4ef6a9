/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who holds a port that we want: for the message to the operator, as well as /proc tells it.
 *
 * Thread: any. Errors: -ENOENT where it cannot be told (no permission, another namespace).
 */
#ifndef RB_SERVE_PORT_OWNER_H
#define RB_SERVE_PORT_OWNER_H

#include <sys/socket.h>
#include <sys/types.h>

struct rb_port_owner {
	pid_t pid;
	char name[64]; /* as in /proc/PID/comm */
};

/* type: SOCK_DGRAM or SOCK_STREAM. */
int rb_port_owner_find(const struct sockaddr_storage *addr, int type,
		       struct rb_port_owner *ret_holder);

/* What the operator can do about it, as an imperative without its full stop. NULL: not known. */
const char *rb_port_owner_cure(const struct rb_port_owner *holder);

#endif
