/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Execute flushes one after the other in a separate thread, since new resolver processes and a
 * search of the whole table take longer than main may be busy.
 *
 * Thread:   main.
 * Lifetime: the members of opts must outlive the flusher. The thread runs while flushes wait.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_CONTROL_FLUSHER_H
#define RB_CONTROL_FLUSHER_H

#include "dns/flush.h"
#include "resolve/resolver.h"
#include "store/cachefile.h"
#include "table/table.h"

#define RB_FLUSHES_MAX 64 /* that wait */

struct rb_flusher;

/* What a flush must remove data from. */
struct rb_flusher_opts {
	struct rb_table *table;
	struct rb_resolvers *resolvers;
	struct rb_cachefile *cachefile; /* NULL: none */
};

int rb_flusher_new(const struct rb_flusher_opts *opts, struct rb_flusher **ret_flusher);

/* Waiting flushes are not done. */
void rb_flusher_free(struct rb_flusher *flusher);

/* In which words the client is told. */
enum rb_flush_words {
	RB_FLUSH_WORDS_OWN,  /* how many records were removed */
	RB_FLUSH_WORDS_BARE, /* "ok", as Unbound tells of a name */
	RB_FLUSH_WORDS_SETS, /* "ok removed 0 rrsets, 1 messages and 0 key entries", of a zone */
};

/*
 * fd: of the client, which gets the result; the flusher owns it on success. -EBUSY: too many
 * flushes wait.
 */
int rb_flusher_add(struct rb_flusher *flusher, const struct rb_flush *flush,
		   enum rb_flush_words words, int fd);

#endif
