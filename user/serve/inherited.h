/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets of an earlier process that the service manager has kept for us: queries that came in the
 * meantime wait in them. Each has a name with its address, type and how it was bound.
 *
 * Thread:   main. Lifetime: rb_inherited_end() or _close(), which close those that nobody took.
 * Errors:   0 or -errno. Never logs.
 */
#ifndef RB_SERVE_INHERITED_H
#define RB_SERVE_INHERITED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "serve/socket.h"

#define RB_INHERITED_NAME 64

struct rb_inherited {
	int count;
	int *fds;     /* -1: taken */
	char **names; /* by descriptor */
};

/* Receive them from systemd, once in a process. Without any this is no error. */
void rb_inherited_begin(struct rb_inherited *inherited);

/* Close those that are left, and have systemd do the same. */
void rb_inherited_end(struct rb_inherited *inherited);

/* Close only this process's copies: systemd keeps them for a start that does not fail. */
void rb_inherited_close(struct rb_inherited *inherited);

void rb_inherited_name(const struct sockaddr_storage *addr, int type,
		       enum rb_socket_binding binding, char ret_name[RB_INHERITED_NAME]);

/* Whether there are exactly this many with this name. */
bool rb_inherited_has(const struct rb_inherited *inherited, const char *name, unsigned int count);

/* Give them to the caller. */
void rb_inherited_take(struct rb_inherited *inherited, const char *name, int *ret_fds);

/* Have systemd, if it is there, keep them under this name; or no longer keep those of this name. */
bool rb_inherited_keep(const char *name, const int *fds, unsigned int count);
void rb_inherited_drop(const char *name);

#endif
