/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which process uses a port that we need, for the message to the operator, as far as /proc tells.
 *
 * Thread: any. Errors: -ENOENT if it is unknown (no permission, another namespace).
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

/* What the operator can do about it, as an imperative without a full stop. NULL: unknown. */
const char *rb_port_owner_cure(const struct rb_port_owner *holder);

#endif
