/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the operator is listened to: the control socket, the places of remote-control, and the
 * metrics. The keeper opens them, and every server serves them in turn.
 *
 * Thread:   main.
 * Errors:   what cannot be opened is logged and left out; DNS does not depend on it.
 */
#ifndef RB_CONTROL_SOCKETS_H
#define RB_CONTROL_SOCKETS_H

#include "control/unbound/listen.h"

struct rb_control_sockets {
	int own_fd; /* -1: none, as the next one */
	int metrics_fd;
	char *own_path;
	struct rb_remote_sockets *remote; /* NULL: none */
};

/*
 * The places of remote-control first, before root is given up: see listen.h. -EINVAL: its
 * certificates are of no use. -ENOMEM.
 */
int rb_control_sockets_open_remote(const struct rb_config *config,
				   struct rb_control_sockets **ret_sockets);
void rb_control_sockets_open_own(const struct rb_config *config,
				 struct rb_control_sockets *sockets);

/* With the Unix sockets' names: at the end of all. NULL: nothing, as the next one. */
void rb_control_sockets_close(struct rb_control_sockets *sockets);

/* This process's copies alone. */
void rb_control_sockets_release(struct rb_control_sockets *sockets);

#endif
