/* SPDX-License-Identifier: BSD-2-Clause */
/* Collects what workers, resolvers and the kernel have counted. */
#include "control/unbound/figures.h"

#include <string.h>

#include "datapath/counters.h"
#include "serve/counters.h"
#include "util/cleanup.h"
#include "util/clock.h"

struct rb_figures_base {
	uint64_t since_ns;           /* 0: the start */
	struct rb_figures figures[]; /* of each worker, then of all */
};

size_t rb_figures_bytes(unsigned int workers)
{
	return sizeof(struct rb_figures_base) + (workers + 1) * sizeof(struct rb_figures);
}

static void worker_add(const struct rb_control_view *view, unsigned int worker,
		       struct rb_figures *figures)
{
	struct rb_serve_counters sums;
	const struct rb_serve_counters *counters = &sums;
	uint64_t *numbers = figures->numbers;

	rb_server_counters(view->server, worker, &sums);
	for (int t = 0; t < RB_TRANSPORTS; t++) {
		numbers[RB_FIGURE_QUERIES] += rb_serve_counted(&counters->queries[t]);
		numbers[RB_FIGURE_UNWANTED] += rb_serve_counted(&counters->refused[t]);
		rb_histogram_read(&counters->took[t][RB_SOURCE_RESOLVER], &figures->took);
	}
	for (int t = 0; t < RB_TRANSPORTS; t++)
		if (rb_transport_is_stream(t))
			numbers[RB_FIGURE_TCP_QUERIES] += rb_serve_counted(&counters->queries[t]);
	numbers[RB_FIGURE_TLS_QUERIES] += rb_serve_counted(&counters->queries[RB_TRANSPORT_TLS]);
	numbers[RB_FIGURE_HTTPS_QUERIES] +=
		rb_serve_counted(&counters->queries[RB_TRANSPORT_HTTPS]);
	if (rb_secure_by_tls(&view->config->secure, RB_SPEECH_HTTPS))
		numbers[RB_FIGURE_TLS_QUERIES] +=
			rb_serve_counted(&counters->queries[RB_TRANSPORT_HTTPS]);
	numbers[RB_FIGURE_TLS_RESUMED] += rb_serve_counted(&counters->tls_resumed_queries);
	numbers[RB_FIGURE_TCP_USED] += rb_serve_counted(&counters->tcp_used);
	for (unsigned int i = 0; i < RB_TALLIES; i++)
		numbers[RB_FIGURE_TALLY + i] += rb_tally_get(&counters->tally, i);
}

/* The kernel's results that imply an rcode; for the others it counts rcodes. */
static const struct {
	enum rb_result result;
	unsigned int rcode;
} kernel_rcodes[] = {
	{RB_ANSWERED, RB_RCODE_NOERROR},
	{RB_NODATA, RB_RCODE_NOERROR},
	{RB_NXDOMAIN, RB_RCODE_NXDOMAIN},
	{RB_REFUSED, RB_RCODE_REFUSED},
};

/* Each is a query of class IN with opcode QUERY and RD: the kernel hands over all others. */
static void kernel_queries_add(const struct rb_counts *counts, uint64_t *tally)
{
	static const struct {
		enum rb_trait trait;
		enum rb_tally_number number;
	} traits[] = {
		{RB_TRAIT_IPV6, RB_TALLY_IPV6},
		{RB_TRAIT_EDNS, RB_TALLY_EDNS},
		{RB_TRAIT_EDNS_DO, RB_TALLY_EDNS_DO},
		{RB_TRAIT_AD, RB_TALLY_FLAG_AD},
	};

	for (unsigned int type = 0; type <= RB_COUNTED_TYPES; type++)
		tally[type < RB_COUNTED_TYPES ? RB_TALLY_TYPE + type : RB_TALLY_TYPE_OTHER] +=
			counts->types[type];
	for (unsigned int set = 0; set < RB_TRAIT_SETS; set++) {
		tally[RB_TALLY_CLASS + RB_CLASS_IN] += counts->traits[set];
		tally[RB_TALLY_OPCODE] += counts->traits[set];
		tally[RB_TALLY_FLAG_RD] += counts->traits[set];
		for (size_t i = 0; i < ARRAY_SIZE(traits); i++)
			if (set & traits[i].trait)
				tally[traits[i].number] += counts->traits[set];
	}
}

