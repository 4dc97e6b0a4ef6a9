/* SPDX-License-Identifier: BSD-2-Clause */
/* A worker's side of the resolvers: what goes in, what comes out. */
#include "resolve/client.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "resolve/dispatch.h"
#include "resolve/task.h"
#include "table/audience.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define INSIDE_MIN 256
#define INSIDE_MAX 16384
#define EVENTS     32

/* --- main waits for the worker --- */

static void enter(struct rb_client *client)
{
	atomic_fetch_add(&client->passes, 1);
}

static void leave(struct rb_client *client)
{
	atomic_fetch_add_explicit(&client->passes, 1, memory_order_release);
}

void rb_clients_pass(struct rb_client *clients, unsigned int count)
{
	atomic_thread_fence(memory_order_seq_cst);
	for (unsigned int i = 0; i < count; i++) {
		unsigned int passes = atomic_load(&clients[i].passes);

		while (passes & 1 && atomic_load(&clients[i].passes) == passes)
			sched_yield();
	}
}

struct rb_job *rb_client_collect(struct rb_client *client)
{
	struct rb_job *job = NULL;
	struct rb_task *task;

	enter(client);
	while (TAILQ_EMPTY(&client->done) && rb_dispatch_advance(client))
		;
	task = TAILQ_FIRST(&client->done);
	if (task) {
		TAILQ_REMOVE(&client->done, task, entry);
		job = task->job;
		job->answer = TAKE_PTR(task->answer);
		free(job->why);
		job->why = TAKE_PTR(task->why);
		job->bogus = task->bogus;
		rb_task_free(client, task);
	}
	leave(client);
	return job;
}

void rb_client_order(struct rb_client *client, struct rb_order *order)
{
	atomic_store(&client->order, order);
	rb_client_kick(client);
}

static void order_carry_out(struct rb_client *client)
{
	struct rb_order *order = atomic_exchange(&client->order, NULL);

	if (!order)
		return;
	order->run(client, order->context);
	sem_post(&order->done);
}

void rb_client_drain(struct rb_client *client)
{
	struct epoll_event events[EVENTS];

	while (epoll_wait(client->epoll_fd, events, EVENTS, 0) == EVENTS)
		;
	enter(client);
	rb_timers_run(&client->timers);
	order_carry_out(client);
	leave(client);
}

/* --- what goes in --- */

static int submit(struct rb_client *client, const struct rb_task *question)
{
	struct rb_task *task;

	if (client->inside == client->inside_max)
		return -EAGAIN;
	task = malloc(sizeof(*task));
	if (!task)
		return -ENOMEM;
	*task = *question;
	task->client = client;
	task->waits_ns = rb_clock_ns();
	client->inside++;
	rb_client_count(&client->counters.submitted);
	enter(client);
	if (rb_task_be_patient(client, task))
		rb_dispatch_new(client, task);
	/* Nothing else would tell the worker about it. */
	if (!TAILQ_EMPTY(&client->done))
		rb_client_kick(client);
	leave(client);
	return 0;
}

int rb_client_submit(struct rb_client *client, struct rb_job *job)
{
	const struct rb_task task = {
		.kind = RB_TASK_JOB,
		.key = job->key,
		.epoch = rb_table_epoch(client->pool->table),
		.qclass = job->qclass,
		.publishable = job->publishable,
		.dnssec_ok = job->dnssec_ok,
		.checking_disabled = job->checking_disabled,
		.unsynthesized = job->unsynthesized,
		.job = job,
	};

	return submit(client, &task);
}

/* Ask for a class that the record is for. The new answer may be for other classes. */
static int refresh_key(const struct rb_client *client, const struct rb_record *record,
		       struct rb_table_key *ret_key)
{
	const struct rb_table *table = client->pool->table;
	int err = rb_table_key_of(table, record, ret_key);
	uint64_t classes;

	if (err)
		return err;
	classes = rb_audience_classes(table, ret_key->numbering, record->audience);
	if (!classes)
		return -ESTALE;
	ret_key->client_class = (uint8_t)__builtin_ctzll(classes);
	return 0;
}

