/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What befalls resolver processes, and what is done about it: they become ready, end, hang, say
 * what cannot be. The next one takes over, and another spare is started; after a while where they
 * keep ending.
 *
 * Thread: main. What happens is logged, once for each process.
 */
#ifndef RB_RESOLVE_FATE_H
#define RB_RESOLVE_FATE_H

#include "resolve/family.h"

#define RB_TICK_MS  500                 /* between two looks at whether they get anywhere */
#define RB_START_NS (600 * RB_NS_PER_S) /* for libunbound to read large local zones */

/* A process with this to read. */
int rb_family_start(struct rb_family *family, struct rb_setup *setup, enum rb_link_role role);

/* The spare where a slot has none; and another spare. */
void rb_fate_fill(struct rb_family *family);

#endif
