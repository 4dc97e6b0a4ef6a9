/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preload: a client of the control socket sends a record stream, and a thread of its own loads it
 * into the table and answers.
 *
 * The answer is lines "loaded: N", "expired: N", "refused: N" (and why: "refused-local: N",
 * "refused-validated: N", "refused-kept: N", "refused-unsound: N"), "too-large: N", "not-pinned:
 * N", and "problem: ..." for the first records that were refused. If the stream was damaged or cut
 * off, a line "error ..." comes first; the records before the damage are loaded.
 *
 * Thread:   main starts and frees; one preload at a time.
 * Lifetime: the table must outlive it. A client that sends nothing for a while is dropped.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_STORE_PRELOAD_H
#define RB_STORE_PRELOAD_H

#include "store/intake.h"

struct rb_preload;

int rb_preload_new(struct rb_table *table, struct rb_preload **ret_preload);

/*
 * fd is the client's connection, and belongs to the preload on success; rest: what was already read
 * from it. flags: RB_INTAKE_*. -EBUSY: another one runs. -EMSGSIZE: too much was already read.
 */
int rb_preload_start(struct rb_preload *preload, const struct rb_config *config, unsigned int flags,
		     int fd, const void *rest, size_t rest_bytes);

/* Ends a running one, without an answer. NULL: does nothing. */
void rb_preload_free(struct rb_preload *preload);

#endif
