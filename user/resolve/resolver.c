/* SPDX-License-Identifier: BSD-2-Clause */
/* The resolvers together: processes, and the workers that ask them. */
#include "resolve/resolver.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "resolve/client.h"
#include "resolve/family.h"
#include "resolve/flush.h"
#include "resolve/worklist.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/ledger.h"
#include "util/log.h"

#define OUTSTANDING_DEFAULT 2048 /* as Unbound with its default outgoing-range */
#define RESOLVER_USER       "runbound-resolver"

struct rb_resolvers {
	struct rb_pool pool;
	struct rb_family family;
	struct rb_client *clients;
	unsigned int client_count; /* open ones */
	struct rb_ledger ledger;
};

static void resolvers_freep(struct rb_resolvers **resolvers)
{
	if (*resolvers)
		rb_resolvers_stop(*resolvers);
}

static int pool_open(struct rb_pool *pool, const struct rb_config *config, struct rb_table *table)
{
	pool->table = table;
	struct rb_policy_images none;

	atomic_init(&pool->config, config);
	rb_pool_use_policy(pool, &config->policy, &none);
	pool->slot_count = config->num_threads ?: 1;
	/* More would have no shard. */
	if (pool->slot_count > RB_SHARDS)
		pool->slot_count = RB_SHARDS;
	pool->outstanding_max = config->num_queries_per_thread ?: OUTSTANDING_DEFAULT;
	pool->slots = calloc(pool->slot_count + 1, sizeof(*pool->slots));
	pool->attention_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pool->seen_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (!pool->slots || pool->attention_fd < 0 || pool->seen_fd < 0)
		return -ENOMEM;
	return rb_flushed_new(&pool->flushed);
}

static int clients_open(struct rb_resolvers *resolvers, unsigned int workers)
{
	resolvers->clients =
		aligned_alloc(alignof(struct rb_client), workers * sizeof(*resolvers->clients));
	if (!resolvers->clients)
		return -ENOMEM;
	for (unsigned int i = 0; i < workers; i++) {
		int err = rb_client_open(&resolvers->clients[i], &resolvers->pool, i);

		resolvers->client_count++;
		if (err)
			return err;
	}
	return 0;
}

int rb_resolvers_user(const struct rb_config *config, struct rb_process_user *ret_user)
{
	const char *const others[] = {RESOLVER_USER, config->username, "nobody"};
	int err = rb_process_user_find(config->resolver_username, others, ARRAY_SIZE(others),
				       ret_user);

	if (err)
		rb_log_error("resolver-username: %s: there is no such user",
			     config->resolver_username ?: "nobody");
	return err;
}

static int family_open(struct rb_resolvers *resolvers, const struct rb_config *config)
{
	struct rb_family *family = &resolvers->family;
	int err;

	family->pool = &resolvers->pool;
	family->clients = resolvers->clients;
	family->client_count = resolvers->client_count;
	err = rb_resolvers_user(config, &family->user);
	return err ?: rb_family_open(family);
}

int rb_resolvers_start(const struct rb_config *config, struct rb_table *table, unsigned int workers,
		       struct rb_resolvers **ret_resolvers)
{
	_cleanup_(resolvers_freep) struct rb_resolvers *resolvers = calloc(1, sizeof(*resolvers));
	int err;

	if (!resolvers)
		return -ENOMEM;
	resolvers->pool.attention_fd = resolvers->pool.seen_fd = -1;
	resolvers->family.watch_fd = resolvers->family.tick_fd = -1;
	pthread_mutex_init(&resolvers->family.lock, NULL);
	pthread_cond_init(&resolvers->family.changed, NULL);
	err = rb_resolvers_go_on(resolvers, NULL);
	if (!err)
		err = pool_open(&resolvers->pool, config, table);
	if (!err)
		err = clients_open(resolvers, workers);
	if (!err)
		err = family_open(resolvers, config);
	if (!err)
		err = rb_resolvers_renew(resolvers, config);
	if (err)
		return err;
	*ret_resolvers = TAKE_PTR(resolvers);
	return 0;
}

