/* SPDX-License-Identifier: BSD-2-Clause */
/* From libunbound to servers that are asked over TLS, and back. */
#include "upstream/relay.h"

#include <errno.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>

#include "upstream/connection.h"
#include "upstream/inlet.h"
#include "upstream/message.h"
#include "upstream/tls.h"
#include "upstream/zone.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/fnv.h"
#include "util/log.h"
#include "util/random.h"

#define QUERIES_MAX 4096
#define BUCKETS     1024
#define WAITERS_MAX 4 /* libunbound's contexts ask the same */
#define TRIES_MAX   3
#define LOSSES_MAX  10                   /* connections that had worked */
#define PATIENCE_NS (700 * RB_NS_PER_MS) /* before another server is asked */
#define DEADLINE_NS (8 * RB_NS_PER_S)

struct query {
	struct rb_upstream_query sent; /* first: all that connections know of it */
	LIST_ENTRY(query) entry;       /* of its bucket */
	TAILQ_ENTRY(query) late;       /* of those that wait for an address */
	bool is_late;
	struct relay_zone *zone;
	struct rb_upstream_server *server; /* the last that was asked */
	struct event timer;
	uint64_t began_ns;
	uint32_t hash;
	unsigned int tries, losses;
	struct {
		struct rb_upstream_caller *caller;
		uint8_t id[2];
	} waiters[WAITERS_MAX];
	unsigned int waiter_count;
};

struct relay_zone {
	struct rb_upstream_inlet inlet; /* first: it knows no more of it */
	struct rb_upstream_zone servers;
	struct rb_upstream_relay *relay;
	TAILQ_HEAD(, query) late;
	unsigned int late_count;
};

struct rb_upstream_relay {
	struct rb_upstreams upstreams;
	char token[RB_UPSTREAM_TOKEN_BYTES];
	struct relay_zone *zones;
	uint32_t zone_count;
	LIST_HEAD(, query) buckets[BUCKETS];
	unsigned int query_count;
};

static void late_add(struct query *query)
{
	TAILQ_INSERT_TAIL(&query->zone->late, query, late);
	query->zone->late_count++;
	query->is_late = true;
}

static void late_remove(struct query *query)
{
	if (!query->is_late)
		return;
	TAILQ_REMOVE(&query->zone->late, query, late);
	query->zone->late_count--;
	query->is_late = false;
}

static void query_free(struct query *query)
{
	late_remove(query);
	rb_upstream_connection_withdraw(&query->sent);
	for (unsigned int i = 0; i < query->waiter_count; i++)
		rb_upstream_caller_unref(query->waiters[i].caller);
	event_del(&query->timer);
	LIST_REMOVE(query, entry);
	query->zone->relay->query_count--;
	free(query);
}

static void query_end(struct query *query, const uint8_t *response, size_t len)
{
	for (unsigned int i = 0; i < query->waiter_count; i++)
		rb_upstream_caller_reply(query->waiters[i].caller, query->waiters[i].id, response,
					 len);
	query_free(query);
}

static void query_fail(struct query *query)
{
	uint8_t response[RB_UPSTREAM_QUERY_BYTES_MAX];
	size_t len = rb_upstream_servfail_make(query->sent.bytes, query->sent.len, response);

	rb_upstream_count(query->zone->relay->upstreams.counters, RB_UPSTREAM_UNANSWERED);
	query_end(query, response, len);
}

static void on_response(struct rb_upstream_query *sent, uint8_t *response, size_t len)
{
	query_end((struct query *)sent, response, len);
}

static void on_useless(struct rb_upstream_query *sent)
{
	query_fail((struct query *)sent);
}

/* Ask one server after the other until one takes it. */
static void query_ask(struct query *query, const struct rb_upstream_server *except)
{
	static const struct timeval client_timeout = {.tv_usec = PATIENCE_NS / 1000};

	while (query->tries < TRIES_MAX) {
		struct rb_upstream_server *server =
			rb_upstream_zone_pick(&query->zone->servers, except);

		if (!server)
			break;
		query->tries++;
		query->server = server;
		if (!rb_upstream_server_ask(server, &query->sent)) {
			evtimer_add(&query->timer, &client_timeout);
			return;
		}
		except = server;
	}
	if (query->tries < TRIES_MAX && rb_upstream_zone_is_sought(&query->zone->servers)) {
		late_add(query);
		evtimer_add(&query->timer, &client_timeout);
		return;
	}
	query_fail(query);
}

