/* SPDX-License-Identifier: BSD-2-Clause */
/* The server: sockets on every address for every worker, and the workers' start and end. */
#include "serve/server.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "serve/addresses.h"
#include "serve/counters.h"
#include "serve/asked.h"
#include "serve/dnstap.h"
#include "serve/limits.h"
#include "serve/quota.h"
#include "serve/offer.h"
#include "serve/renew.h"
#include "serve/worker.h"
#include "util/cleanup.h"
#include "util/ledger.h"
#include "util/log.h"

struct rb_server {
	struct rb_worker **workers;
	unsigned int count;
	struct rb_addresses addresses; /* the workers have their sockets */
	struct rb_guard *guard;        /* of the configuration in force */
	struct rb_tls_state tls;
	struct rb_offer offer;
	struct rb_limits *limits;
	struct rb_quotas *quotas;  /* NULL: nothing is limited */
	struct rb_dnstap *dnstap;  /* NULL: none */
	struct rb_asked *asked;    /* NULL: not counted */
	struct rb_ledger *ledgers; /* of each worker, and of what dnstap has lost */
	unsigned int ledger_count;
};

static void server_freep(struct rb_server **server)
{
	rb_server_free(*server);
}

static int guard_new(const struct rb_config *config, struct rb_guard **ret_guard)
{
	return rb_guard_new(config->resolver_text ? config->resolver_text : "", &config->anchors,
			    &config->policy, ret_guard);
}

/* Give the sockets to the workers, before these run. */
static int assign_sockets(struct rb_server *server)
{
	int err = 0;

	for (size_t i = 0; i < server->addresses.count; i++) {
		const struct rb_address *address = &server->addresses.list[i];

		for (unsigned int w = 0; w < server->count; w++) {
			int failed =
				rb_worker_add(server->workers[w], address->type, address->fds[w]);

			if (!failed)
				continue;
			close(address->fds[w]);
			err = failed;
		}
	}
	return err;
}

#define WORDS (sizeof(struct rb_serve_counters) / sizeof(uint64_t))

static_assert(sizeof(struct rb_serve_counters) % sizeof(uint64_t) == 0, "nothing but counts");

size_t rb_server_totals_bytes(unsigned int workers)
{
	return (workers * WORDS + 1) * sizeof(uint64_t);
}

static int ledgers_open(struct rb_server *server, const struct rb_server_opts *opts)
{
	uint64_t *totals = opts->totals;
	int err = 0;

	server->ledgers = calloc(opts->workers + 1, sizeof(*server->ledgers));
	if (!server->ledgers)
		return -ENOMEM;
	while (server->ledger_count < opts->workers && !err) {
		err = rb_ledger_open(&server->ledgers[server->ledger_count++], totals, WORDS);
		totals = totals ? totals + WORDS : NULL;
	}
	return err ?: rb_ledger_open(&server->ledgers[server->ledger_count++], totals, 1);
}

static void ledgers_close(struct rb_server *server)
{
	while (server->ledger_count)
		rb_ledger_close(&server->ledgers[--server->ledger_count]);
	free(server->ledgers);
}

static int dnstap_new(struct rb_server *server, const struct rb_server_opts *opts)
{
	int err = rb_dnstap_new(opts->config, opts->opener, &server->dnstap);

	if (err)
		rb_log_error("dnstap: cannot be started: %s", strerror(-err));
	return err;
}

static int workers_new(struct rb_server *server, const struct rb_server_opts *opts)
{
	server->workers = calloc(opts->workers, sizeof(struct rb_worker *));
	if (!server->workers)
		return -ENOMEM;
	for (; server->count < opts->workers; server->count++) {
		int err = rb_worker_new(opts->config, opts->table, opts->acl, server->guard,
					opts->resolvers, server->count,
					&server->workers[server->count]);

		if (err)
			return err;
		rb_worker_set_feeds(server->workers[server->count], opts->feeds);
		rb_worker_set_tls(server->workers[server->count], server->tls.tls);
		rb_worker_set_dnstap(server->workers[server->count], server->dnstap);
		rb_worker_set_limits(server->workers[server->count], server->limits,
				     server->quotas);
		rb_worker_set_asked(server->workers[server->count], server->asked);
	}
	return 0;
}