void rb_resolvers_stop(struct rb_resolvers *resolvers)
{
	for (unsigned int i = 0; i < resolvers->client_count; i++)
		rb_client_close(&resolvers->clients[i]);
	rb_family_close(&resolvers->family);
	pthread_cond_destroy(&resolvers->family.changed);
	pthread_mutex_destroy(&resolvers->family.lock);
	rb_flushed_free(resolvers->pool.flushed);
	rb_policy_images_unref(&resolvers->pool.images);
	rb_closep(&resolvers->pool.attention_fd);
	rb_closep(&resolvers->pool.seen_fd);
	free(resolvers->pool.slots);
	free(resolvers->clients);
	rb_ledger_close(&resolvers->ledger);
	free(resolvers);
}

void rb_resolvers_show(struct rb_resolvers *resolvers, rb_shower *show, void *context)
{
	resolvers->family.show = show;
	resolvers->family.show_context = context;
}

int rb_resolvers_watch_fd(const struct rb_resolvers *resolvers)
{
	return resolvers->family.watch_fd;
}

static void lock(struct rb_resolvers *resolvers)
{
	pthread_mutex_lock(&resolvers->family.lock);
}

static void unlock(struct rb_resolvers *resolvers)
{
	pthread_mutex_unlock(&resolvers->family.lock);
}

void rb_resolvers_watch(struct rb_resolvers *resolvers)
{
	lock(resolvers);
	rb_family_watch(&resolvers->family, 0);
	unlock(resolvers);
}

void rb_resolvers_use_policy(struct rb_resolvers *resolvers, const struct rb_policy_images *images)
{
	struct rb_policy_images former;

	rb_pool_use_policy(&resolvers->pool, images, &former);
	rb_clients_pass(resolvers->clients, resolvers->client_count);
	rb_policy_images_unref(&former);
}

int rb_resolvers_renew(struct rb_resolvers *resolvers, const struct rb_config *config)
{
	int err;

	lock(resolvers);
	err = rb_family_prepare(&resolvers->family, config);
	if (!err)
		rb_family_switch(&resolvers->family);
	unlock(resolvers);
	if (!err)
		rb_resolvers_use_policy(resolvers, &config->policy);
	return err;
}

int rb_resolvers_renew_zones(struct rb_resolvers *resolvers, const struct rb_config *config,
			     const struct rb_zone_copy *copies, size_t count)
{
	int err;

	lock(resolvers);
	err = rb_family_renew(&resolvers->family, config, copies, count);
	unlock(resolvers);
	return err;
}

int rb_resolvers_renewed(struct rb_resolvers *resolvers)
{
	int renewed;

	lock(resolvers);
	renewed = resolvers->family.renewed;
	unlock(resolvers);
	return renewed;
}

int rb_resolvers_flush(struct rb_resolvers *resolvers, const struct rb_flush *flush)
{
	int err;

	lock(resolvers);
	err = rb_family_flush(&resolvers->family, flush);
	unlock(resolvers);
	return err;
}

void rb_resolvers_cancel_flushes(struct rb_resolvers *resolvers)
{
	lock(resolvers);
	resolvers->family.cancelled = true;
	pthread_cond_broadcast(&resolvers->family.changed);
	unlock(resolvers);
}

void rb_resolvers_reap(struct rb_resolvers *resolvers)
{
	rb_flushed_expire(resolvers->pool.flushed, rb_clock_ns());
	lock(resolvers);
	rb_family_reap(&resolvers->family);
	unlock(resolvers);
}

void rb_resolvers_retire(struct rb_resolvers *resolvers)
{
	lock(resolvers);
	rb_family_silence(&resolvers->family);
	unlock(resolvers);
}

static void link_describe(const struct rb_link *link, bool is_fresh, FILE *out)
{
	static const char *const roles[] = {
		[RB_LINK_PREPARED] = "prepared",
		[RB_LINK_SPARE] = "spare",
		[RB_LINK_IN_FORCE] = "in force",
		[RB_LINK_RETIRED] = "retired",
	};
	static const char *const states[] = {
		[RB_LINK_STARTING] = "starting",
		[RB_LINK_READY] = "ready",
		[RB_LINK_ENDED] = "ended",
	};

	fprintf(out, "resolver: %s, %s, pid %d, questions under way %u\n",
		is_fresh ? "for what was flushed" : roles[link->role], states[link->state],
		(int)rb_process_pid(link->child), atomic_load(&link->outstanding));
}