/* What waits for an address is asked, or waits on. */
static void on_news(struct rb_upstream_host *host, void *context)
{
	struct relay_zone *zone = context;

	(void)host;
	for (unsigned int left = zone->late_count; left; left--) {
		struct query *query = TAILQ_FIRST(&zone->late);

		late_remove(query);
		query_ask(query, NULL);
	}
}

static void on_lost(struct rb_upstream_query *sent, bool progress)
{
	struct query *query = (struct query *)sent;

	if (progress && query->losses++ < LOSSES_MAX)
		query->tries--;
	query_ask(query, progress ? NULL : query->server);
}

/* If a server says nothing at all, another one is asked, if there is one. */
static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval client_timeout = {.tv_usec = PATIENCE_NS / 1000};
	struct query *query = arg;
	const struct rb_upstream_connection *connection = query->sent.connection;
	bool silent = connection && connection->answered_ns <= query->sent.asked_ns;

	(void)fd;
	(void)what;
	if (rb_clock_ns() - query->began_ns >= DEADLINE_NS) {
		query_fail(query);
	} else if (silent && query->tries < TRIES_MAX &&
		   rb_upstream_zone_pick(&query->zone->servers, query->server)) {
		rb_upstream_connection_abandon(&query->sent);
		query_ask(query, query->server);
	} else {
		evtimer_add(&query->timer, &client_timeout);
	}
}

/*
 * A query that differs only in its ID is already pending, and one more can wait for its response.
 */
static struct query *query_find(struct relay_zone *zone, const uint8_t *bytes, size_t len,
				uint32_t hash)
{
	struct query *query;

	LIST_FOREACH(query, &zone->relay->buckets[hash % BUCKETS], entry)
	if (query->hash == hash && query->zone == zone && query->sent.len == len &&
	    query->waiter_count < WAITERS_MAX && !memcmp(query->sent.bytes + 2, bytes + 2, len - 2))
		return query;
	return NULL;
}

static struct query *query_new(struct relay_zone *zone, const uint8_t *bytes, size_t len,
			       uint32_t hash)
{
	struct rb_upstream_relay *relay = zone->relay;
	struct query *query = relay->query_count < QUERIES_MAX ? malloc(sizeof(*query)) : NULL;

	if (!query)
		return NULL;
	*query = (struct query){.zone = zone, .hash = hash, .began_ns = rb_clock_ns()};
	query->sent.len = len;
	memcpy(query->sent.bytes, bytes, len);
	evtimer_assign(&query->timer, relay->upstreams.base, on_timer, query);
	LIST_INSERT_HEAD(&relay->buckets[hash % BUCKETS], query, entry);
	relay->query_count++;
	return query;
}

static void query_take(struct relay_zone *zone, struct rb_upstream_caller *caller,
		       const uint8_t *bytes, size_t len)
{
	uint32_t hash = rb_fnv(RB_FNV_START, bytes + 2, len - 2);
	struct query *query = query_find(zone, bytes, len, hash);
	bool known = query != NULL;
	unsigned int waiter;

	if (!known)
		query = query_new(zone, bytes, len, hash);
	if (!query) {
		/* Too many at a time: the answer is SERVFAIL. */
		uint8_t response[RB_UPSTREAM_QUERY_BYTES_MAX];

		rb_upstream_count(zone->relay->upstreams.counters, RB_UPSTREAM_UNANSWERED);
		rb_upstream_caller_reply(caller, bytes, response,
					 rb_upstream_servfail_make(bytes, len, response));
		return;
	}
	waiter = query->waiter_count++;
	query->waiters[waiter].caller = rb_upstream_caller_ref(caller);
	memcpy(query->waiters[waiter].id, bytes, 2);
	rb_upstream_zone_use(&zone->servers);
	if (!known)
		query_ask(query, NULL);
}

