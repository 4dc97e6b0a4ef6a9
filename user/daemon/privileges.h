/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What keeper and server may do: the keeper as little as a start and the following of interfaces need,
 * the server nothing.
 *
 * Thread: main. Errors: 0 or -errno, logged.
 */
#ifndef RB_DAEMON_PRIVILEGES_H
#define RB_DAEMON_PRIVILEGES_H

#include "config/config.h"
#include "keeper/user.h"

/* The keeper, before it starts a server: become username:, where that is asked for and we are root. */
int rb_privileges_become(const struct rb_config *config);

/* The keeper, once the first server serves: keep what the next ones will need. */
void rb_privileges_settle_keeper(void);

/*
 * The server, before it reads what a stranger has sent, and while it has one thread: become that
 * user, and have no capability, for good. Says what is left.
 */
int rb_privileges_end(const struct rb_process_user *user);

#endif
