/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints Unbound's statistics. */
#include "control/unbound/stats.h"

#include <inttypes.h>
#include <ldns/ldns.h>
#include <string.h>

#include "control/unbound/figures.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define HISTOGRAM_BUCKETS 40 /* of Unbound: ours, and the time after them */

static uint64_t tally(const struct rb_figures *figures, unsigned int number)
{
	return rb_figures_tally(figures, number);
}

static void number_print(FILE *out, const char *prefix, const char *name, uint64_t number)
{
	fprintf(out, "%s%s=%" PRIu64 "\n", prefix, name, number);
}

/* All queries that were not given to the resolvers. */
static uint64_t hits_of(const struct rb_figures *figures)
{
	uint64_t queries = figures->numbers[RB_FIGURE_QUERIES];
	uint64_t misses = tally(figures, RB_TALLY_MISSES);

	return queries > misses ? queries - misses : 0;
}

static void waiting_print(FILE *out, const char *prefix, const struct rb_figures *figures)
{
	uint64_t misses = tally(figures, RB_TALLY_MISSES);
	uint64_t sum = tally(figures, RB_TALLY_WAITING_SUM);

	fprintf(out, "%srequestlist.avg=%g\n", prefix, misses ? (double)sum / (double)misses : 0.0);
	number_print(out, prefix, "requestlist.max", tally(figures, RB_TALLY_WAITING_MAX));
	number_print(out, prefix, "requestlist.overwritten", 0);
	number_print(out, prefix, "requestlist.exceeded", tally(figures, RB_TALLY_EXCEEDED));
	number_print(out, prefix, "requestlist.current.all", tally(figures, RB_TALLY_WAITING));
	number_print(out, prefix, "requestlist.current.user", tally(figures, RB_TALLY_WAITING));
	number_print(out, prefix, "requestlist.current.replies", tally(figures, RB_TALLY_WAITING));
}

static void thread_print(FILE *out, const char *prefix, const struct rb_figures *figures)
{
	uint64_t replies = rb_histogram_count(&figures->took);
	uint64_t average_us = replies ? figures->took.sum_ns / replies / 1000 : 0;

	number_print(out, prefix, "num.queries", figures->numbers[RB_FIGURE_QUERIES]);
	number_print(out, prefix, "num.queries_ip_ratelimited",
		     tally(figures, RB_TALLY_RATE_LIMITED));
	/* Cookies are not used, so there are none to count. */
	number_print(out, prefix, "num.queries_cookie_valid", 0);
	number_print(out, prefix, "num.queries_cookie_client", 0);
	number_print(out, prefix, "num.queries_cookie_invalid", 0);
	number_print(out, prefix, "num.queries_discard_timeout",
		     tally(figures, RB_TALLY_DISCARDED));
	number_print(out, prefix, "num.queries_replyaddr_limit", 0);
	number_print(out, prefix, "num.queries_wait_limit", tally(figures, RB_TALLY_WAIT_LIMITED));
	number_print(out, prefix, "num.cachehits", hits_of(figures));
	number_print(out, prefix, "num.cachemiss", tally(figures, RB_TALLY_MISSES));
	number_print(out, prefix, "num.prefetch", figures->numbers[RB_FIGURE_PREFETCH]);
	number_print(out, prefix, "num.queries_timed_out", tally(figures, RB_TALLY_TIMED_OUT));
	number_print(out, prefix, "num.expired", tally(figures, RB_TALLY_EXPIRED));
	number_print(out, prefix, "num.recursivereplies", replies);
	number_print(out, prefix, "num.dns_error_reports", 0);
	waiting_print(out, prefix, figures);
	fprintf(out, "%srecursion.time.avg=%" PRIu64 ".%06" PRIu64 "\n", prefix,
		average_us / 1000000, average_us % 1000000);
	fprintf(out, "%srecursion.time.median=%g\n", prefix,
		(double)rb_histogram_quantile_us(&figures->took, 500) / 1e6);
	number_print(out, prefix, "tcpusage", figures->numbers[RB_FIGURE_TCP_USED]);
}

static void seconds_print(FILE *out, const char *name, uint64_t ns)
{
	fprintf(out, "%s=%" PRIu64 ".%06" PRIu64 "\n", name, ns / (uint64_t)RB_NS_PER_S,
		ns % (uint64_t)RB_NS_PER_S / 1000);
}

