/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The numbers behind Unbound's statistics, of each worker and in total, since the start or the last
 * reset. A reset changes only what is subtracted here: our own statistics and the metrics are not
 * reset.
 *
 * The sum includes the kernel's answers, and records that were resolved again without a client. The
 * rest is the part of the sum that is no worker's.
 *
 * Thread: main.
 */
#ifndef RB_CONTROL_UNBOUND_FIGURES_H
#define RB_CONTROL_UNBOUND_FIGURES_H

#include <stdint.h>

#include "control/view.h"
#include "serve/tally.h"
#include "util/histogram.h"

enum rb_figure {
	RB_FIGURE_QUERIES,
	RB_FIGURE_TCP_QUERIES, /* over all connections, as in Unbound: includes the next three */
	RB_FIGURE_TLS_QUERIES,
	RB_FIGURE_HTTPS_QUERIES,
	RB_FIGURE_TLS_RESUMED, /* queries over resumed connections */
	RB_FIGURE_UNWANTED,    /* refused or dropped by access-control */
	RB_FIGURE_PREFETCH,    /* only in the total, as the next one */
	RB_FIGURE_BOGUS,
	RB_FIGURE_TCP_USED,
	RB_FIGURE_TALLY, /* and RB_TALLIES from here */
	RB_FIGURES = RB_FIGURE_TALLY + RB_TALLIES,
};

struct rb_figures {
	uint64_t numbers[RB_FIGURES];
	struct rb_histogram_sum took; /* how long replies took that the resolvers were asked for */
};

static inline uint64_t rb_figures_tally(const struct rb_figures *figures, unsigned int number)
{
	return figures->numbers[RB_FIGURE_TALLY + number];
}

/*
 * What is subtracted, and since when: rb_figures_bytes() of memory, at first zeros, which each
 * server leaves to the next.
 */
struct rb_figures_base;
size_t rb_figures_bytes(unsigned int workers);

/* The figures of one worker, or the sum of all if worker is the number of workers. */
void rb_figures_get(const struct rb_control_view *view, unsigned int worker,
		    struct rb_figures *ret_figures);

/* The rest: the part of the sum (all) that is no worker's. */
void rb_figures_get_rest(const struct rb_control_view *view, const struct rb_figures *all,
			 struct rb_figures *ret_figures);

/* When counting began. */
uint64_t rb_figures_since_ns(const struct rb_control_view *view);

/* Count from now on. */
void rb_figures_reset(const struct rb_control_view *view);

#endif
