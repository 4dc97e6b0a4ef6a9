/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The numbers behind Unbound's statistics, of each worker and in total, since the start or the last
 * reset. A reset changes only what is subtracted here: our own statistics and the metrics are not
 * reset.
 *
 * The kernel's answers are in the sum, and so is what was resolved anew without a client: what they
 * are beyond the workers' is the rest.
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
	RB_FIGURE_TCP_QUERIES, /* by any connection, as Unbound counts: also those of the next three */
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
	struct rb_histogram_sum took; /* by the resolvers, for replies that they were asked for */
};

static inline uint64_t rb_figures_tally(const struct rb_figures *figures, unsigned int number)
{
	return figures->numbers[RB_FIGURE_TALLY + number];
}

/*
 * What is subtracted, and since when: memory of zeros, rb_figures_bytes() large, that one server
 * leaves to the next.
 */
struct rb_figures_base;
size_t rb_figures_bytes(unsigned int workers);

/* Of one worker, or of all where worker is their number. */
void rb_figures_get(const struct rb_control_view *view, unsigned int worker,
		    struct rb_figures *ret_figures);

/* all: of all. What of them is no worker's, so that the sum is that of its parts. */
void rb_figures_get_rest(const struct rb_control_view *view, const struct rb_figures *all,
			 struct rb_figures *ret_figures);

/* Since when. */
uint64_t rb_figures_since_ns(const struct rb_control_view *view);

/* Count from now on. */
void rb_figures_reset(const struct rb_control_view *view);

#endif
