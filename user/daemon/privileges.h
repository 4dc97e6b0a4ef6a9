/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The privileges of keeper and server. The keeper has only those that it needs to start servers and
 * to follow interfaces, the server none.
 *
 * Thread: main. Errors: 0 or -errno, logged.
 */
#ifndef RB_DAEMON_PRIVILEGES_H
#define RB_DAEMON_PRIVILEGES_H

#include "config/config.h"
#include "keeper/user.h"

/* The keeper, before it starts a server: become username:, if that is set and we are root. */
int rb_privileges_become(const struct rb_config *config);

/* The keeper, once the first server serves: keep what the next ones will need. */
void rb_privileges_settle_keeper(void);

/*
 * The server, before it reads anything from outside, and while it has one thread: become that user
 * and give up all capabilities, for good. Logs any that are left.
 */
int rb_privileges_end(const struct rb_process_user *user);

#endif