int rb_server_new(const struct rb_server_opts *opts, struct rb_addresses *addresses,
		  struct rb_server **ret_server)
{
	_cleanup_(server_freep) struct rb_server *server = calloc(1, sizeof(*server));
	int err = server ? ledgers_open(server, opts) : -ENOMEM;

	if (!err)
		err = guard_new(opts->config, &server->guard);
	if (!err)
		err = rb_tls_state_begin(opts->config, &server->tls);
	if (!err)
		err = dnstap_new(server, opts);
	if (!err)
		err = rb_limits_new(opts->config, &server->limits);
	if (!err)
		err = rb_quotas_new(opts->config, &server->quotas);
	if (!err)
		err = rb_asked_new(opts->config, &server->asked);
	if (!err)
		err = workers_new(server, opts);
	if (err)
		return err;
	rb_offer_set(&server->offer, opts->config, server->tls.tls);
	server->addresses = *addresses;
	*addresses = (struct rb_addresses){0};
	err = assign_sockets(server);
	if (err)
		return err;
	*ret_server = TAKE_PTR(server);
	return 0;
}

unsigned int rb_server_workers(const struct rb_server *server)
{
	return server->count;
}

struct rb_asked *rb_server_asked(const struct rb_server *server)
{
	return server->asked;
}

struct rb_dnstap *rb_server_dnstap(const struct rb_server *server)
{
	return server->dnstap;
}

int rb_server_start(struct rb_server *server)
{
	int err = rb_dnstap_start(server->dnstap);

	if (err)
		rb_log_error("dnstap: cannot be started: %s", strerror(-err));
	for (unsigned int i = 0; i < server->count && !err; i++) {
		err = rb_worker_start(server->workers[i]);
		if (err) {
			rb_log_error("Worker thread %u cannot be started: %s.", i, strerror(-err));
			rb_server_stop(server);
		}
	}
	return err;
}

void rb_server_stop(struct rb_server *server)
{
	for (unsigned int i = 0; i < server->count; i++)
		rb_worker_stop(server->workers[i]);
}

void rb_server_free(struct rb_server *server)
{
	if (!server)
		return;
	for (unsigned int i = 0; i < server->count; i++)
		rb_worker_free(server->workers[i]);
	rb_dnstap_stop(server->dnstap);
	rb_limits_free(server->limits);
	rb_quotas_free(server->quotas);
	rb_asked_free(server->asked);
	rb_addresses_free(&server->addresses);
	rb_guard_free(server->guard);
	rb_tls_state_end(&server->tls);
	ledgers_close(server);
	free(server->workers);
	free(server);
}

void rb_server_retire(struct rb_server *server, const struct rb_acl *acl)
{
	const struct rb_worker_change change = {.acl = acl, .retires = true};

	for (unsigned int i = 0; i < server->count; i++)
		rb_worker_change(server->workers[i], &change);
}

bool rb_server_is_idle(const struct rb_server *server)
{
	uint64_t busy = 0;

	for (unsigned int i = 0; i < server->count; i++) {
		const struct rb_serve_counters *counters = rb_worker_counters(server->workers[i]);

		busy += rb_serve_counted(&counters->tcp_used) +
			rb_tally_get(&counters->tally, RB_TALLY_WAITING);
	}
	return !busy;
}

int rb_server_use_policy(struct rb_server *server, const struct rb_config *config,
			 const struct rb_policy_images *images)
{
	struct rb_guard *former = server->guard, *guard;
	int err = rb_guard_new(config->resolver_text ?: "", &config->anchors, images, &guard);
	const struct rb_worker_change change = {.guard = guard};

	if (err)
		return err;
	server->guard = guard;
	for (unsigned int i = 0; i < server->count; i++)
		rb_worker_change(server->workers[i], &change);
	rb_guard_free(former);
	return 0;
}

void rb_server_renew_tls(struct rb_server *server, const struct rb_config *config,
			 const struct rb_tls_files *files)
{
	struct rb_worker_change change = {0};
	SSL_CTX *former;

	rb_tls_state_renew(config, files, &server->tls, &former);
	if (!former)
		return;
	rb_offer_set(&server->offer, config, server->tls.tls);
	change.tls = server->tls.tls;
	for (unsigned int i = 0; i < server->count; i++)
		rb_worker_change(server->workers[i], &change);
	SSL_CTX_free(former);
}

