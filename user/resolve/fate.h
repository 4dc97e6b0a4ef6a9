/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events of resolver processes, and the response to them: they become ready, end, hang, or send
 * something invalid. The next one takes over, and another spare is started, after a delay if they
 * keep ending.
 *
 * Thread: main. Events are logged, once for each process.
 */
#ifndef RB_RESOLVE_FATE_H
#define RB_RESOLVE_FATE_H

#include "resolve/family.h"

#define RB_TICK_MS  500                 /* between two checks of their progress */
#define RB_START_NS (600 * RB_NS_PER_S) /* for libunbound to read large local zones */

/* Start a process with this configuration. */
int rb_family_start(struct rb_family *family, struct rb_setup *setup, enum rb_link_role role);

/* Put the spare into a slot without a process, and start another spare. */
void rb_fate_fill(struct rb_family *family);

#endif
