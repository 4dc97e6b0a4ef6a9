/* SPDX-License-Identifier: BSD-2-Clause */
/* The counts of kernel, server, resolvers and table. */
#include "control/stats.h"

#include <inttypes.h>
#include <ldns/ldns.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "config/feeds.h"
#include "datapath/counters.h"
#include "policy/inventory.h"
#include "serve/counters.h"
#include "serve/tally.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log_sink.h"

struct walk {
	const struct rb_control_view *view;
	rb_stat_fn *visit;
	void *context;
};

static const char *const transport_names[RB_TRANSPORTS] = {
	[RB_TRANSPORT_UDP] = "udp", [RB_TRANSPORT_TCP] = "tcp",     [RB_TRANSPORT_XDP] = "af_xdp",
	[RB_TRANSPORT_TLS] = "tls", [RB_TRANSPORT_HTTPS] = "https",
};

static const char *const tier_names[RB_TIERS] = {
	[RB_SMALL] = "small",
	[RB_MEDIUM] = "medium",
	[RB_LARGE] = "large",
};

/* Of struct rb_server_stats: an array by transport at each offset. */
static const struct {
	const char *family, *help;
	size_t offset;
} server_families[] = {
	{"server_queries", "Queries that a worker took.",
	 offsetof(struct rb_server_stats, queries)},
	{"server_table_hits", "Queries that a worker answered from the hot table.",
	 offsetof(struct rb_server_stats, table_hits)},
	{"server_replies", "Replies that a worker sent.",
	 offsetof(struct rb_server_stats, replies)},
	{"server_dropped", "Queries that a worker did not answer: malformed, denied or no room.",
	 offsetof(struct rb_server_stats, dropped)},
	{"server_refused", "Queries that a worker refused by access-control, or without RD.",
	 offsetof(struct rb_server_stats, refused)},
};

/* From when a worker took a query until it had sent the reply. */
static const struct {
	const char *family, *help;
} took_families[RB_SOURCES] = {
	[RB_SOURCE_TABLE] = {"server_table_reply_seconds",
			     "What a worker took for a reply from the hot table."},
	[RB_SOURCE_RESOLVER] = {"server_resolved_reply_seconds",
				"What a worker's reply took that a resolver was asked for."},
};

/* Of struct rb_resolver_stats: a number at each offset. */
static const struct {
	const char *family, *help;
	size_t offset;
} resolver_families[] = {
	{"resolver_submitted", "Questions that the resolvers were asked.",
	 offsetof(struct rb_resolver_stats, submitted)},
	{"resolver_answered", "Questions that the resolvers have done with.",
	 offsetof(struct rb_resolver_stats, answered)},
	{"resolver_servfail", "Answers that are SERVFAIL.",
	 offsetof(struct rb_resolver_stats, servfail)},
	{"resolver_bogus", "Answers that are SERVFAIL since DNSSEC validation failed.",
	 offsetof(struct rb_resolver_stats, bogus)},
	{"resolver_published", "Answers that went into the hot table.",
	 offsetof(struct rb_resolver_stats, published)},
	{"resolver_unpublished", "Answers that the hot table cannot hold.",
	 offsetof(struct rb_resolver_stats, unpublished)},
	{"resolver_rejected", "Questions over num-queries-per-thread for jostle-timeout, SERVFAIL.",
	 offsetof(struct rb_resolver_stats, rejected)},
	{"resolver_refreshed", "Records of the hot table that were resolved again.",
	 offsetof(struct rb_resolver_stats, refreshed)},
	{"resolver_unrefreshed", "Records that could not be resolved again.",
	 offsetof(struct rb_resolver_stats, unrefreshed)},
	{"resolver_stale", "Clients that a resolver gave an expired record.",
	 offsetof(struct rb_resolver_stats, stale)},
	{"resolver_retried", "Questions asked again since the resolver process had ended.",
	 offsetof(struct rb_resolver_stats, retried)},
	{"resolver_lost", "Questions that no resolver process lived to answer, SERVFAIL.",
	 offsetof(struct rb_resolver_stats, lost)},
	{"resolver_process_ends", "Resolver processes that ended without being told to.",
	 offsetof(struct rb_resolver_stats, ended)},
	{"resolver_process_hangs", "Of these, killed since they got nowhere.",
	 offsetof(struct rb_resolver_stats, hung)},
};

