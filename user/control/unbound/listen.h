/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The places where remote-control serves unbound-control, opened before root is given up: ports,
 * directories and keys may be root's alone.
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

struct rb_remote_sockets;

/* What there is to check without opening anything. */
int rb_remote_check(const struct rb_config *config);

/*
 * NULL where remote-control is off. A place that cannot be opened is logged and left out: DNS does
 * not depend on it. -EINVAL: the certificates are of no use.
 */
int rb_remote_open(const struct rb_config *config, struct rb_remote_sockets **ret_sockets);

/* Have the clients serve copies of the sockets. sockets may be NULL, below too. */
void rb_remote_serve(struct rb_remote_sockets *sockets, struct rb_clients *clients);

void rb_remote_close(struct rb_remote_sockets *sockets);

/* Remove what Unix sockets were made under. */
void rb_remote_unlink(const struct rb_remote_sockets *sockets);

#endif
