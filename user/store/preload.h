/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preload: a client of the control socket sends a record stream, a thread of its own puts that into
 * the table and answers.
 *
 * The answer is lines "loaded: N", "expired: N", "refused: N" (and why: "refused-local: N",
 * "refused-validated: N", "refused-kept: N", "refused-unsound: N"), "too-large: N", "not-pinned:
 * N", and "problem: ..." for the first records that were refused. Where the stream was damaged or
 * cut off, a line "error ..." comes first; what stood before the damage is loaded all the same.
 *
 * Thread:   main starts and frees; one preload at a time.
 * Lifetime: the table must outlive it. A client that sends nothing for a while is given up.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_STORE_PRELOAD_H
#define RB_STORE_PRELOAD_H

#include "store/intake.h"

struct rb_preload;

int rb_preload_new(struct rb_table *table, struct rb_preload **ret_preload);

/*
 * fd is the client's connection, and becomes the preload's where this succeeds; rest: what was read
 * from it already. flags: RB_INTAKE_*. -EBUSY: another one runs. -EMSGSIZE: too much is read
 * already.
 */
int rb_preload_start(struct rb_preload *preload, const struct rb_config *config, unsigned int flags,
		     int fd, const void *rest, size_t rest_bytes);

/* Ends one that runs, without an answer. NULL: nothing. */
void rb_preload_free(struct rb_preload *preload);

#endif