static void kernel_add(const struct rb_control_view *view, struct rb_figures *figures)
{
	uint64_t *numbers = figures->numbers, *tally = numbers + RB_FIGURE_TALLY;
	struct rb_counts counts;

	static_assert(RB_TALLY_TYPES == RB_COUNTED_TYPES, "one number for each type");
	if (!view->board || !rb_kernel_counts_get(view->kernel, &counts))
		return;
	numbers[RB_FIGURE_QUERIES] += rb_counters_replies(rb_counters_of(&counts));
	for (size_t i = 0; i < ARRAY_SIZE(kernel_rcodes); i++)
		tally[RB_TALLY_RCODE + kernel_rcodes[i].rcode] +=
			counts.counters[kernel_rcodes[i].result];
	for (unsigned int rcode = 0; rcode < ARRAY_SIZE(counts.rcodes); rcode++)
		tally[RB_TALLY_RCODE + rcode] += counts.rcodes[rcode];
	kernel_queries_add(&counts, tally);
	numbers[RB_FIGURE_QUERIES] += counts.counters[RB_DENIED];
	numbers[RB_FIGURE_UNWANTED] += counts.counters[RB_REFUSED] + counts.counters[RB_DENIED];
	tally[RB_TALLY_NODATA] += counts.counters[RB_NODATA];
	tally[RB_TALLY_EXPIRED] += counts.counters[RB_STALE];
}

static void resolvers_add(const struct rb_control_view *view, struct rb_figures *figures)
{
	struct rb_resolver_stats stats;

	rb_resolvers_stats(view->resolvers, &stats);
	figures->numbers[RB_FIGURE_PREFETCH] += stats.refreshed + stats.unrefreshed;
	figures->numbers[RB_FIGURE_BOGUS] += stats.bogus;
	figures->numbers[RB_FIGURE_TALLY + RB_TALLY_EXPIRED] += stats.stale;
}

static void collect(const struct rb_control_view *view, unsigned int worker,
		    struct rb_figures *ret_figures)
{
	unsigned int workers = rb_server_workers(view->server);

	*ret_figures = (struct rb_figures){0};
	if (worker < workers) {
		worker_add(view, worker, ret_figures);
		return;
	}
	for (unsigned int i = 0; i < workers; i++)
		worker_add(view, i, ret_figures);
	kernel_add(view, ret_figures);
	resolvers_add(view, ret_figures);
}

/* Whether the number is a present state, and not a count. */
static bool is_gauge(unsigned int number)
{
	return number == RB_FIGURE_TCP_USED || number == RB_FIGURE_TALLY + RB_TALLY_WAITING ||
	       number == RB_FIGURE_TALLY + RB_TALLY_WAITING_MAX;
}

/* The kernel's counters start at zero when its program is loaded again. */
static uint64_t since(uint64_t now, uint64_t then)
{
	return now >= then ? now - then : now;
}

void rb_figures_get(const struct rb_control_view *view, unsigned int worker,
		    struct rb_figures *ret_figures)
{
	const struct rb_figures *base = &view->figures->figures[worker];

	collect(view, worker, ret_figures);
	for (unsigned int i = 0; i < RB_FIGURES; i++)
		if (!is_gauge(i))
			ret_figures->numbers[i] = since(ret_figures->numbers[i], base->numbers[i]);
	for (unsigned int i = 0; i <= RB_HISTOGRAM_BUCKETS; i++)
		ret_figures->took.counts[i] -= base->took.counts[i];
	ret_figures->took.sum_ns -= base->took.sum_ns;
}

void rb_figures_get_rest(const struct rb_control_view *view, const struct rb_figures *all,
			 struct rb_figures *ret_figures)
{
	struct rb_figures rest = {0}, one;

	memcpy(rest.numbers, all->numbers, sizeof(rest.numbers));
	for (unsigned int i = 0; i < rb_server_workers(view->server); i++) {
		rb_figures_get(view, i, &one);
		for (unsigned int number = 0; number < RB_FIGURES; number++)
			rest.numbers[number] -= one.numbers[number] < rest.numbers[number]
							? one.numbers[number]
							: rest.numbers[number];
	}
	rest.numbers[RB_FIGURE_TALLY + RB_TALLY_WAITING_MAX] = 0;
	*ret_figures = rest;
}

uint64_t rb_figures_since_ns(const struct rb_control_view *view)
{
	return view->figures->since_ns ?: view->vitals->started_ns;
}

void rb_figures_reset(const struct rb_control_view *view)
{
	unsigned int workers = rb_server_workers(view->server);

	for (unsigned int i = 0; i <= workers; i++)
		collect(view, i, &view->figures->figures[i]);
	view->figures->since_ns = rb_clock_ns();
}
