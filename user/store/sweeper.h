/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that sweeps the hot table when local policy has changed (see sweep.h), so that main goes
 * on meanwhile. It is there from the beginning: where strangers' bytes are read none can be started
 * any more.
 *
 * While it is under way the table belongs to no configuration: a server that starts after a crash
 * takes none of its records. At the end the table belongs to the configuration that is in force.
 *
 * Thread:   main; rb_sweeper_is_busy() any.
 * Lifetime: the table must outlive it.
 * Errors:   0 or -errno. Says in the log what was removed.
 */
#ifndef RB_STORE_SWEEPER_H
#define RB_STORE_SWEEPER_H

#include <stdbool.h>

#include "config/images.h"
#include "table/table.h"

#define RB_SWEEPS_MAX 16 /* that wait, with the clients that wait for them */

struct rb_sweeper;

int rb_sweeper_new(struct rb_table *table, struct rb_sweeper **ret_sweeper);

/*
 * Another policy is about to be in force. Then either it is, and the sweep is started; or it is not,
 * and that is withdrawn. -EBUSY: there is no room.
 */
int rb_sweeper_announce(struct rb_sweeper *sweeper);
void rb_sweeper_withdraw(struct rb_sweeper *sweeper, uint32_t fingerprint);

/*
 * Nobody decides by the policy before any more: remove what the one after does not say, when the
 * sweeps before are done. fingerprint: of the configuration with it.
 */
void rb_sweeper_start(struct rb_sweeper *sweeper, const struct rb_policy_images *before,
		      const struct rb_policy_images *after, uint32_t fingerprint);

/* Tell a client when all is swept that is to be swept now. Both are the sweeper's, which frees
 * them. text: short. NULL: nothing is swept. */
void rb_sweeper_tell(struct rb_sweeper *sweeper, int fd, char *text);

/* Whether another sweep may be announced. */
bool rb_sweeper_has_room(const struct rb_sweeper *sweeper);

/* NULL: it is not. */
bool rb_sweeper_is_busy(const struct rb_sweeper *sweeper);

/* There is no room for another sweep any more. */
void rb_sweeper_close(struct rb_sweeper *sweeper);

/* NULL: nothing. */
void rb_sweeper_free(struct rb_sweeper *sweeper);

#endif
