/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes of local policy whose lines follow the command, up to a line with a single EOT
 * (local_datas and similar): they take effect together. This holds the connections and the lines so
 * far.
 *
 * Thread: main; nothing here waits. Errors: 0 or -errno.
 */
#ifndef RB_CONTROL_UNBOUND_BULK_H
#define RB_CONTROL_UNBOUND_BULK_H

#include <stdbool.h>
#include <stdio.h>

#include "control/command.h"

struct rb_bulks;

int rb_bulks_new(struct rb_bulks **ret_bulks);
void rb_bulks_free(struct rb_bulks *bulks);

/* Readable when rb_bulks_serve() has something to do. */
int rb_bulks_fd(const struct rb_bulks *bulks);
void rb_bulks_serve(struct rb_bulks *bulks, const struct rb_control_view *view);

/* Call it once a second: it ends clients that send nothing for a minute. */
void rb_bulks_tick(struct rb_bulks *bulks);

/* For a row whose data is a rb_change_verb. */
bool rb_bulk_take(struct rb_command_call *call);

#endif
