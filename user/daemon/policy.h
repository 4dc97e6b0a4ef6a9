/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Put another local policy into force while everything else stays, and sweep the hot table. The
 * resolvers do not know local policy.
 *
 * Thread: main.
 */
#ifndef RB_DAEMON_POLICY_H
#define RB_DAEMON_POLICY_H

#include "daemon/parts.h"
#include "policy/change.h"

/*
 * Make a change that unbound-control asks for. Sets change->wrong. The change lasts until the next
 * reload. -ENOENT: there is no such view. -EBUSY: sweeps of earlier changes wait. After any error
 * nothing has changed. The sweep is left to its thread.
 */
int rb_daemon_policy_change(struct rb_daemon *daemon, struct rb_policy_change *change);

/* The same for the control socket. context: the daemon. */
int rb_daemon_policy_command(void *context, struct rb_policy_change *change);

/*
 * Take the policy that was compiled again because its files have changed: parent's policy_fd.
 * Changes at run time stay. If it cannot be used, the log says so. The sweep is left to its thread, and
 * must have room.
 */
void rb_daemon_policy_take(struct rb_daemon *daemon);

/* Log what each blocklist has that this server begins with: of a start, a reload, or after a crash. */
void rb_daemon_policy_tell(const struct rb_daemon *daemon);

#endif
