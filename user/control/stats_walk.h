/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How one part of the statistics passes its numbers to the code that shows them.
 *
 * Private to the files stats*.c. Thread: any.
 */
#ifndef RB_CONTROL_STATS_WALK_H
#define RB_CONTROL_STATS_WALK_H

#include "control/stats.h"

struct rb_stat_walk {
	const struct rb_control_view *view;
	rb_stat_fn *visit;
	void *context;
};

/* label, of: as in struct rb_stat. */
void rb_stat_give(const struct rb_stat_walk *walk, const char *family, const char *help,
		  enum rb_stat_kind kind, const char *label, const char *of, uint64_t value);

/* of: a transport; NULL: the family has only this one. */
void rb_stat_give_histogram(const struct rb_stat_walk *walk, const char *family, const char *help,
			    const char *of, const struct rb_histogram_sum *histogram);

#endif