void rb_resolvers_describe(struct rb_resolvers *resolvers, FILE *out)
{
	const struct rb_pool *pool = &resolvers->pool;
	const struct rb_link *link;

	lock(resolvers);
	LIST_FOREACH(link, &resolvers->family.links, entry)
	link_describe(link, atomic_load(&pool->slots[rb_pool_fresh(pool)]) == link, out);
	unlock(resolvers);
}

/* Main waits, as for every change of a worker: if that hangs, the whole server is replaced. */
static void order(struct rb_resolvers *resolvers, unsigned int worker, unsigned int own,
		  struct rb_order *order)
{
	struct rb_client *client = &resolvers->clients[worker];

	sem_init(&order->done, 0, 0);
	rb_client_order(client, order);
	if (worker == own)
		rb_client_drain(client);
	while (sem_wait(&order->done) && errno == EINTR)
		;
	sem_destroy(&order->done);
}

int rb_resolvers_list(struct rb_resolvers *resolvers, unsigned int worker, unsigned int own,
		      struct rb_work **ret_works, size_t *ret_count)
{
	struct rb_worklist list = {0};
	struct rb_order order_list = {.run = rb_worklist_fill, .context = &list};

	order(resolvers, worker, own, &order_list);
	if (list.err) {
		free(list.works);
		return list.err;
	}
	*ret_works = list.works;
	*ret_count = list.count;
	return 0;
}

size_t rb_resolvers_drop(struct rb_resolvers *resolvers, unsigned int own)
{
	size_t dropped = 0;
	struct rb_order order_drop = {.run = rb_worklist_drop, .context = &dropped};

	for (unsigned int i = 0; i < resolvers->client_count; i++)
		order(resolvers, i, own, &order_drop);
	return dropped;
}

int rb_resolvers_submit(struct rb_resolvers *resolvers, struct rb_job *job)
{
	return rb_client_submit(&resolvers->clients[job->worker], job);
}

int rb_resolvers_refresh(struct rb_resolvers *resolvers, unsigned int worker,
			 struct rb_table_ref ref)
{
	return rb_client_refresh(&resolvers->clients[worker], ref);
}

struct rb_job *rb_resolvers_collect(struct rb_resolvers *resolvers, unsigned int worker)
{
	return rb_client_collect(&resolvers->clients[worker]);
}

int rb_resolvers_fd(struct rb_resolvers *resolvers, unsigned int worker)
{
	return resolvers->clients[worker].epoll_fd;
}

void rb_resolvers_drain(struct rb_resolvers *resolvers, unsigned int worker)
{
	rb_client_drain(&resolvers->clients[worker]);
}

static void own_stats(struct rb_resolvers *resolvers, struct rb_resolver_stats *ret_stats)
{
	const struct rb_link *link;

	lock(resolvers);
	*ret_stats = (struct rb_resolver_stats){
		.ended = resolvers->family.ended,
		.hung = resolvers->family.hung,
	};
	memcpy(ret_stats->upstreams, resolvers->family.upstreams, sizeof(ret_stats->upstreams));
	ret_stats->unseen = resolvers->family.unseen;
	LIST_FOREACH(link, &resolvers->family.links, entry)
	{
		ret_stats->processes += link->state == RB_LINK_READY;
		rb_upstream_sum(&link->exchange->upstreams, ret_stats->upstreams);
		ret_stats->unseen += rb_link_unseen(link);
	}
	unlock(resolvers);
	for (unsigned int i = 0; i < resolvers->client_count; i++)
		rb_client_stats(&resolvers->clients[i], ret_stats);
}

#define WORDS (sizeof(struct rb_resolver_stats) / sizeof(uint64_t))

static_assert(sizeof(struct rb_resolver_stats) % sizeof(uint64_t) == 0, "nothing but counts");

int rb_resolvers_go_on(struct rb_resolvers *resolvers, void *totals)
{
	rb_ledger_close(&resolvers->ledger);
	return rb_ledger_open(&resolvers->ledger, totals, WORDS);
}

void rb_resolvers_account(struct rb_resolvers *resolvers)
{
	struct rb_resolver_stats own;

	own_stats(resolvers, &own);
	own.processes = 0;
	rb_ledger_tell(&resolvers->ledger, (const uint64_t *)&own);
}

void rb_resolvers_stats(struct rb_resolvers *resolvers, struct rb_resolver_stats *ret_stats)
{
	own_stats(resolvers, ret_stats);
	rb_ledger_sum(&resolvers->ledger, (uint64_t *)ret_stats);
}