static bool packet_take(struct rb_upstream_inlet *inlet, struct rb_upstream_caller *caller,
			const uint8_t *packet, size_t packet_len)
{
	struct relay_zone *zone = (struct relay_zone *)inlet;
	const struct rb_upstreams *upstreams = &zone->relay->upstreams;
	uint8_t query[RB_UPSTREAM_QUERY_BYTES_MAX];
	int len = rb_upstream_query_make(packet, packet_len, zone->relay->token,
					 upstreams->plan->pad_block_bytes, query);

	if (len < 0)
		return false;
	rb_upstream_count(upstreams->counters, RB_UPSTREAM_QUERIES);
	query_take(zone, caller, query, (size_t)len);
	return true;
}

static int secrets_make(struct rb_upstream_relay *relay, in_addr_t *ret_address)
{
	uint8_t random[16 + 3];
	int err = rb_random_bytes(random, sizeof(random));

	if (err)
		return err;
	for (unsigned int i = 0; i < 16; i++)
		snprintf(relay->token + (size_t)2 * i, 3, "%02x", random[i]);
	/* Neither the first or last address of the network, nor one that other services use. */
	*ret_address = htonl(127U << 24 | (1U + random[16] % 254) << 16 |
			     (unsigned int)random[17] << 8 | (1U + random[18] % 254));
	return 0;
}

static int zone_open(struct rb_upstream_relay *relay, uint32_t number, in_addr_t address)
{
	struct relay_zone *zone = &relay->zones[number];
	int err;

	TAILQ_INIT(&zone->late);
	zone->relay = relay;
	zone->inlet.take = packet_take;
	err = rb_upstream_zone_open(&zone->servers, &relay->upstreams, number, on_news, zone);
	return err ? err : rb_upstream_inlet_open(&zone->inlet, relay->upstreams.base, address);
}

static int relay_open(struct rb_upstream_relay *relay)
{
	const struct rb_upstream_plan *plan = relay->upstreams.plan;
	in_addr_t address;
	int err = secrets_make(relay, &address);

	if (err)
		return err;
	relay->zones = calloc(plan->zone_count, sizeof(*relay->zones));
	if (!relay->zones)
		return -ENOMEM;
	for (uint32_t i = 0; i < plan->zone_count && !err; i++) {
		relay->zone_count++;
		err = zone_open(relay, i, address);
	}
	return err;
}

int rb_upstream_relay_new(struct event_base *base, const struct rb_upstream_plan *plan,
			  struct rb_upstream_counters *counters,
			  struct rb_upstream_relay **ret_relay)
{
	_cleanup_(rb_upstream_relay_freep) struct rb_upstream_relay *relay =
		calloc(1, sizeof(*relay));
	int err;

	if (!relay)
		return -ENOMEM;
	relay->upstreams = (struct rb_upstreams){
		.base = base,
		.plan = plan,
		.counters = counters,
		.on_response = on_response,
		.on_useless = on_useless,
		.on_lost = on_lost,
	};
	err = rb_upstream_tls_new(plan, &relay->upstreams.tls);
	if (err)
		return err;
	err = relay_open(relay);
	if (err) {
		rb_log_error("no socket for what is asked over TLS: %s", strerror(-err));
		return err;
	}
	*ret_relay = TAKE_PTR(relay);
	return 0;
}

void rb_upstream_relay_free(struct rb_upstream_relay *relay)
{
	if (!relay)
		return;
	for (unsigned int i = 0; i < BUCKETS; i++)
		while (!LIST_EMPTY(&relay->buckets[i]))
			query_free(LIST_FIRST(&relay->buckets[i]));
	for (uint32_t i = 0; i < relay->zone_count; i++) {
		rb_upstream_zone_close(&relay->zones[i].servers);
		rb_upstream_inlet_close(&relay->zones[i].inlet);
	}
	rb_upstream_tls_free(relay->upstreams.tls);
	free(relay->zones);
	free(relay);
}

void rb_upstream_relay_freep(struct rb_upstream_relay **relay)
{
	rb_upstream_relay_free(*relay);
}

void rb_upstream_relay_begin(struct rb_upstream_relay *relay, struct rb_upstream_finder *finder)
{
	for (uint32_t i = 0; i < relay->zone_count; i++)
		rb_upstream_zone_begin(&relay->zones[i].servers, finder);
}

struct sockaddr_in rb_upstream_relay_addr(const struct rb_upstream_relay *relay, uint32_t zone)
{
	return relay->zones[zone].inlet.addr;
}

const char *rb_upstream_relay_token(const struct rb_upstream_relay *relay)
{
	return relay->token;
}