static void memory_print(const struct rb_control_view *view, FILE *out)
{
	/* libunbound does not tell how much memory its caches and modules use. */
	static const char *const unknown[] = {
		"mem.cache.rrset",       "mem.mod.iterator",         "mem.mod.validator",
		"mem.mod.respip",        "mem.mod.subnet",           "mem.streamwait",
		"mem.http.query_buffer", "mem.http.response_buffer", "mem.quic",
	};
	struct rb_table_usage usage;

	rb_table_usage(view->table, &usage);
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		number_print(out, "", unknown[i], 0);
		if (!i)
			number_print(out, "", "mem.cache.message", usage.bytes);
	}
}

/* Where a bucket begins. Unbound's bounds are powers of two of microseconds, then of seconds. */
static void bound_print(FILE *out, int bucket)
{
	if (!bucket)
		fputs("000000.000000", out);
	else if (bucket <= 20)
		fprintf(out, "000000.%06u", 1U << (bucket - 1));
	else
		fprintf(out, "%06u.000000", 1U << (bucket - 21));
}

static void histogram_print(const struct rb_histogram_sum *took, FILE *out)
{
	for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		fputs("histogram.", out);
		bound_print(out, i);
		fputs(".to.", out);
		bound_print(out, i + 1);
		fprintf(out, "=%" PRIu64 "\n", i <= RB_HISTOGRAM_BUCKETS ? took->counts[i] : 0);
	}
}

/* --- extended-statistics --- */

typedef char *name_fn(int number);

static char *type_name(int number)
{
	return ldns_rr_type2str((ldns_rr_type)number);
}

static char *class_name(int number)
{
	return ldns_rr_class2str((ldns_rr_class)number);
}

static char *opcode_name(int number)
{
	return ldns_pkt_opcode2str((ldns_pkt_opcode)number);
}

/* Print each number, or only those that are not 0 (statistics-inhibit-zero). */
static void numbers_print(FILE *out, const char *prefix, const struct rb_figures *figures,
			  unsigned int first, int count, name_fn *name, bool inhibit_zero)
{
	for (int i = 0; i < count; i++) {
		_cleanup_free_ char *text = NULL;

		if (inhibit_zero && !tally(figures, first + (unsigned int)i))
			continue;
		text = name(i);
		if (text)
			number_print(out, prefix, text, tally(figures, first + (unsigned int)i));
	}
}

static void queries_print(const struct rb_figures *figures, bool inhibit_zero, FILE *out)
{
	static const struct {
		const char *name;
		unsigned int number;
	} flags[] = {
		{"num.query.flags.QR", RB_TALLY_FLAG_QR},  {"num.query.flags.AA", RB_TALLY_FLAG_AA},
		{"num.query.flags.TC", RB_TALLY_FLAG_TC},  {"num.query.flags.RD", RB_TALLY_FLAG_RD},
		{"num.query.flags.RA", RB_TALLY_FLAG_RA},  {"num.query.flags.Z", RB_TALLY_FLAG_Z},
		{"num.query.flags.AD", RB_TALLY_FLAG_AD},  {"num.query.flags.CD", RB_TALLY_FLAG_CD},
		{"num.query.edns.present", RB_TALLY_EDNS}, {"num.query.edns.DO", RB_TALLY_EDNS_DO},
	};

	numbers_print(out, "num.query.type.", figures, RB_TALLY_TYPE, RB_TALLY_TYPES, type_name,
		      inhibit_zero);
	if (!inhibit_zero || tally(figures, RB_TALLY_TYPE_OTHER))
		number_print(out, "num.query.type.", "other", tally(figures, RB_TALLY_TYPE_OTHER));
	numbers_print(out, "num.query.class.", figures, RB_TALLY_CLASS, RB_TALLY_TYPES, class_name,
		      inhibit_zero);
	if (!inhibit_zero || tally(figures, RB_TALLY_CLASS_OTHER))
		number_print(out, "num.query.class.", "other",
			     tally(figures, RB_TALLY_CLASS_OTHER));
	numbers_print(out, "num.query.opcode.", figures, RB_TALLY_OPCODE, 16, opcode_name,
		      inhibit_zero);
	number_print(out, "", "num.query.tcp", figures->numbers[RB_FIGURE_TCP_QUERIES]);
	number_print(out, "", "num.query.tcpout", 0);
	number_print(out, "", "num.query.udpout", 0);
	number_print(out, "", "num.query.tls", figures->numbers[RB_FIGURE_TLS_QUERIES]);
	number_print(out, "", "num.query.tls.resume", figures->numbers[RB_FIGURE_TLS_RESUMED]);
	number_print(out, "", "num.query.ipv6", tally(figures, RB_TALLY_IPV6));
	number_print(out, "", "num.query.https", figures->numbers[RB_FIGURE_HTTPS_QUERIES]);
	number_print(out, "", "num.query.quic", 0);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		number_print(out, "", flags[i].name, tally(figures, flags[i].number));
}

