/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The listening sockets of remote-control for unbound-control, opened before root is given up:
 * ports, directories and keys may be accessible only to root.
 *
 * Thread:   main.
 * Lifetime: until rb_remote_close(), which the process that opened them precedes by
 *	     rb_remote_unlink().
 * Errors:   0 or -errno, logged, with file and line.
 */
#ifndef RB_CONTROL_UNBOUND_LISTEN_H
#define RB_CONTROL_UNBOUND_LISTEN_H

#include "config/config.h"
#include "control/clients.h"

struct rb_inherited;
struct rb_remote_sockets;

/* Check what can be checked without opening anything. */
int rb_remote_check(const struct rb_config *config);

/*
 * NULL if remote-control is off. inherited: sockets that are open already. One that cannot be
 * opened is logged and left out: DNS does not depend on it. -EINVAL: the certificates are unusable.
 */
int rb_remote_open(const struct rb_config *config, struct rb_inherited *inherited,
		   struct rb_remote_sockets **ret_sockets);

/* Make the clients serve copies of the sockets. sockets may be NULL, also below. 0 or -errno. */
int rb_remote_serve(struct rb_remote_sockets *sockets, struct rb_clients *clients);

void rb_remote_close(struct rb_remote_sockets *sockets);

/* Remove the files of the Unix sockets that systemd does not keep. */
void rb_remote_unlink(const struct rb_remote_sockets *sockets);

#endif
