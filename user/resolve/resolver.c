/* SPDX-License-Identifier: BSD-2-Clause */
/* The resolver threads together: which of them a job goes to, and what comes back from them. */
#include "resolve/resolver.h"

#include <errno.h>
#include <stdlib.h>

#include "resolve/bell.h"
#include "resolve/context.h"
#include "resolve/lanes.h"
#include "resolve/thread.h"
#include "util/cleanup.h"

/* Of one worker, and only its. */
struct worker {
	alignas(64) unsigned int next; /* thread whose lane is looked into first */
};

struct rb_resolvers {
	struct rb_table *table;
	FILE *log;
	struct rb_thread **threads;
	unsigned int thread_count;
	struct rb_bell *bells; /* of the workers */
	struct worker *workers;
	unsigned int worker_count;
};

static void resolvers_freep(struct rb_resolvers **resolvers)
{
	if (*resolvers)
		rb_resolvers_stop(*resolvers);
}

static int workers_open(struct rb_resolvers *resolvers, unsigned int workers)
{
	resolvers->bells = calloc(workers, sizeof(*resolvers->bells));
	resolvers->workers =
		aligned_alloc(alignof(struct worker), workers * sizeof(*resolvers->workers));
	if (!resolvers->bells || !resolvers->workers)
		return -ENOMEM;
	for (unsigned int i = 0; i < workers; i++) {
		int err = rb_bell_open(&resolvers->bells[i]);

		if (err)
			return err;
		resolvers->worker_count++;
		resolvers->workers[i].next = 0;
		/* A worker has no moment at which it tells us that it sleeps: it always may. */
		rb_bell_arm(&resolvers->bells[i]);
	}
	return 0;
}

static int threads_open(struct rb_resolvers *resolvers, const struct rb_config *config,
			struct rb_table *table)
{
	struct rb_thread_opts opts = {
		.config = config,
		.table = table,
		.log = resolvers->log,
		.worker_bells = resolvers->bells,
		.workers = resolvers->worker_count,
	};
	unsigned int count = config->num_threads ?: 1;

	/* More would own no shard. */
	if (count > RB_SHARDS)
		count = RB_SHARDS;
	resolvers->threads = calloc(count, sizeof(*resolvers->threads));
	if (!resolvers->threads)
		return -ENOMEM;
	while (resolvers->thread_count < count) {
		int err;

		opts.number = resolvers->thread_count;
		err = rb_thread_open(&opts, &resolvers->threads[opts.number]);
		if (err)
			return err;
		resolvers->thread_count++;
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
	resolvers->table = table;
	err = rb_context_log_open(&resolvers->log);
	if (!err)
		err = workers_open(resolvers, workers);
	if (!err)
		err = threads_open(resolvers, config, table);
	for (unsigned int i = 0; i < resolvers->thread_count && !err; i++)
		err = rb_thread_start(resolvers->threads[i]);
	if (err)
		return err;
	*ret_resolvers = TAKE_PTR(resolvers);
	return 0;
}

void rb_resolvers_stop(struct rb_resolvers *resolvers)
{
	for (unsigned int i = 0; i < resolvers->thread_count; i++)
		rb_thread_close(resolvers->threads[i]);
	for (unsigned int i = 0; i < resolvers->worker_count; i++)
		rb_bell_close(&resolvers->bells[i]);
	if (resolvers->log)
		fclose(resolvers->log);
	free(resolvers->threads);
	free(resolvers->bells);
	free(resolvers->workers);
	free(resolvers);
}

int rb_resolvers_prepare(struct rb_resolvers *resolvers, const struct rb_config *config)
{
	int err = 0;

	rb_resolvers_reap(resolvers);
	for (unsigned int i = 0; i < resolvers->thread_count && !err; i++)
		err = rb_thread_prepare(resolvers->threads[i], config);
	if (err)
		rb_resolvers_discard(resolvers);
	return err;
}

void rb_resolvers_switch(struct rb_resolvers *resolvers)
{
	for (unsigned int i = 0; i < resolvers->thread_count; i++)
		rb_thread_switch(resolvers->threads[i]);
}

/* Freeing contexts makes libunbound forget where all others are to log. */
static void log_again(struct rb_resolvers *resolvers)
{
	rb_thread_log_again(resolvers->threads[0]);
}

void rb_resolvers_discard(struct rb_resolvers *resolvers)
{
	for (unsigned int i = 0; i < resolvers->thread_count; i++)
		rb_thread_discard(resolvers->threads[i]);
	log_again(resolvers);
}

int rb_resolvers_renew(struct rb_resolvers *resolvers, const struct rb_config *config)
{
	int err = rb_resolvers_prepare(resolvers, config);

	if (!err)
		rb_resolvers_switch(resolvers);
	return err;
}

void rb_resolvers_reap(struct rb_resolvers *resolvers)
{
	bool any = false;

	for (unsigned int i = 0; i < resolvers->thread_count; i++)
		any |= rb_thread_reap(resolvers->threads[i]);
	if (any)
		log_again(resolvers);
}

bool rb_resolvers_use(const struct rb_resolvers *resolvers, const struct rb_config *config)
{
	for (unsigned int i = 0; i < resolvers->thread_count; i++)
		if (rb_thread_uses(resolvers->threads[i], config))
			return true;
	return false;
}

/* Shards are dealt out in ranges, so that the writers of a shard seldom are two. */
static struct rb_thread *owner(struct rb_resolvers *resolvers, uint64_t hash)
{
	return resolvers->threads[rb_hash_shard(hash) * resolvers->thread_count / RB_SHARDS];
}

int rb_resolvers_submit(struct rb_resolvers *resolvers, struct rb_job *job)
{
	_cleanup_free_ struct rb_task *task = malloc(sizeof(*task));
	struct rb_thread *thread = owner(resolvers, job->key.hash);
	int err;

	if (!task)
		return -ENOMEM;
	*task = (struct rb_task){
		.key = job->key,
		.qclass = job->qclass,
		.publishable = job->publishable,
		.dnssec_ok = job->dnssec_ok,
		.checking_disabled = job->checking_disabled,
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
	struct rb_thread *thread = owner(resolvers, question->key.hash);
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

/* The next task of a lane that had a job: finished refreshes end here. */
static struct rb_task *collect_job(struct rb_lane *lane)
{
	struct rb_task *task;

	while ((task = rb_lane_collect(lane)) && !task->job)
		rb_task_free(task);
	return task;
}

struct rb_job *rb_resolvers_collect(struct rb_resolvers *resolvers, unsigned int worker)
{
	unsigned int *next = &resolvers->workers[worker].next;

	for (unsigned int i = 0; i < resolvers->thread_count; i++) {
		struct rb_thread *thread =
			resolvers->threads[(*next + i) % resolvers->thread_count];
		struct rb_task *task = collect_job(rb_thread_lane(thread, worker));
		struct rb_job *job;

		if (!task)
			continue;
		*next = (*next + i + 1) % resolvers->thread_count;
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
	for (unsigned int i = 0; i < resolvers->thread_count; i++)
		rb_thread_stats(resolvers->threads[i], ret_stats);
}
