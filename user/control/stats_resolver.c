/* SPDX-License-Identifier: BSD-2-Clause */
/* The counts of resolver processes, and of their connections to servers over TLS. */
#include "control/stats_resolver.h"

#include <stddef.h>

#include "resolve/resolver.h"
#include "util/cleanup.h"

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
	{"resolver_dnstap_lost",
	 "Messages for dnstap, between resolvers and servers, without room.",
	 offsetof(struct rb_resolver_stats, unseen)},
};

static void visit_upstreams(const struct rb_stat_walk *walk, const uint64_t *counts)
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
		rb_stat_give(walk, families[i].family, families[i].help, RB_STAT_COUNTER, NULL,
			     NULL, counts[i]);
	for (unsigned int i = 0; i < RB_UPSTREAM_FAILURES; i++)
		rb_stat_give(walk, "upstream_tls_failures", "Connections over TLS that failed.",
			     RB_STAT_COUNTER, "reason", failures[i],
			     counts[RB_UPSTREAM_FAILED + i]);
}

void rb_stats_visit_resolvers(const struct rb_stat_walk *walk)
{
	struct rb_resolver_stats stats;
	size_t i;

	rb_resolvers_stats(walk->view->resolvers, &stats);
	for (i = 0; i < ARRAY_SIZE(resolver_families); i++) {
		const uint64_t *count =
			(const void *)((const char *)&stats + resolver_families[i].offset);

		rb_stat_give(walk, resolver_families[i].family, resolver_families[i].help,
			     RB_STAT_COUNTER, NULL, NULL, *count);
	}
	rb_stat_give(walk, "resolver_processes",
		     "Resolver processes that are ready, with the spare.", RB_STAT_GAUGE, NULL,
		     NULL, stats.processes);
	rb_stat_give_histogram(walk, "resolver_seconds", "What libunbound took for a question.",
			       NULL, &stats.took);
	visit_upstreams(walk, stats.upstreams);
}
