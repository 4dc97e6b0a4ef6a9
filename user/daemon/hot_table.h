/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hot table, in BPF maps or, if only workers and not the kernel answer from it, in plain
 * memory.
 *
 * Thread: main. Errors: 0 or -errno, logged.
 */
#ifndef RB_DAEMON_HOT_TABLE_H
#define RB_DAEMON_HOT_TABLE_H

#include "config/config.h"
#include "table/table.h"

/* Waits for a predecessor that is about to end. -EBUSY: another runbound uses its pins. */
int rb_hot_table_open(const struct rb_config *config, struct rb_table **ret_table);

#endif
