/* SPDX-License-Identifier: BSD-2-Clause */
/* The resolver threads together: which of them a job goes to, and what comes back from them. */
#include "resolve/resolver.h"

#include <errno.h>
#include <stdlib.h>

#include "resolve/context.h"
#include "resolve/lanes.h"
#include "resolve/outcome.h"
#include "resolve/resolvers.h"
#include "util/cleanup.h"
#include "util/clock.h"

static void resolvers_freep(struct rb_resolvers **resolvers)
{
	if (*resolvers)
		rb_resolvers_stop(*resolvers);
}

static int clients_open(struct rb_resolvers *resolvers, unsigned int workers)
{
	resolvers->bells = calloc(workers, sizeof(*resolvers->bells));
	resolvers->clients = aligned_alloc(alignof(struct rb_resolver_client),
					   workers * sizeof(*resolvers->clients));
	if (!resolvers->bells || !resolvers->clients)
		return -ENOMEM;
	for (unsigned int i = 0; i < workers; i++) {
		int err = rb_bell_open(&resolvers->bells[i]);

		if (err)
			return err;
		resolvers->client_count++;
		resolvers->clients[i].next = 0;
		/* A worker has no moment at which it tells us that it sleeps: it always may. */
		rb_bell_arm(&resolvers->bells[i]);
	}
	return 0;
}

int rb_resolvers_thread_open(const struct rb_resolvers *resolvers, const struct rb_config *config,
			     unsigned int number, struct rb_thread **ret_thread)
{
	const struct rb_thread_opts opts = {
		.config = config,
		.table = resolvers->table,
		.log = resolvers->log,
		.worker_bells = resolvers->bells,
		.workers = resolvers->client_count,
		.number = number,
		.flushed = number < resolvers->thread_count ? resolvers->flushed : NULL,
	};

	return rb_thread_open(&opts, ret_thread);
}

static int threads_open(struct rb_resolvers *resolvers)
{
	unsigned int count = resolvers->config->num_threads ?: 1;

	/* More would own no shard. */
	if (count > RB_SHARDS)
		count = RB_SHARDS;
	resolvers->threads = calloc(count + 1, sizeof(*resolvers->threads));
	if (!resolvers->threads)
		return -ENOMEM;
	resolvers->thread_count = count;
	for (unsigned int i = 0; i < count; i++) {
		int err = rb_resolvers_thread_open(resolvers, resolvers->config, i,
						   &resolvers->threads[i]);

		if (err)
			return err;
		atomic_store(&resolvers->open_count, i + 1);
	}
	return 0;
}

int rb_resolvers_start(const struct rb_config *config, struct rb_table *table, unsigned int workers,
		       struct rb_resolvers **ret_resolvers)
{
	_cleanup_(resolvers_freep) struct rb_resolvers *resolvers = calloc(1, sizeof(*resolvers));
	int err;

	if (!resolvers)
		return -ENOMEM;
	pthread_mutex_init(&resolvers->contexts, NULL);
	resolvers->table = table;
	resolvers->config = config;
	err = rb_flushed_new(&resolvers->flushed);
	if (!err)
		err = rb_context_log_open(&resolvers->log);
	if (!err)
		err = clients_open(resolvers, workers);
	if (!err)
		err = threads_open(resolvers);
	for (unsigned int i = 0; i < resolvers->thread_count && !err; i++)
		err = rb_thread_start(resolvers->threads[i]);
	if (err)
		return err;
	*ret_resolvers = TAKE_PTR(resolvers);
	return 0;
}

void rb_resolvers_stop(struct rb_resolvers *resolvers)
{
	for (unsigned int i = 0; i < rb_resolvers_opened(resolvers); i++)
		rb_thread_close(resolvers->threads[i]);
	for (unsigned int i = 0; i < resolvers->client_count; i++)
		rb_bell_close(&resolvers->bells[i]);
	if (resolvers->log)
		fclose(resolvers->log);
	free(resolvers->threads);
	free(resolvers->bells);
	free(resolvers->clients);
	rb_flushed_free(resolvers->flushed);
	pthread_mutex_destroy(&resolvers->contexts);
	free(resolvers);
}

/*
 * Shards are dealt out in ranges, so that the writers of a shard seldom are two. What was flushed
 * is asked of those who cannot remember it.
 */
static struct rb_thread *owner(const struct rb_resolvers *resolvers, const struct rb_table_key *key)
{
	struct rb_thread *fresh = rb_resolvers_fresh(resolvers);

	if (fresh && rb_flushed_asks(resolvers->flushed, key))
		return fresh;
	return resolvers->threads[rb_hash_shard(key->hash) * resolvers->thread_count / RB_SHARDS];
}

int rb_resolvers_submit(struct rb_resolvers *resolvers, struct rb_job *job)
{
	_cleanup_free_ struct rb_task *task = malloc(sizeof(*task));
	struct rb_thread *thread = owner(resolvers, &job->key);
	int err;

	if (!task)
		return -ENOMEM;
	*task = (struct rb_task){
		.key = job->key,
		.epoch = rb_table_epoch(resolvers->table),
		.qclass = job->qclass,
		.publishable = job->publishable,
		.dnssec_ok = job->dnssec_ok,
		.checking_disabled = job->checking_disabled,
		.unsynthesized = job->unsynthesized,
		.job = job,
	};
	err = rb_thread_submit(thread, rb_thread_lane(thread, job->worker), task);
	if (err)
		return err;
	TAKE_PTR(task);
	return 0;
}

