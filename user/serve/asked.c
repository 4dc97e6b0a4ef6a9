/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists of the most frequent names, zones and clients, each a small table. An entry without a free
 * counter replaces the rarest one in its bucket, and takes over its count (Metwally and others,
 * "space saving"). So frequent entries are always there, and never with too low a count.
 */
#include "serve/asked.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "serve/private.h"
#include "util/clock.h"
#include "util/fnv.h"

#define BUCKETS 256
#define WAYS    4
#define HALF_NS (60 * RB_NS_PER_S)

struct counter {
	uint64_t count;
	uint32_t hash;
	uint8_t key[RB_NAME_MAX]; /* a name, or an address */
	uint8_t len;              /* 0: free */
};

struct rb_asked {
	pthread_mutex_t lock;
	uint64_t halved_ns, all;
	struct counter lists[RB_ASKED_LISTS][BUCKETS][WAYS];
};

int rb_asked_new(const struct rb_config *config, struct rb_asked **ret_asked)
{
	struct rb_asked *asked;

	if (!config->top_sample)
		return 0;
	asked = calloc(1, sizeof(*asked));
	if (!asked)
		return -ENOMEM;
	pthread_mutex_init(&asked->lock, NULL);
	asked->halved_ns = rb_clock_ns();
	*ret_asked = asked;
	return 0;
}

void rb_asked_free(struct rb_asked *asked)
{
	if (!asked)
		return;
	pthread_mutex_destroy(&asked->lock);
	free(asked);
}

/* Under the lock. */
static void halve(struct rb_asked *asked)
{
	struct counter *counters = &asked->lists[0][0][0];
	uint64_t now_ns = rb_clock_ns();

	for (; now_ns - asked->halved_ns >= HALF_NS && asked->all; asked->halved_ns += HALF_NS) {
		asked->all /= 2;
		for (size_t i = 0; i < (size_t)RB_ASKED_LISTS * BUCKETS * WAYS; i++) {
			counters[i].count /= 2;
			if (!counters[i].count)
				counters[i].len = 0;
		}
	}
	if (!asked->all)
		asked->halved_ns = now_ns;
}

static void count(struct rb_asked *asked, enum rb_asked_list list, const uint8_t *key, size_t len,
		  unsigned int weight)
{
	uint32_t hash = rb_fnv(RB_FNV_START, key, len);
	struct counter *bucket = asked->lists[list][hash % BUCKETS], *rarest = bucket;

	for (unsigned int i = 0; i < WAYS; i++) {
		struct counter *counter = &bucket[i];

		if (counter->len == len && counter->hash == hash &&
		    !memcmp(counter->key, key, len)) {
			counter->count += weight;
			return;
		}
		if (counter->count < rarest->count)
			rarest = counter;
	}
	rarest->count += weight;
	rarest->hash = hash;
	rarest->len = (uint8_t)len;
	memcpy(rarest->key, key, len);
}

/* Where the last two labels begin. */
static size_t zone_at(const uint8_t *name, size_t len)
{
	size_t starts[2] = {0, 0};

	for (size_t at = 0; at + 1 < len; at += name[at] + 1U) {
		starts[0] = starts[1];
		starts[1] = at;
	}
	return starts[0];
}

void rb_asked_add(struct rb_asked *asked, const struct rb_config *config, const uint8_t *client,
		  const struct rb_query *query, unsigned int weight)
{
	uint8_t name[RB_NAME_MAX], addr[16];
	size_t len = query->qname_len, zone;

	if (!asked || !query->qname || !len)
		return;
	rb_name_lower(query->qname, len, name);
	rb_private_addr(config, client, addr);
	zone = zone_at(name, len);
	if (pthread_mutex_trylock(&asked->lock))
		return;
	halve(asked);
	asked->all += weight;
	count(asked, RB_ASKED_NAMES, name, len, weight);
	count(asked, RB_ASKED_ZONES, name + zone, len - zone, weight);
	count(asked, RB_ASKED_CLIENTS, addr, sizeof(addr), weight);
	pthread_mutex_unlock(&asked->lock);
}

static int by_count(const void *a, const void *b)
{
	const struct counter *const *one = a, *const *other = b;

	return ((*one)->count < (*other)->count) - ((*one)->count > (*other)->count);
}

static void row_set(const struct counter *counter, enum rb_asked_list list,
		    struct rb_asked_row *row)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	bool is_v4 = !memcmp(counter->key, mapped, sizeof(mapped));

	row->questions = counter->count;
	if (list != RB_ASKED_CLIENTS)
		rb_name_to_text(counter->key, counter->len, row->text);
	else
		inet_ntop(is_v4 ? AF_INET : AF_INET6, counter->key + (is_v4 ? sizeof(mapped) : 0),
			  row->text, sizeof(row->text));
}

size_t rb_asked_read(struct rb_asked *asked, enum rb_asked_list list, struct rb_asked_row *rows,
		     size_t room, uint64_t *ret_all)
{
	const struct counter *counters[BUCKETS * WAYS];
	size_t found = 0;

	pthread_mutex_lock(&asked->lock);
	halve(asked);
	for (unsigned int bucket = 0; bucket < BUCKETS; bucket++)
		for (unsigned int way = 0; way < WAYS; way++)
			if (asked->lists[list][bucket][way].len)
				counters[found++] = &asked->lists[list][bucket][way];
	qsort(counters, found, sizeof(*counters), by_count);
	if (found > room)
		found = room;
	for (size_t i = 0; i < found; i++)
		row_set(counters[i], list, &rows[i]);
	*ret_all = asked->all;
	pthread_mutex_unlock(&asked->lock);
	return found;
}
