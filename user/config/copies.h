/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The copies of fetched lists and zones: whether they can be written where the configuration wants
 * them. What cannot be stored is never in force.
 *
 * Thread: main. Errors: 0 or -ENOMEM; what is wrong becomes a warning of the configuration.
 */
#ifndef RB_CONFIG_COPIES_H
#define RB_CONFIG_COPIES_H

#include "config/reader.h"

/* After rb_transfers_finish() and rb_blocklists_finish(). */
int rb_copies_check(struct rb_reader *reader);

#endif
