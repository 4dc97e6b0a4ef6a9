/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The operator's listening sockets in systemd's descriptor store: a client that connects during a
 * restart waits for the next process.
 *
 * Thread: main. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_CONTROL_KEPT_H
#define RB_CONTROL_KEPT_H

#include <stdbool.h>
#include <sys/socket.h>

struct rb_inherited;

/* A Unix socket: an inherited one, or else opened. *ret_is_kept: systemd keeps it, so its file has
 * to stay. inherited may be NULL, also below. */
int rb_kept_unix(struct rb_inherited *inherited, const char *path, int *ret_fd, bool *ret_is_kept);

/* A listening TCP socket with this backlog. role: which of the operator's sockets it is. */
int rb_kept_tcp(struct rb_inherited *inherited, const char *role,
		const struct sockaddr_storage *addr, int backlog, int *ret_fd);

#endif
