/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What keeper and server may do: as little as a start needs, and then the server as little as a
 * reload and the following of interfaces need, in its main thread alone.
 *
 * Thread: main. Errors: 0 or -errno, logged.
 */
#ifndef RB_DAEMON_PRIVILEGES_H
#define RB_DAEMON_PRIVILEGES_H

#include "config/config.h"

/* The keeper, before it starts a server: become username:, where that is asked for and we are root. */
int rb_privileges_become(const struct rb_config *config);

/* The keeper, once the first server serves: keep what the next ones will need. */
void rb_privileges_settle_keeper(void);

/* The server, once everything runs: keep what is needed from then on, and say what that is. */
void rb_privileges_settle(void);

#endif