/* The question that the record answers. -ESTALE: its slot holds another by now, or none. */
static int refresh_task(struct rb_client *client, struct rb_table_ref ref, struct rb_task *ret_task)
{
	union rb_large copy;
	const struct rb_record *record = &copy.record;

	/* A new record has no claim: so this one is not the record that was claimed. */
	if (rb_table_read(client->pool->table, ref, &copy.record) ||
	    !(record->marks & RB_MARK_REFRESH))
		return -ESTALE;
	*ret_task = (struct rb_task){
		.kind = RB_TASK_REFRESH,
		.epoch = record->epoch,
		.qclass = RB_CLASS_IN,
		.publishable = true,
		.dnssec_ok = !(record->traits & RB_SERVES_DO0),
		.second = !(record->traits & RB_SECOND),
	};
	return refresh_key(client, record, &ret_task->key);
}

int rb_client_refresh(struct rb_client *client, struct rb_table_ref ref)
{
	struct rb_task task;
	int err = refresh_task(client, ref, &task);

	if (err)
		return err;
	err = submit(client, &task);
	if (err)
		rb_table_release_refresh(client->pool->table, &task.key, rb_task_serves(&task));
	return err;
}

void rb_client_kick(struct rb_client *client)
{
	eventfd_write(client->kick_fd, 1);
}

/* --- its life --- */

static int watch(struct rb_client *client, int fd)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};

	return epoll_ctl(client->epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

/* Room for more questions than the processes accept, since bursts wait here. */
static size_t inside_max(unsigned int outstanding_max)
{
	size_t most = INSIDE_MIN;

	while (most < 4 * (size_t)outstanding_max && most < INSIDE_MAX)
		most *= 2;
	return most;
}

int rb_client_open(struct rb_client *client, struct rb_pool *pool, unsigned int number)
{
	int err;

	*client = (struct rb_client){
		.pool = pool,
		.number = number,
		.epoll_fd = epoll_create1(EPOLL_CLOEXEC),
		.kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		.pace = {.kind = RB_TIMER_PACE, .fire = rb_dispatch_on_pace, .context = client},
		.inside_max = inside_max(pool->outstanding_max),
	};
	TAILQ_INIT(&client->done);
	TAILQ_INIT(&client->held);
	TAILQ_INIT(&client->active);
	LIST_INIT(&client->holdoffs);
	err = rb_timers_open(&client->timers);
	if (err)
		return err;
	client->waiting = calloc(pool->slot_count + 1, sizeof(*client->waiting));
	if (client->epoll_fd < 0 || client->kick_fd < 0 || !client->waiting)
		return -ENOMEM;
	for (unsigned int i = 0; i <= rb_pool_fresh(pool); i++)
		TAILQ_INIT(&client->waiting[i]);
	err = watch(client, client->kick_fd);
	return err ? err : watch(client, client->timers.fd);
}

static void drop(struct rb_client *client, struct rb_task *task)
{
	if (task->kind == RB_TASK_REFRESH)
		rb_table_release_refresh(client->pool->table, &task->key, rb_task_serves(task));
	rb_task_free(client, task);
}

static void drop_all(struct rb_client *client, struct rb_tasks *tasks)
{
	struct rb_task *task;

	while ((task = TAILQ_FIRST(tasks))) {
		TAILQ_REMOVE(tasks, task, entry);
		drop(client, task);
	}
}

void rb_client_close(struct rb_client *client)
{
	struct rb_link_end *end;
	struct rb_task *task;

	while ((end = TAILQ_FIRST(&client->active))) {
		while ((task = rb_link_take_lost(end)))
			drop(client, task);
		TAILQ_REMOVE(&client->active, end, entry);
	}
	for (unsigned int i = 0; client->waiting && i <= rb_pool_fresh(client->pool); i++)
		drop_all(client, &client->waiting[i]);
	drop_all(client, &client->held);
	drop_all(client, &client->done);
	rb_holdoffs_end(client);
	free(client->waiting);
	rb_timers_close(&client->timers);
	rb_closep(&client->epoll_fd);
	rb_closep(&client->kick_fd);
}

static uint64_t value(const atomic_uint_fast64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void rb_client_stats(const struct rb_client *client, struct rb_resolver_stats *sum)
{
	const struct rb_client_counters *counters = &client->counters;

	sum->submitted += value(&counters->submitted);
	sum->answered += value(&counters->answered);
	sum->servfail += value(&counters->servfail);
	sum->bogus += value(&counters->bogus);
	sum->published += value(&counters->published);
	sum->unpublished += value(&counters->unpublished);
	sum->rejected += value(&counters->rejected);
	sum->refreshed += value(&counters->refreshed);
	sum->unrefreshed += value(&counters->unrefreshed);
	sum->stale += value(&counters->stale);
	sum->retried += value(&counters->retried);
	sum->lost += value(&counters->lost);
	rb_histogram_read(&counters->took, &sum->took);
}
