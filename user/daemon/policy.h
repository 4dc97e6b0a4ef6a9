/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another local policy while everything else stays: put in force beside the resolvers, which do not
 * know of it, and the hot table swept.
 *
 * Thread: main.
 */
#ifndef RB_DAEMON_POLICY_H
#define RB_DAEMON_POLICY_H

#include "daemon/parts.h"
#include "policy/change.h"

/*
 * What unbound-control asks for. Sets change->wrong. It lasts until the next reload. -ENOENT: there
 * is no such view. Else -errno: nothing has changed. When it returns, the table is swept.
 */
int rb_daemon_policy_change(struct rb_daemon *daemon, struct rb_policy_change *change);

/* The same for the control socket. context: the daemon. */
int rb_daemon_policy_command(void *context, struct rb_policy_change *change);

/*
 * What the keeper has had compiled anew, from files that have changed since: parent's policy_fd. What
 * has changed at run time stays. What cannot be used is logged. The sweep is left to its thread; not
 * while there is one under way.
 */
void rb_daemon_policy_take(struct rb_daemon *daemon);

#endif