/* The question that the record answers. -ESTALE: its slot holds another by now, or none. */
static int refresh_task(struct rb_resolvers *resolvers, struct rb_table_place place,
			struct rb_task *ret_task)
{
	union {
		struct rb_record record;
		uint8_t bytes[RB_LARGE_BYTES];
	} copy;
	const struct rb_record *record = &copy.record;

	/* A record that is written anew has no claim on it: this is not the one that was claimed.
	 */
	if (rb_table_read(resolvers->table, place, &copy.record) ||
	    !(record->marks & RB_MARK_REFRESH))
		return -ESTALE;
	*ret_task = (struct rb_task){
		.epoch = record->epoch,
		.qclass = RB_CLASS_IN,
		.publishable = true,
		.dnssec_ok = !(record->traits & RB_SERVES_DO0),
		.second = !(record->traits & RB_SECOND),
	};
	return rb_table_key_init(resolvers->table, rb_table_record_qname(record), record->qname_len,
				 (uint16_t)RB_HTONS(record->qtype), record->view, &ret_task->key);
}

static int refresh_submit(struct rb_resolvers *resolvers, unsigned int worker,
			  const struct rb_task *question)
{
	_cleanup_free_ struct rb_task *task = malloc(sizeof(*task));
	struct rb_thread *thread = owner(resolvers, &question->key);
	int err;

	if (!task)
		return -ENOMEM;
	*task = *question;
	err = rb_thread_submit(thread, rb_thread_lane(thread, worker), task);
	if (!err)
		TAKE_PTR(task);
	return err;
}

int rb_resolvers_refresh(struct rb_resolvers *resolvers, unsigned int worker,
			 struct rb_table_place place)
{
	struct rb_task question;
	int err = refresh_task(resolvers, place, &question);

	if (err)
		return err;
	err = refresh_submit(resolvers, worker, &question);
	if (err)
		rb_table_release_refresh(resolvers->table, &question.key,
					 rb_task_serves(&question));
	return err;
}

/* Of a task whose answer depends on what was flushed: ask those who cannot remember it. */
static int ask_again(struct rb_resolvers *resolvers, unsigned int worker, struct rb_task *task)
{
	struct rb_thread *fresh = rb_resolvers_fresh(resolvers);

	task->outdated = false;
	return rb_thread_submit(fresh, rb_thread_lane(fresh, worker), task);
}

/* There is no room for it. Whether somebody waits for it, and gets SERVFAIL. */
static bool give_up(struct rb_resolvers *resolvers, struct rb_task *task)
{
	if (task->job) {
		(void)rb_outcome_servfail(0, rb_clock_ns(), &task->answer);
		return true;
	}
	rb_table_release_refresh(resolvers->table, &task->key, rb_task_serves(task));
	return false;
}

/* The next task of a thread's lane that had a job: finished refreshes end here. */
static struct rb_task *collect_job(struct rb_resolvers *resolvers, struct rb_thread *thread,
				   unsigned int worker)
{
	struct rb_lane *lane = rb_thread_lane(thread, worker);
	struct rb_task *task;

	while ((task = rb_lane_collect(lane))) {
		if (task->outdated) {
			if (!ask_again(resolvers, worker, task))
				continue;
			if (give_up(resolvers, task))
				return task;
		} else if (task->job) {
			return task;
		}
		rb_task_free(task);
	}
	return NULL;
}

struct rb_job *rb_resolvers_collect(struct rb_resolvers *resolvers, unsigned int worker)
{
	unsigned int *next = &resolvers->clients[worker].next;
	unsigned int count = rb_resolvers_opened(resolvers);

	for (unsigned int i = 0; i < count; i++) {
		struct rb_thread *thread = resolvers->threads[(*next + i) % count];
		struct rb_task *task = collect_job(resolvers, thread, worker);
		struct rb_job *job;

		if (!task)
			continue;
		*next = (*next + i + 1) % count;
		job = task->job;
		job->answer = TAKE_PTR(task->answer);
		rb_task_free(task);
		return job;
	}
	return NULL;
}

int rb_resolvers_fd(struct rb_resolvers *resolvers, unsigned int worker)
{
	return resolvers->bells[worker].fd;
}

void rb_resolvers_drain(struct rb_resolvers *resolvers, unsigned int worker)
{
	rb_bell_clear(&resolvers->bells[worker]);
	rb_bell_arm(&resolvers->bells[worker]);
}

void rb_resolvers_stats(const struct rb_resolvers *resolvers, struct rb_resolver_stats *ret_stats)
{
	*ret_stats = (struct rb_resolver_stats){0};
	for (unsigned int i = 0; i < rb_resolvers_opened(resolvers); i++)
		rb_thread_stats(resolvers->threads[i], ret_stats);
}
