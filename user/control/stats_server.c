/* SPDX-License-Identifier: BSD-2-Clause */
/* The counts of the server's workers: by transport, by rcode, of connections. */
#include "control/stats_server.h"

#include <stddef.h>

#include "serve/counters.h"
#include "serve/tally.h"
#include "util/cleanup.h"

static const char *const transport_names[RB_TRANSPORTS] = {
	[RB_TRANSPORT_UDP] = "udp", [RB_TRANSPORT_TCP] = "tcp",     [RB_TRANSPORT_XDP] = "af_xdp",
	[RB_TRANSPORT_TLS] = "tls", [RB_TRANSPORT_HTTPS] = "https",
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

static void visit_rcodes(const struct rb_stat_walk *walk)
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
		rb_stat_give(walk, "server_rcodes", "Replies of the workers by rcode.",
			     RB_STAT_COUNTER, "rcode", i < known ? names[i] : "other", counts[i]);
}

static void visit_policy(const struct rb_stat_walk *walk)
{
	unsigned int workers = rb_server_workers(walk->view->server);
	uint64_t blocked = 0, actions[RB_RPZ_ACTIONS] = {0};
	struct rb_serve_counters counters;

	for (unsigned int worker = 0; worker < workers; worker++) {
		rb_server_counters(walk->view->server, worker, &counters);
		blocked += rb_tally_get(&counters.tally, RB_TALLY_BLOCKED);
		for (unsigned int i = 0; i < RB_RPZ_ACTIONS; i++)
			actions[i] += rb_tally_get(&counters.tally, RB_TALLY_RPZ + i);
	}
	rb_stat_give(walk, "server_blocked",
		     "Replies of local policy in place of others; the kernel's are its event "
		     "'blocked'.",
		     RB_STAT_COUNTER, NULL, NULL, blocked);
	for (unsigned int i = RB_RPZ_NONE + 1; i < RB_RPZ_ACTIONS; i++)
		rb_stat_give(walk, "server_rpz_actions",
			     "What response policy zones decided; the table repeats it by itself.",
			     RB_STAT_COUNTER, "action", rb_rpz_action_name((enum rb_rpz_action)i),
			     actions[i]);
}

static const char *const speech_names[] = {
	[RB_SPEECH_DNS] = "dns", [RB_SPEECH_TLS] = "tls", [RB_SPEECH_HTTPS] = "https"};

static void visit_workers(const struct rb_stat_walk *walk)
{
	struct rb_server_stats stats;
	size_t i;
	int t;

	rb_server_stats(walk->view->server, &stats);
	for (i = 0; i < ARRAY_SIZE(server_families); i++) {
		const uint64_t *counts =
			(const void *)((const char *)&stats + server_families[i].offset);

		for (t = 0; t < RB_TRANSPORTS; t++)
			rb_stat_give(walk, server_families[i].family, server_families[i].help,
				     RB_STAT_COUNTER, "transport", transport_names[t], counts[t]);
	}
	for (i = 0; i < RB_SOURCES; i++)
		for (t = 0; t < RB_TRANSPORTS; t++)
			rb_stat_give_histogram(walk, took_families[i].family, took_families[i].help,
					       transport_names[t], &stats.took[t][i]);
	rb_stat_give(walk, "server_tcp_rejected",
		     "TCP connections over incoming-num-tcp, for which one was closed.",
		     RB_STAT_COUNTER, NULL, NULL, stats.tcp_rejected);
	rb_stat_give(walk, "server_tcp_limited",
		     "TCP connections over a tcp-connection-limit, which were closed.",
		     RB_STAT_COUNTER, NULL, NULL, stats.tcp_limited);
	for (i = 0; i < RB_SPEECH_NONE; i++)
		rb_stat_give(walk, "server_listens",
			     "Addresses that are listened on, by what is spoken there.",
			     RB_STAT_GAUGE, "speech", speech_names[i], stats.listens[i]);
	rb_stat_give(
		walk, "server_certificate_expiry_seconds",
		"When the certificate of TLS for clients expires, from 1970; 0: there is none.",
		RB_STAT_GAUGE, NULL, NULL, stats.certificate_ends_s);
	rb_stat_give(walk, "server_tls_handshakes",
		     "Connections of clients over TLS that came to be.", RB_STAT_COUNTER, NULL,
		     NULL, stats.tls_handshakes);
	rb_stat_give(walk, "server_tls_resumed", "Of these, with the ticket of an earlier one.",
		     RB_STAT_COUNTER, NULL, NULL, stats.tls_resumed);
	rb_stat_give(walk, "server_tls_failed",
		     "Connections of clients whose TLS handshake failed.", RB_STAT_COUNTER, NULL,
		     NULL, stats.tls_failed);
	rb_stat_give(walk, "server_dnstap_lost", "Messages for dnstap that nobody took in time.",
		     RB_STAT_COUNTER, NULL, NULL, stats.dnstap_lost);
	rb_stat_give(walk, "server_bad_checksums", "Damaged datagrams by AF_XDP, dropped.",
		     RB_STAT_COUNTER, NULL, NULL, stats.bad_checksums);
	rb_stat_give(walk, "server_process_ends",
		     "Server processes that ended without being told to.", RB_STAT_COUNTER, NULL,
		     NULL, atomic_load(&walk->view->vitals->ended));
	rb_stat_give(walk, "server_process_hangs", "Of these, killed since they got nowhere.",
		     RB_STAT_COUNTER, NULL, NULL, atomic_load(&walk->view->vitals->hung));
}

void rb_stats_visit_server(const struct rb_stat_walk *walk)
{
	visit_workers(walk);
	visit_rcodes(walk);
	visit_policy(walk);
}
