/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every count that the daemon has, once, for all who show them.
 *
 * Thread: any; they are read while others count.
 */
#ifndef RB_CONTROL_STATS_H
#define RB_CONTROL_STATS_H

#include <stdint.h>
#include <stdio.h>

#include "control/view.h"
#include "util/histogram.h"

enum rb_stat_kind {
	RB_STAT_COUNTER, /* only ever grows, from the start of the process or the program's load */
	RB_STAT_GAUGE,
	RB_STAT_HISTOGRAM, /* of a family in seconds */
};

/* A number of a family; those of one family follow each other. */
struct rb_stat {
	const char *family; /* kernel_packets; by the conventions of Prometheus */
	const char *help;
	enum rb_stat_kind kind;
	const char *label, *of; /* result="miss": what tells it from others of its family, or NULL
				 */
	uint64_t value;
	const struct rb_histogram_sum *histogram; /* in place of value */
};

typedef void rb_stat_fn(const struct rb_stat *stat, void *context);

void rb_stats_visit(const struct rb_control_view *view, rb_stat_fn *visit, void *context);

/*
 * A line for each: family=value or family.of=value. A histogram in seconds is three lines in
 * microseconds: family_us.of_p50, _p99, _average.
 */
void rb_stats_print(const struct rb_control_view *view, FILE *out);

#endif
