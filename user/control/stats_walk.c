/* SPDX-License-Identifier: BSD-2-Clause */
/* Passes one number, or one histogram, to the code that shows the statistics. */
#include "control/stats_walk.h"

void rb_stat_give(const struct rb_stat_walk *walk, const char *family, const char *help,
		  enum rb_stat_kind kind, const char *label, const char *of, uint64_t value)
{
	const struct rb_stat stat = {
		.family = family,
		.help = help,
		.kind = kind,
		.label = label,
		.of = of,
		.value = value,
	};

	walk->visit(&stat, walk->context);
}

void rb_stat_give_histogram(const struct rb_stat_walk *walk, const char *family, const char *help,
			    const char *of, const struct rb_histogram_sum *histogram)
{
	const struct rb_stat stat = {
		.family = family,
		.help = help,
		.kind = RB_STAT_HISTOGRAM,
		.label = of ? "transport" : NULL,
		.of = of,
		.histogram = histogram,
	};

	walk->visit(&stat, walk->context);
}
