/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions on their way: to a process, in a queue for one, and back. */
#include "resolve/dispatch.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "resolve/task.h"
#include "util/clock.h"

#define PACE_NS    (5 * RB_NS_PER_MS)
#define RESTART_NS (2 * RB_NS_PER_S) /* how long a question waits for a process */
#define EDE_OTHER  (0 + 1)           /* RFC 8914 4.1, as in rb_answer */

/* --- asking a process --- */

static void say_broken(struct rb_client *client, struct rb_link *link)
{
	if (!atomic_exchange(&link->broken, true))
		eventfd_write(client->pool->attention_fd, 1);
}

static bool is_usable(const struct rb_link *link)
{
	return link && !atomic_load(&link->ended) && !atomic_load(&link->broken);
}

/*
 * The process of the slot. If there is none, that of another slot will do for a while, but not for
 * flushed names.
 */
static struct rb_link *link_for(const struct rb_client *client, unsigned int slot)
{
	const struct rb_pool *pool = client->pool;
	struct rb_link *link = atomic_load(&pool->slots[slot]);

	if (is_usable(link))
		return link;
	if (slot == rb_pool_fresh(pool) && atomic_load(&pool->fresh_wanted))
		return NULL;
	for (unsigned int i = 0; i < pool->slot_count; i++) {
		link = atomic_load(&pool->slots[i]);
		if (is_usable(link))
			return link;
	}
	return NULL;
}

/* Watch the end for responses, from its first question on. */
static int end_watch(struct rb_client *client, struct rb_link_end *end)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};

	if (end->watched)
		return 0;
	if (epoll_ctl(client->epoll_fd, EPOLL_CTL_ADD, end->wake_fd, &event))
		return -errno;
	end->watched = true;
	return 0;
}

static void end_count(struct rb_client *client, struct rb_link_end *end, int by)
{
	unsigned int before = atomic_load_explicit(&end->inside, memory_order_relaxed);

	if (!before) {
		/* The channel was not read while no responses were expected. */
		rb_channel_arm(&end->responses);
		TAILQ_INSERT_TAIL(&client->active, end, entry);
	}
	if (before + (unsigned int)by == 0)
		TAILQ_REMOVE(&client->active, end, entry);
	/* The last access: once this is 0, main may free the end. */
	atomic_store_explicit(&end->inside, before + (unsigned int)by, memory_order_release);
}

static enum rb_context context_for(const struct rb_task *task)
{
	return task->unsynthesized ? RB_CONTEXT_CD
	       : task->second      ? RB_CONTEXT_SECOND
				   : RB_CONTEXT_FIRST;
}

/* -ENOLINK: no process. -EAGAIN: it has as many questions as it may have. Or another error. */
static int ask(struct rb_client *client, struct rb_task *task)
{
	struct rb_link *link = link_for(client, task->slot);
	struct rb_request request = {
		.qtype = task->key.qtype,
		.qclass = task->qclass,
		.context = (uint8_t)context_for(task),
		.qname_len = (uint8_t)task->key.qname_len,
	};
	struct rb_link_end *end;
	int err;

	if (!link)
		return -ENOLINK;
	if (atomic_load_explicit(&link->outstanding, memory_order_relaxed) >=
	    client->pool->outstanding_max)
		return -EAGAIN;
	end = &link->ends[client->number];
	err = end_watch(client, end);
	if (err)
		return err;
	memcpy(request.qname, task->key.qname, task->key.qname_len);
	task->asked_ns = rb_clock_ns();
	atomic_store(&link->asked, true);
	end_count(client, end, 1);
	err = rb_link_ask(end, task, &request);
	if (err)
		end_count(client, end, -1);
	if (err == -EPROTO) {
		say_broken(client, link);
		return -ENOLINK;
	}
	return err;
}

/* --- waiting --- */

static void pace_begin(struct rb_client *client)
{
	if (!rb_timer_is_started(&client->pace))
		rb_timer_start(&client->timers, &client->pace, PACE_NS);
}

static void wait_begin(struct rb_client *client, struct rb_task *task)
{
	TAILQ_INSERT_TAIL(&client->waiting[task->slot], task, entry);
	pace_begin(client);
}

/*
 * Over the limit a question waits for one that ends, since most bursts are over soon, but not for
 * longer than jostle-timeout: then it is told that it was too much. err: why it waits.
 */
static bool is_over(struct rb_client *client, const struct rb_task *task, int err)
{
	const struct rb_config *config = atomic_load(&client->pool->config);
	uint64_t patience_ns = err == -ENOLINK ? RESTART_NS
					       : config->jostle_timeout_ms * RB_NS_PER_MS;

	return rb_clock_ns() - task->waits_ns >= patience_ns;
}

static void give_up(struct rb_client *client, struct rb_task *task, int err)
{
	if (err == -ENOLINK) {
		rb_client_count(&client->counters.lost);
		rb_task_fail(client, task, EDE_OTHER, "the resolver process ended");
	} else {
		rb_client_count(&client->counters.rejected);
		rb_task_fail(client, task, 0,
			     "too many questions are under way (num-queries-per-thread)");
	}
}

/*
 * Each process has a range of the shards, so that a name is always asked of the one that has it
 * cached. Flushed names are asked of a process that cannot have them cached.
 */
static unsigned int slot_of(const struct rb_client *client, const struct rb_table_key *key)
{
	const struct rb_pool *pool = client->pool;

	if (rb_flushed_asks(pool->flushed, key))
		return rb_pool_fresh(pool);
	return rb_hash_shard(key->hash) * pool->slot_count / RB_SHARDS;
}

