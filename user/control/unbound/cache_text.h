/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dump_cache, cache_lookup and load_cache: the cache as text, written and read by a thread of its
 * own.
 *
 * Thread:   main. One client at a time.
 * Lifetime: the table must outlive it.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_CONTROL_UNBOUND_CACHE_TEXT_H
#define RB_CONTROL_UNBOUND_CACHE_TEXT_H

#include "control/command.h"

struct rb_cache_text;

int rb_cache_text_new(struct rb_table *table, struct rb_cache_text **ret_text);

/* Ends the connection of a client that is served. NULL is allowed. */
void rb_cache_text_free(struct rb_cache_text *text);

extern const struct rb_command_set rb_cache_text_commands;

#endif
