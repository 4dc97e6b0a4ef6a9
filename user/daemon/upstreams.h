/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Others to be asked while everything else stays: new resolver processes, and the answers of the
 * names concerned taken out of the table.
 *
 * Thread: main.
 */
#ifndef RB_DAEMON_UPSTREAMS_H
#define RB_DAEMON_UPSTREAMS_H

#include "dns/flush.h"

/*
 * For the control socket. context: the daemon. text: what libunbound is to read from now on, taken
 * in any case. It lasts until the next reload. -errno: nothing has changed.
 */
int rb_daemon_upstreams_command(void *context, char *text, const struct rb_flush *concerned);

#endif
