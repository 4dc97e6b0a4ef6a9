/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What rb-server may not do, whatever privileges its main thread has: execute, signal or trace
 * processes, change its user, change the machine. It does not need to, since the keeper starts all
 * processes.
 *
 * Thread: the server's first, before there are others. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_DAEMON_DENIED_H
#define RB_DAEMON_DENIED_H

int rb_denied_enter(void);

#endif
