/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The listening sockets for the operator: the control socket, those of remote-control, and the
 * metrics. The keeper opens them, and every server serves them in turn.
 *
 * Thread:   main.
 * Errors:   a socket that cannot be opened is logged and left out; DNS does not depend on it.
 */
#ifndef RB_CONTROL_SOCKETS_H
#define RB_CONTROL_SOCKETS_H

#include "control/unbound/listen.h"

struct rb_control_sockets {
	int own_fd; /* -1: none, as the next one */
	int metrics_fd;
	char *own_path;
	bool own_is_kept;                 /* by systemd: its file stays */
	struct rb_remote_sockets *remote; /* NULL: none */
};

/*
 * Open the sockets that are not inherited. Those of remote-control come first, before root is given
 * up: see listen.h. -EINVAL: its certificates are unusable. -ENOMEM.
 */
int rb_control_sockets_open_remote(const struct rb_config *config, struct rb_inherited *inherited,
				   struct rb_control_sockets **ret_sockets);
void rb_control_sockets_open_own(const struct rb_config *config, struct rb_inherited *inherited,
				 struct rb_control_sockets *sockets);

/*
 * Close them and remove the files of Unix sockets that systemd does not keep, at the very end. NULL
 * is allowed, also below.
 */
void rb_control_sockets_close(struct rb_control_sockets *sockets);

/* Close only this process's copies. */
void rb_control_sockets_release(struct rb_control_sockets *sockets);

#endif
