/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Repeated log lines: the first of them are printed, the rest are counted, and the count is logged
 * later.
 *
 * Thread: one at a time. Lifetime: no resources; all zero is empty.
 */
#ifndef RB_UTIL_REPEATS_H
#define RB_UTIL_REPEATS_H

#include <stdbool.h>
#include <stdint.h>

#define RB_REPEATS_KINDS      32 /* different lines that are tracked at a time */
#define RB_REPEATS_PRINTED    10 /* of each kind within the window */
#define RB_REPEATS_WINDOW_S   60
#define RB_REPEATS_LINE_BYTES 256 /* of a line that are kept; the rest is cut off */

struct rb_repeats_kind {
	uint64_t hash; /* of the line */
	uint64_t since_ns;
	uint64_t count; /* within the window that began then; 0: free entry */
	int level;      /* the caller's */
	char line[RB_REPEATS_LINE_BYTES];
};

struct rb_repeats {
	struct rb_repeats_kind kinds[RB_REPEATS_KINDS];
};

/* Whether to print this line now. */
bool rb_repeats_admit(struct rb_repeats *repeats, int level, const char *line, uint64_t now_ns);

/*
 * Return and forget a kind whose window is over and of which lines were not printed; call it until
 * it returns false. ret_kept: how many.
 */
bool rb_repeats_told(struct rb_repeats *repeats, uint64_t now_ns, uint64_t *ret_kept,
		     struct rb_repeats_kind *ret_kind);

#endif