static void replies_print(const struct rb_figures *figures, bool inhibit_zero, FILE *out)
{
	static const char *const rcodes[16] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
					       "NOTIMPL", "REFUSED", "YXDOMAIN", "YXRRSET",
					       "NXRRSET", "NOTAUTH", "NOTZONE",  "RCODE11",
					       "RCODE12", "RCODE13", "RCODE14",  "RCODE15"};

	for (unsigned int i = 0; i < ARRAY_SIZE(rcodes); i++)
		if (!inhibit_zero || i <= RB_RCODE_REFUSED || tally(figures, RB_TALLY_RCODE + i))
			number_print(out, "num.answer.rcode.", rcodes[i],
				     tally(figures, RB_TALLY_RCODE + i));
	number_print(out, "num.answer.rcode.", "nodata", tally(figures, RB_TALLY_NODATA));
	number_print(out, "", "num.query.ratelimited", 0);
	number_print(out, "", "num.answer.secure", tally(figures, RB_TALLY_SECURE));
	number_print(out, "", "num.answer.bogus", figures->numbers[RB_FIGURE_BOGUS]);
	number_print(out, "", "num.rrset.bogus", figures->numbers[RB_FIGURE_BOGUS]);
	number_print(out, "", "num.query.aggressive.NOERROR", 0);
	number_print(out, "", "num.query.aggressive.NXDOMAIN", 0);
	number_print(out, "", "unwanted.queries", figures->numbers[RB_FIGURE_UNWANTED]);
	number_print(out, "", "unwanted.replies", 0);
}

/* By Unbound's names. Answers that the kernel repeats are not counted here. */
static void rpzs_print(const struct rb_figures *figures, bool inhibit_zero, FILE *out)
{
	for (unsigned int i = RB_RPZ_NONE + 1; i < RB_RPZ_ACTIONS; i++)
		if (!inhibit_zero || tally(figures, RB_TALLY_RPZ + i))
			number_print(out, "num.rpz.action.rpz-",
				     rb_rpz_action_name((enum rb_rpz_action)i),
				     tally(figures, RB_TALLY_RPZ + i));
}

static void caches_print(const struct rb_control_view *view, FILE *out)
{
	/* libunbound does not tell. */
	static const char *const unknown[] = {
		"rrset.cache.count", "rrset.cache.max_collisions", "infra.cache.count",
		"key.cache.count",   "num.query.authzone.up",      "num.query.authzone.down",
		"num.query.subnet",  "num.query.subnet_cache",
	};
	struct rb_table_usage usage;

	rb_table_usage(view->table, &usage);
	number_print(out, "", "msg.cache.count",
		     usage.used[RB_SMALL] + usage.used[RB_MEDIUM] + usage.used[RB_LARGE]);
	/* The table's buckets have a fixed number of places. */
	number_print(out, "", "msg.cache.max_collisions", 0);
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		number_print(out, "", unknown[i], 0);
}

void rb_unbound_stats_print(const struct rb_control_view *view, FILE *out)
{
	unsigned int workers = rb_server_workers(view->server);
	uint64_t now_ns = rb_clock_ns();
	struct rb_figures figures, rest;
	char prefix[32];

	for (unsigned int i = 0; i < workers; i++) {
		snprintf(prefix, sizeof(prefix), "thread%u.", i);
		rb_figures_get(view, i, &figures);
		thread_print(out, prefix, &figures);
	}
	/* Exporters add up the threads, so the kernel counts as one more. */
	rb_figures_get(view, workers, &figures);
	rb_figures_get_rest(view, &figures, &rest);
	snprintf(prefix, sizeof(prefix), "thread%u.", workers);
	thread_print(out, prefix, &rest);
	thread_print(out, "total.", &figures);
	seconds_print(out, "time.now", rb_clock_wall_ns());
	seconds_print(out, "time.up", now_ns - view->vitals->started_ns);
	seconds_print(out, "time.elapsed", now_ns - rb_figures_since_ns(view));
	if (!view->config->extended_statistics)
		return;
	memory_print(view, out);
	histogram_print(&figures.took, out);
	queries_print(&figures, view->config->statistics_inhibit_zero, out);
	replies_print(&figures, view->config->statistics_inhibit_zero, out);
	caches_print(view, out);
	rpzs_print(&figures, view->config->statistics_inhibit_zero, out);
}
