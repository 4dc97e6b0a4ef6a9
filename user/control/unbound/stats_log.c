/* SPDX-License-Identifier: BSD-2-Clause */
/* Statistics in the log. */
#include "control/unbound/stats_log.h"

#include "control/unbound/figures.h"
#include "util/log.h"

/* who: "thread 0", or "all threads and the kernel". */
static void figures_log(const char *who, const struct rb_figures *figures)
{
	uint64_t queries = figures->numbers[RB_FIGURE_QUERIES];
	uint64_t misses = rb_figures_tally(figures, RB_TALLY_MISSES);
	uint64_t replies = rb_histogram_count(&figures->took);
	uint64_t sum = rb_figures_tally(figures, RB_TALLY_WAITING_SUM);

	rb_log_notice("server stats for %s: %llu queries, %llu answers from cache, %llu "
		      "recursions, %llu prefetch, %llu rejected by ip ratelimiting",
		      who, (unsigned long long)queries,
		      (unsigned long long)(queries > misses ? queries - misses : 0),
		      (unsigned long long)misses,
		      (unsigned long long)figures->numbers[RB_FIGURE_PREFETCH],
		      (unsigned long long)rb_figures_tally(figures, RB_TALLY_RATE_LIMITED));
	rb_log_notice("server stats for %s: requestlist max %llu avg %g exceeded %llu jostled 0",
		      who, (unsigned long long)rb_figures_tally(figures, RB_TALLY_WAITING_MAX),
		      misses ? (double)sum / (double)misses : 0.0,
		      (unsigned long long)rb_figures_tally(figures, RB_TALLY_EXCEEDED));
	if (!replies)
		return;
	rb_log_notice("average recursion processing time %f sec",
		      (double)figures->took.sum_ns / (double)replies / 1e9);
}

void rb_stats_log(const struct rb_control_view *view)
{
	unsigned int workers = rb_server_workers(view->server);
	struct rb_figures figures;
	char who[32];

	for (unsigned int i = 0; i < workers; i++) {
		snprintf(who, sizeof(who), "thread %u", i);
		rb_figures_get(view, i, &figures);
		figures_log(who, &figures);
	}
	rb_figures_get(view, workers, &figures);
	figures_log("all threads and the kernel", &figures);
	if (!view->config->statistics_cumulative)
		rb_figures_reset(view);
}
