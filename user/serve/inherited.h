/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets that the service manager has kept for us since an earlier process had them: what has come
 * meanwhile waits in them. Each has a name that says address, type and how it was bound.
 *
 * Thread:   main. Lifetime: rb_inherited_end() or _close(), which close what nobody took.
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

/* What systemd passes on, once for a process. None is no error. */
void rb_inherited_begin(struct rb_inherited *inherited);

/* Close what is left, and have systemd do the same. */
void rb_inherited_end(struct rb_inherited *inherited);

/* Close only this process's copies: systemd keeps them for a start that does not fail. */
void rb_inherited_close(struct rb_inherited *inherited);

void rb_inherited_name(const struct sockaddr_storage *addr, int type,
		       enum rb_socket_binding binding, char ret_name[RB_INHERITED_NAME]);

/* Whether there is exactly such a number of that name. */
bool rb_inherited_has(const struct rb_inherited *inherited, const char *name, unsigned int count);

/* Those, which are the caller's then. */
void rb_inherited_take(struct rb_inherited *inherited, const char *name, int *ret_fds);

/* Have systemd keep them by that name, if there is one; or keep none of that name any more. */
bool rb_inherited_keep(const char *name, const int *fds, unsigned int count);
void rb_inherited_drop(const char *name);

#endif
