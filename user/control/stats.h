/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All counters of the daemon, in one list for everything that shows them.
 *
 * Thread: any; they may change meanwhile.
 */
#ifndef RB_CONTROL_STATS_H
#define RB_CONTROL_STATS_H

#include <stdint.h>
#include <stdio.h>

#include "control/view.h"
#include "util/histogram.h"

enum rb_stat_kind {
	RB_STAT_COUNTER, /* only grows, from the start of the process or the load of the program */
	RB_STAT_GAUGE,
	RB_STAT_HISTOGRAM, /* of a family, in seconds */
};

/* A number of a family; those of one family follow each other. */
struct rb_stat {
	const char *family; /* kernel_packets; by the conventions of Prometheus */
	const char *help;
	enum rb_stat_kind kind;
	const char *label, *of; /* result="miss": distinguishes it in its family; or NULL */
	uint64_t value;
	const struct rb_histogram_sum *histogram; /* instead of value */
};

typedef void rb_stat_fn(const struct rb_stat *stat, void *context);

void rb_stats_visit(const struct rb_control_view *view, rb_stat_fn *visit, void *context);

/*
 * Print a line for each: family=value or family.of=value. A histogram in seconds is three lines in
 * microseconds: family_us.of_p50, _p99, _average.
 */
void rb_stats_print(const struct rb_control_view *view, FILE *out);

#endif
