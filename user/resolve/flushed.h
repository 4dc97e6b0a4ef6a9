/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was flushed, as long as processes that started before may have it cached: libunbound cannot
 * remove a name from its caches.
 *
 * Thread:   any. An answer is judged and published inside rb_flushed_hold(): an answer that is
 *	     published before rb_flushed_add() returns is then in the table, and a later one has
 *	     been judged by the new entry, too.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_RESOLVE_FLUSHED_H
#define RB_RESOLVE_FLUSHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/flush.h"
#include "table/table.h"

#define RB_FLUSHED_MAX 128

struct rb_flushed;

int rb_flushed_new(struct rb_flushed **ret_flushed);
void rb_flushed_free(struct rb_flushed *flushed);

/*
 * until_ns: when no process can have it cached any more. -ENOSPC: there are RB_FLUSHED_MAX entries.
 */
int rb_flushed_add(struct rb_flushed *flushed, const struct rb_flush *flush, uint64_t until_ns);

/* All processes are new. */
void rb_flushed_clear(struct rb_flushed *flushed);

/* Remove entries whose time is over. */
void rb_flushed_expire(struct rb_flushed *flushed, uint64_t now_ns);

/* Whether the question is for what was flushed. */
bool rb_flushed_asks(struct rb_flushed *flushed, const struct rb_table_key *key);

void rb_flushed_hold(struct rb_flushed *flushed);
void rb_flushed_release(struct rb_flushed *flushed);

/* Inside a hold: whether the question or the response (len 0: none) depends on what was flushed. */
bool rb_flushed_concerns(const struct rb_flushed *flushed, const struct rb_table_key *key,
			 const uint8_t *message, size_t len);

#endif
