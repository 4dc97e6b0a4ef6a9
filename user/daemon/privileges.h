/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What keeper and server may do: the keeper as little as a start and the following of interfaces need,
 * the server as little as a reload needs, in its main thread alone.
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

/* The server, first of all: nothing of XDP is its own. */
void rb_privileges_start(const struct rb_config *config);

/* The server, once everything runs: keep what is needed from then on, and say what that is. */
void rb_privileges_settle(const struct rb_config *config);

#endif