static void give(const struct walk *walk, const char *family, const char *help,
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

static void give_histogram(const struct walk *walk, const char *family, const char *help,
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

/* Those that have been asked for. */
static void visit_kernel_types(const struct walk *walk, const struct rb_counts *counts)
{
	for (unsigned int type = 0; type <= RB_COUNTED_TYPES; type++) {
		_cleanup_free_ char *name = type < RB_COUNTED_TYPES
						    ? ldns_rr_type2str((ldns_rr_type)type)
						    : strdup("other");

		if (name && counts->types[type])
			give(walk, "kernel_answers", "Replies of the XDP program by type.",
			     RB_STAT_COUNTER, "type", name, counts->types[type]);
	}
}

static void visit_kernel(const struct walk *walk)
{
	struct rb_counts counts;
	unsigned int i;

	if (!walk->view->board || !rb_kernel_counts_get(walk->view->kernel, &counts))
		return;
	for (i = 0; i < RB_RESULT_COUNT; i++)
		give(walk, "kernel_packets", "Packets by what the XDP program did with them.",
		     RB_STAT_COUNTER, "result", rb_counter_name(i), counts.counters[i]);
	for (; i < RB_COUNTER_COUNT; i++)
		give(walk, "kernel_events", "Events in the XDP program besides.", RB_STAT_COUNTER,
		     "event", rb_counter_name(i), counts.counters[i]);
	visit_kernel_types(walk, &counts);
}

static void visit_interfaces(const struct walk *walk)
{
	_cleanup_free_ struct rb_interface_row *list = NULL;
	size_t count, i;

	if (!walk->view->board)
		return;
	count = rb_interfaces_get(walk->view->interfaces, &list);
	for (i = 0; i < count; i++)
		if (list[i].planned)
			give(walk, "interface_degraded",
			     "1: less than is planned runs there, and is tried again; status says "
			     "why.",
			     RB_STAT_GAUGE, "interface", list[i].name, list[i].since != 0);
	for (i = 0; i < count; i++)
		if (list[i].planned)
			give(walk, "interface_degraded_since_seconds",
			     "Since when that is so, from 1970; 0: it is not.", RB_STAT_GAUGE,
			     "interface", list[i].name, (uint64_t)list[i].since);
}

static void visit_rcodes(const struct walk *walk)
{
	static const char *const names[] = {"NOERROR",  "FORMERR", "SERVFAIL",
					    "NXDOMAIN", "NOTIMP",  "REFUSED"};
	unsigned int workers = rb_server_workers(walk->view->server), known = ARRAY_SIZE(names);
	uint64_t counts[ARRAY_SIZE(names) + 1] = {0};
	struct rb_serve_counters counters;

	for (unsigned int worker = 0; worker < workers; worker++) {
		rb_server_counters(walk->view->server, worker, &counters);
		for (unsigned int rcode = 0; rcode < RB_TALLY_OPCODE - RB_TALLY_RCODE; rcode++)
			counts[rcode < known ? rcode : known] +=
				rb_tally_get(&counters.tally, RB_TALLY_RCODE + rcode);
	}
	for (unsigned int i = 0; i <= known; i++)
		give(walk, "server_rcodes", "Replies of the workers by rcode.", RB_STAT_COUNTER,
		     "rcode", i < known ? names[i] : "other", counts[i]);
}

static const char *const speech_names[] = {
	[RB_SPEECH_DNS] = "dns", [RB_SPEECH_TLS] = "tls", [RB_SPEECH_HTTPS] = "https"};

static void visit_server(const struct walk *walk)
{
	struct rb_server_stats stats;
	size_t i;
	int t;

	rb_server_stats(walk->view->server, &stats);
	for (i = 0; i < ARRAY_SIZE(server_families); i++) {
		const uint64_t *counts =
			(const void *)((const char *)&stats + server_families[i].offset);

		for (t = 0; t < RB_TRANSPORTS; t++)
			give(walk, server_families[i].family, server_families[i].help,
			     RB_STAT_COUNTER, "transport", transport_names[t], counts[t]);
	}
	for (i = 0; i < RB_SOURCES; i++)
		for (t = 0; t < RB_TRANSPORTS; t++)
			give_histogram(walk, took_families[i].family, took_families[i].help,
				       transport_names[t], &stats.took[t][i]);
	give(walk, "server_tcp_rejected",
	     "TCP connections over incoming-num-tcp, for which one was closed.", RB_STAT_COUNTER,
	     NULL, NULL, stats.tcp_rejected);
	give(walk, "server_tcp_limited",
	     "TCP connections over a tcp-connection-limit, which were closed.", RB_STAT_COUNTER,
	     NULL, NULL, stats.tcp_limited);
	for (i = 0; i < RB_SPEECH_NONE; i++)
		give(walk, "server_listens",
		     "Addresses that are listened on, by what is spoken there.", RB_STAT_GAUGE,
		     "speech", speech_names[i], stats.listens[i]);
	give(walk, "server_certificate_expiry_seconds",
	     "When the certificate of TLS for clients expires, from 1970; 0: there is none.",
	     RB_STAT_GAUGE, NULL, NULL, stats.certificate_ends_s);
	give(walk, "server_tls_handshakes", "Connections of clients over TLS that came to be.",
	     RB_STAT_COUNTER, NULL, NULL, stats.tls_handshakes);
	give(walk, "server_tls_resumed", "Of these, with the ticket of an earlier one.",
	     RB_STAT_COUNTER, NULL, NULL, stats.tls_resumed);
	give(walk, "server_tls_failed", "Connections of clients whose TLS handshake failed.",
	     RB_STAT_COUNTER, NULL, NULL, stats.tls_failed);
	give(walk, "server_dnstap_lost", "Messages for dnstap that nobody took in time.",
	     RB_STAT_COUNTER, NULL, NULL, stats.dnstap_lost);
	give(walk, "server_bad_checksums", "Damaged datagrams by AF_XDP, dropped.", RB_STAT_COUNTER,
	     NULL, NULL, stats.bad_checksums);
	give(walk, "server_process_ends", "Server processes that ended without being told to.",
	     RB_STAT_COUNTER, NULL, NULL, atomic_load(&walk->view->vitals->ended));
	give(walk, "server_process_hangs", "Of these, killed since they got nowhere.",
	     RB_STAT_COUNTER, NULL, NULL, atomic_load(&walk->view->vitals->hung));
}

static void visit_upstreams(const struct walk *walk, const uint64_t *counts)
{
	static const struct {
		const char *family, *help;
	} families[RB_UPSTREAM_FAILED] = {
		[RB_UPSTREAM_QUERIES] = {"upstream_tls_queries",
					 "Queries of libunbound's that were to be sent over TLS."},
		[RB_UPSTREAM_UNANSWERED] = {"upstream_tls_unanswered",
					    "Of these, SERVFAIL since no server answered."},
		[RB_UPSTREAM_CONNECTIONS] = {"upstream_tls_connections",
					     "Connections over TLS that were begun."},
		[RB_UPSTREAM_HANDSHAKES] = {"upstream_tls_handshakes",
					    "Of these, that came to be."},
		[RB_UPSTREAM_RESUMED] = {"upstream_tls_resumed",
					 "Of these, with the ticket of an earlier one."},
	};
	static const char *const failures[RB_UPSTREAM_FAILURES] = {
		[RB_UPSTREAM_CONNECT] = "connect",         [RB_UPSTREAM_TIMEOUT] = "timeout",
		[RB_UPSTREAM_CERTIFICATE] = "certificate", [RB_UPSTREAM_TLS] = "tls",
		[RB_UPSTREAM_CLOSED] = "closed",           [RB_UPSTREAM_GARBAGE] = "garbage",
	};

	for (unsigned int i = 0; i < RB_UPSTREAM_FAILED; i++)
		give(walk, families[i].family, families[i].help, RB_STAT_COUNTER, NULL, NULL,
		     counts[i]);
	for (unsigned int i = 0; i < RB_UPSTREAM_FAILURES; i++)
		give(walk, "upstream_tls_failures", "Connections over TLS that failed.",
		     RB_STAT_COUNTER, "reason", failures[i], counts[RB_UPSTREAM_FAILED + i]);
}

static void visit_resolvers(const struct walk *walk)
{
	struct rb_resolver_stats stats;
	size_t i;

	rb_resolvers_stats(walk->view->resolvers, &stats);
	for (i = 0; i < ARRAY_SIZE(resolver_families); i++) {
		const uint64_t *count =
			(const void *)((const char *)&stats + resolver_families[i].offset);

		give(walk, resolver_families[i].family, resolver_families[i].help, RB_STAT_COUNTER,
		     NULL, NULL, *count);
	}
	give(walk, "resolver_processes", "Resolver processes that are ready, with the spare.",
	     RB_STAT_GAUGE, NULL, NULL, stats.processes);
	give_histogram(walk, "resolver_seconds", "What libunbound took for a question.", NULL,
		       &stats.took);
	visit_upstreams(walk, stats.upstreams);
}

static void visit_table(const struct walk *walk)
{
	struct rb_table_turnover turnover;
	struct rb_table_usage usage;
	unsigned int tier;

	rb_table_usage(walk->view->table, &usage);
	for (tier = 0; tier < RB_TIERS; tier++)
		give(walk, "table_records", "Places of the hot table in use, fresh or expired.",
		     RB_STAT_GAUGE, "class", tier_names[tier], usage.used[tier]);
	for (tier = 0; tier < RB_TIERS; tier++)
		give(walk, "table_capacity_records", "Places that the hot table has.",
		     RB_STAT_GAUGE, "class", tier_names[tier], usage.capacity[tier]);
	rb_table_turnover(walk->view->table, &turnover);
	give(walk, "table_stored", "Records that were written to the hot table.", RB_STAT_COUNTER,
	     NULL, NULL, turnover.stored);
	give(walk, "table_replaced", "Of these, in place of a live record of the same question.",
	     RB_STAT_COUNTER, NULL, NULL, turnover.replaced);
	give(walk, "table_evicted", "Of these, in place of a live record of another question.",
	     RB_STAT_COUNTER, NULL, NULL, turnover.evicted);
	give(walk, "table_bytes", "Memory of the hot table.", RB_STAT_GAUGE, NULL, NULL,
	     usage.bytes);
	give(walk, "table_epoch", "Counts up when all records become void.", RB_STAT_GAUGE, NULL,
	     NULL, __atomic_load_n(&walk->view->table->control->epoch, __ATOMIC_RELAXED));
}

static void visit_cachefile(const struct walk *walk)
{
	struct rb_cachefile_status status;

	if (!rb_cachefile_status(walk->view->cachefile, &status))
		return;
	give(walk, "cache_file_loaded_records", "Records of the cache-file taken at the start.",
	     RB_STAT_GAUGE, NULL, NULL, status.loaded);
	give(walk, "cache_file_saved_records", "Records in the cache-file as saved last.",
	     RB_STAT_GAUGE, NULL, NULL, status.saved);
	give(walk, "cache_file_saves", "Times the cache-file was saved.", RB_STAT_COUNTER, NULL,
	     NULL, status.saves);
	give(walk, "cache_file_failures", "Times the cache-file could not be saved.",
	     RB_STAT_COUNTER, NULL, NULL, status.failures);
}

static void visit_lists(const struct walk *walk)
{
	static const struct {
		const char *family, *help;
		size_t offset;
	} families[] = {
		{"blocklist_names", "Names in a blocklist.",
		 offsetof(struct rb_policy_list, names)},
		{"blocklist_unusable_lines", "Lines of a blocklist that name nothing to block.",
		 offsetof(struct rb_policy_list, unusable)},
		{"blocklist_repeated_names", "Names that a blocklist had already.",
		 offsetof(struct rb_policy_list, repeated)},
	};
	struct rb_inventory_list list;

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		for (uint32_t n = 0; rb_inventory_list(walk->view->config, n, &list); n++)
			give(walk, families[i].family, families[i].help, RB_STAT_GAUGE, "list",
			     list.label,
			     *(const uint32_t *)((const char *)list.list + families[i].offset));
}

static void visit_fetched(const struct walk *walk)
{
	static const struct {
		const char *family, *help;
		size_t offset;
	} families[] = {
		{"fetched_changes", "Times that what is fetched was new.",
		 offsetof(struct rb_feed_place, fetched)},
		{"fetched_failures", "Times that it could not be had.",
		 offsetof(struct rb_feed_place, failed)},
	};
	struct rb_feed_source source;

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		for (size_t n = 0;
		     n < RB_FEEDS_MAX && rb_feed_source(walk->view->config, n, &source); n++)
			give(walk, families[i].family, families[i].help, RB_STAT_COUNTER, "of",
			     source.label,
			     atomic_load((_Atomic uint64_t *)((char *)&walk->view->feeds[n] +
							      families[i].offset)));
}

void rb_stats_visit(const struct rb_control_view *view, rb_stat_fn *visit, void *context)
{
	const struct walk walk = {.view = view, .visit = visit, .context = context};

	visit_kernel(&walk);
	visit_interfaces(&walk);
	visit_server(&walk);
	visit_rcodes(&walk);
	visit_resolvers(&walk);
	visit_table(&walk);
	visit_cachefile(&walk);
	visit_lists(&walk);
	visit_fetched(&walk);
	give(&walk, "log_lost_lines", "Lines for a log file that was too slow to take them.",
	     RB_STAT_COUNTER, NULL, NULL, rb_log_sink_lost());
	give(&walk, "uptime_seconds", "Since the daemon began to serve.", RB_STAT_GAUGE, NULL, NULL,
	     (rb_clock_ns() - view->vitals->started_ns) / RB_NS_PER_S);
}

static void print_histogram(const struct rb_stat *stat, FILE *out)
{
	const struct rb_histogram_sum *histogram = stat->histogram;
	uint64_t count = rb_histogram_count(histogram);
	const struct {
		const char *name;
		uint64_t us;
	} figures[] = {
		{"p50", rb_histogram_quantile_us(histogram, 500)},
		{"p99", rb_histogram_quantile_us(histogram, 990)},
		{"average", count ? histogram->sum_ns / count / 1000 : 0},
	};
	int stem = (int)(strlen(stat->family) - strlen("_seconds"));

	for (size_t i = 0; i < ARRAY_SIZE(figures); i++)
		fprintf(out, "%.*s_us.%s%s%s=%" PRIu64 "\n", stem, stat->family,
			stat->of ? stat->of : "", stat->of ? "_" : "", figures[i].name,
			figures[i].us);
}

static void print(const struct rb_stat *stat, void *context)
{
	if (stat->kind == RB_STAT_HISTOGRAM) {
		print_histogram(stat, context);
		return;
	}
	fprintf(context, "%s%s%s=%" PRIu64 "\n", stat->family, stat->of ? "." : "",
		stat->of ? stat->of : "", stat->value);
}

void rb_stats_print(const struct rb_control_view *view, FILE *out)
{
	rb_stats_visit(view, print, out);
}
