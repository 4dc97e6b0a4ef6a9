/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Change upstream servers while everything else stays: start new resolver processes, and remove the
 * answers for the names concerned from the table.
 *
 * Thread: main.
 */
#ifndef RB_DAEMON_UPSTREAMS_H
#define RB_DAEMON_UPSTREAMS_H

#include "dns/flush.h"

/*
 * For the control socket. context: the daemon. text: what libunbound reads from now on; it is owned
 * by the daemon, even after an error. The change lasts until the next reload. -errno: nothing has
 * changed.
 */
int rb_daemon_upstreams_command(void *context, char *text, const struct rb_flush *concerned);

#endif