void rb_dispatch_new(struct rb_client *client, struct rb_task *task)
{
	if (rb_hold_asks(&client->pool->hold, &task->key)) {
		TAILQ_INSERT_TAIL(&client->held, task, entry);
		pace_begin(client);
		return;
	}
	task->slot = slot_of(client, &task->key);
	rb_dispatch(client, task);
}

void rb_dispatch(struct rb_client *client, struct rb_task *task)
{
	int err = -EAGAIN;

	if (TAILQ_EMPTY(&client->waiting[task->slot]))
		err = ask(client, task);
	else if (!link_for(client, task->slot))
		err = -ENOLINK;
	if (err && is_over(client, task, err))
		give_up(client, task, err);
	else if (err)
		wait_begin(client, task);
}

/* Send waiting questions in order, until one has to go on waiting. */
static void send_waiting(struct rb_client *client, unsigned int slot)
{
	struct rb_task *task;

	while ((task = TAILQ_FIRST(&client->waiting[slot]))) {
		/* Remove it from this list first, since it may go into another. */
		TAILQ_REMOVE(&client->waiting[slot], task, entry);
		if (ask(client, task)) {
			TAILQ_INSERT_HEAD(&client->waiting[slot], task, entry);
			return;
		}
	}
}

/* Whoever is first has waited longest: under a flood thousands wait, and few of them are over. */
static void expire_waiting(struct rb_client *client, unsigned int slot)
{
	int err = link_for(client, slot) ? -EAGAIN : -ENOLINK;
	struct rb_task *task;

	while ((task = TAILQ_FIRST(&client->waiting[slot])) && is_over(client, task, err)) {
		TAILQ_REMOVE(&client->waiting[slot], task, entry);
		give_up(client, task, err);
	}
}

/* Those that came while the processes for them were being started. */
static void release_held(struct rb_client *client)
{
	struct rb_task *task;

	if (!rb_hold_is_over(&client->pool->hold))
		return;
	while ((task = TAILQ_FIRST(&client->held))) {
		TAILQ_REMOVE(&client->held, task, entry);
		task->waits_ns = rb_clock_ns();
		task->slot = slot_of(client, &task->key);
		rb_dispatch(client, task);
	}
}

void rb_dispatch_on_pace(struct rb_timer *timer)
{
	struct rb_client *client = timer->context;
	bool waits;

	release_held(client);
	waits = !TAILQ_EMPTY(&client->held);
	for (unsigned int i = 0; i <= rb_pool_fresh(client->pool); i++) {
		send_waiting(client, i);
		expire_waiting(client, i);
		waits |= !TAILQ_EMPTY(&client->waiting[i]);
	}
	if (waits)
		pace_begin(client);
}

/* --- what comes back --- */

/* The process has ended: its questions are asked once more. */
static void end_lost(struct rb_client *client, struct rb_link_end *end)
{
	/* After the last one, main may free the end. */
	for (unsigned int left = atomic_load(&end->inside); left; left--) {
		struct rb_task *task = rb_link_take_lost(end);
		bool retried = task->retried;

		task->retried = true;
		task->waits_ns = rb_clock_ns();
		if (retried) {
			give_up(client, task, -ENOLINK);
		} else {
			rb_client_count(&client->counters.retried);
			rb_dispatch(client, task);
		}
		end_count(client, end, -1);
	}
}

/* A response may depend on flushed names: then ask again a process without them in its cache. */
static void respond(struct rb_client *client, struct rb_task *task,
		    const struct rb_response *response, const struct rb_config *config)
{
	struct rb_pool *pool = client->pool;
	bool outdated;

	rb_histogram_add(&client->counters.took, rb_clock_ns() - task->asked_ns, 1);
	if (task->slot == rb_pool_fresh(pool)) {
		rb_task_respond(client, task, response, config);
		return;
	}
	rb_flushed_hold(pool->flushed);
	outdated = rb_flushed_concerns(pool->flushed, &task->key, response->packet,
				       response->packet_len);
	if (!outdated)
		rb_task_respond(client, task, response, config);
	rb_flushed_release(pool->flushed);
	if (!outdated)
		return;
	task->slot = rb_pool_fresh(pool);
	task->waits_ns = rb_clock_ns();
	rb_dispatch(client, task);
}

/* Take one response, or lost questions. Returns whether anything has happened. */
static bool end_take(struct rb_client *client, struct rb_link_end *end)
{
	struct rb_link *link = end->link;
	/* Before the look, so that the last responses are seen. */
	bool ended = atomic_load(&link->ended);
	struct rb_response response;
	struct rb_task *task;
	int err = rb_link_take(end, &client->room, &response, &task);

	if (err == -EAGAIN && !ended) {
		rb_channel_arm(&end->responses);
		err = rb_link_take(end, &client->room, &response, &task);
	}
	if (!err) {
		unsigned int slot = task->slot;

		/* The other ends have their turn next. */
		TAILQ_REMOVE(&client->active, end, entry);
		TAILQ_INSERT_TAIL(&client->active, end, entry);
		task->retired = atomic_load(&link->retired);
		respond(client, task, &response, link->setup->config);
		end_count(client, end, -1);
		send_waiting(client, slot);
		return true;
	}
	if (ended) {
		end_lost(client, end);
		return true;
	}
	if (err != -EAGAIN)
		say_broken(client, link);
	return false;
}

bool rb_dispatch_advance(struct rb_client *client)
{
	struct rb_link_end *end, *next;

	for (end = TAILQ_FIRST(&client->active); end; end = next) {
		next = TAILQ_NEXT(end, entry);
		if (end_take(client, end))
			return true;
	}
	return false;
}
