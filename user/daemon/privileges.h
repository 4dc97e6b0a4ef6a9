/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the daemon may do: as little as a start needs, and then as little as a reload and the
 * following of interfaces need, in main alone.
 *
 * Thread: main. Errors: 0 or -errno, logged.
 */
#ifndef RB_DAEMON_PRIVILEGES_H
#define RB_DAEMON_PRIVILEGES_H

#include "config/config.h"

/* Before any thread is started: become username:, where that is asked for and we are root. */
int rb_privileges_become(const struct rb_config *config);

/* Once everything runs: keep what is needed from then on, and say what that is. */
void rb_privileges_settle(void);

#endif