int rb_server_certificate(const struct rb_server *server, struct rb_certificate *ret_certificate)
{
	return rb_certificate_of(server->tls.tls, ret_certificate);
}

int rb_server_give_xsk(struct rb_server *server, unsigned int worker, struct rb_xsk *xsk)
{
	const struct rb_worker_change change = {.xsk_added = xsk};

	return rb_worker_change(server->workers[worker], &change);
}

void rb_server_take_xsk(struct rb_server *server, unsigned int worker, struct rb_xsk *xsk)
{
	const struct rb_worker_change change = {.xsk_removed = xsk};

	rb_worker_change(server->workers[worker], &change);
}

bool rb_server_moves(const struct rb_server *server)
{
	bool moves = true;

	for (unsigned int i = 0; i < server->count; i++)
		moves &= rb_worker_moves(server->workers[i]);
	return moves;
}

/* Present states rather than counts: they end with the worker. */
static const size_t gauges[] = {
	offsetof(struct rb_serve_counters, tcp_used),
	offsetof(struct rb_serve_counters, tally.numbers[RB_TALLY_WAITING]),
	offsetof(struct rb_serve_counters, tally.numbers[RB_TALLY_WAITING_MAX]),
};

/* The counts of the worker itself. */
static void own_read(const struct rb_server *server, unsigned int worker, uint64_t own[WORDS])
{
	const _Atomic uint64_t *counts = (const void *)rb_worker_counters(server->workers[worker]);

	for (size_t i = 0; i < WORDS; i++)
		own[i] = atomic_load_explicit(&counts[i], memory_order_relaxed);
}

void rb_server_account(struct rb_server *server)
{
	uint64_t own[WORDS], lost = rb_dnstap_lost(server->dnstap);

	for (unsigned int worker = 0; worker < server->count; worker++) {
		own_read(server, worker, own);
		for (size_t i = 0; i < ARRAY_SIZE(gauges); i++)
			own[gauges[i] / sizeof(uint64_t)] = 0;
		rb_ledger_tell(&server->ledgers[worker], own);
	}
	rb_ledger_tell(&server->ledgers[server->count], &lost);
}

void rb_server_counters(const struct rb_server *server, unsigned int worker,
			struct rb_serve_counters *ret_counters)
{
	_Atomic uint64_t *counts = (void *)ret_counters;
	uint64_t sums[WORDS];

	own_read(server, worker, sums);
	rb_ledger_sum(&server->ledgers[worker], sums);
	for (size_t i = 0; i < WORDS; i++)
		atomic_init(&counts[i], sums[i]);
}

static void stats_add(const struct rb_serve_counters *counters, struct rb_server_stats *stats)
{
	for (int t = 0; t < RB_TRANSPORTS; t++) {
		stats->queries[t] += rb_serve_counted(&counters->queries[t]);
		stats->table_hits[t] += rb_serve_counted(&counters->table_hits[t]);
		stats->replies[t] += rb_serve_counted(&counters->replies[t]);
		stats->dropped[t] += rb_serve_counted(&counters->dropped[t]);
		stats->refused[t] += rb_serve_counted(&counters->refused[t]);
		for (int s = 0; s < RB_SOURCES; s++)
			rb_histogram_read(&counters->took[t][s], &stats->took[t][s]);
	}
	stats->tcp_rejected += rb_serve_counted(&counters->tcp_rejected);
	stats->tcp_limited += rb_serve_counted(&counters->tcp_limited);
	stats->tls_handshakes += rb_serve_counted(&counters->tls_handshakes);
	stats->tls_resumed += rb_serve_counted(&counters->tls_resumed);
	stats->tls_failed += rb_serve_counted(&counters->tls_failed);
	stats->bad_checksums += rb_serve_counted(&counters->bad_checksums);
}

void rb_server_stats(const struct rb_server *server, struct rb_server_stats *ret_stats)
{
	struct rb_serve_counters counters;

	*ret_stats = (struct rb_server_stats){.dnstap_lost = rb_dnstap_lost(server->dnstap)};
	rb_offer_read(&server->offer, ret_stats->listens, &ret_stats->certificate_ends_s);
	rb_ledger_sum(&server->ledgers[server->count], &ret_stats->dnstap_lost);
	for (unsigned int i = 0; i < server->count; i++) {
		rb_server_counters(server, i, &counters);
		stats_add(&counters, ret_stats);
	}
}
