/* SPDX-License-Identifier: BSD-2-Clause */
/* One resolver thread. */
#include "resolve/thread.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unbound-event.h>

#include "dns/name.h"
#include "resolve/context.h"
#include "resolve/outcome.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define TURN_TASKS          64   /* from each lane between two looks at the network */
#define OUTSTANDING_DEFAULT 2048 /* as Unbound with its default outgoing-range */

/* Counted by the thread alone, read by anybody. */
struct counters {
	atomic_uint_fast64_t submitted;
	atomic_uint_fast64_t answered;
	atomic_uint_fast64_t servfail;
	atomic_uint_fast64_t bogus;
	atomic_uint_fast64_t published;
	atomic_uint_fast64_t unpublished;
	atomic_uint_fast64_t rejected;
};

struct rb_thread {
	const struct rb_config *config;
	struct rb_table *table;
	struct rb_lane *lanes;
	unsigned int lane_count;
	unsigned int number;
	struct event_base *base;
	struct event *bell_event;
	struct ub_ctx *context;
	unsigned int outstanding; /* tasks inside libunbound */
	unsigned int outstanding_max;
	struct rb_bell bell;
	atomic_bool stop;
	bool running;
	bool closing; /* libunbound calls back for what it drops */
	pthread_t id;
	struct counters counters;
};

static void count(atomic_uint_fast64_t *counter)
{
	/* One writer: no locked instruction is needed. */
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

/* Into the table, before the client sees the answer: a client that asks again finds it there. */
static void publish(struct rb_thread *thread, const struct rb_task *task)
{
	struct counters *counters = &thread->counters;

	if (task->publishable && !task->checking_disabled && task->qclass == RB_CLASS_IN &&
	    task->answer->ttl_s && !rb_table_publish(thread->table, &task->key, task->answer))
		count(&counters->published);
	else
		count(&counters->unpublished);
}

static void hand_back(struct rb_thread *thread, struct rb_task *task)
{
	if (task->answer) {
		if ((task->answer->flags & RB_FLAG_RCODE) == RB_RCODE_SERVFAIL)
			count(&thread->counters.servfail);
		publish(thread, task);
	}
	count(&thread->counters.answered);
	rb_lane_finish(task->lane, task);
}

/* libunbound could not even be asked, or what it gave makes no sense. Published by nobody. */
static void hand_back_failure(struct rb_thread *thread, struct rb_task *task)
{
	if (!rb_outcome_servfail(0, rb_clock_ns(), &task->answer))
		count(&thread->counters.servfail);
	count(&thread->counters.answered);
	rb_lane_finish(task->lane, task);
}

/* From inside the event loop, from inside ub_resolve_event(), and from inside ub_ctx_delete(). */
static void resolved(void *arg, int rcode, void *packet, int len, int security, char *why_bogus,
		     int was_ratelimited)
{
	struct rb_task *task = arg;
	struct rb_thread *thread = task->thread;
	const struct rb_asked asked = {
		.key = &task->key,
		.dnssec_ok = task->dnssec_ok,
		.checking_disabled = task->checking_disabled,
	};
	const struct rb_outcome outcome = {
		.rcode = rcode,
		.packet = packet,
		.len = len > 0 ? (size_t)len : 0,
		.security = (enum rb_security)security,
		.why_bogus = why_bogus,
	};

	(void)was_ratelimited;
	thread->outstanding--;
	if (thread->closing) {
		rb_task_free(task);
		return;
	}
	if (rb_outcome_is_bogus(&outcome, &asked))
		count(&thread->counters.bogus);
	if (rb_outcome_answer(&outcome, &asked, thread->config, rb_clock_ns(), &task->answer))
		hand_back_failure(thread, task);
	else
		hand_back(thread, task);
}

static void resolve(struct rb_thread *thread, struct rb_task *task)
{
	char name[RB_NAME_TEXT_MAX];

	count(&thread->counters.submitted);
	if (thread->outstanding >= thread->outstanding_max) {
		count(&thread->counters.rejected);
		hand_back_failure(thread, task);
		return;
	}
	rb_name_to_text(task->key.qname, task->key.qname_len, name);
	thread->outstanding++;
	if (ub_resolve_event(thread->context, name, task->key.qtype, task->qclass, task, resolved,
			     NULL)) {
		thread->outstanding--;
		hand_back_failure(thread, task);
	}
}

/* Whether there was anything to do. */
static bool take_tasks(struct rb_thread *thread)
{
	bool found = false;

	for (unsigned int i = 0; i < thread->lane_count; i++) {
		struct rb_task *task;

		for (int n = 0; n < TURN_TASKS && (task = rb_ring_pop(thread->lanes[i].tasks));
		     n++) {
			resolve(thread, task);
			found = true;
		}
	}
	return found;
}

static void on_bell(evutil_socket_t fd, short what, void *arg)
{
	struct rb_thread *thread = arg;

	(void)fd;
	(void)what;
	rb_bell_clear(&thread->bell);
}

static void *run(void *arg)
{
	struct rb_thread *thread = arg;
	char name[16];

	snprintf(name, sizeof(name), "rb-resolver-%u", thread->number % 1000);
	pthread_setname_np(pthread_self(), name);
	while (!atomic_load(&thread->stop)) {
		bool found = take_tasks(thread);

		if (!found) {
			rb_bell_arm(&thread->bell);
			found = take_tasks(thread) || atomic_load(&thread->stop);
		}
		event_base_loop(thread->base, EVLOOP_ONCE | (found ? EVLOOP_NONBLOCK : 0));
		rb_bell_disarm(&thread->bell);
		rb_lanes_ring(thread->lanes, thread->lane_count);
	}
	return NULL;
}

static void thread_freep(struct rb_thread **thread)
{
	if (*thread)
		rb_thread_close(*thread);
}

int rb_thread_open(const struct rb_thread_opts *opts, struct rb_thread **ret_thread)
{
	_cleanup_(thread_freep) struct rb_thread *thread = calloc(1, sizeof(*thread));
	int err;

	if (!thread)
		return -ENOMEM;
	thread->bell.fd = -1;
	thread->config = opts->config;
	thread->table = opts->table;
	thread->number = opts->number;
	thread->outstanding_max = opts->config->num_queries_per_thread ?: OUTSTANDING_DEFAULT;
	err = rb_lanes_new(opts->worker_bells, opts->workers, thread->outstanding_max,
			   &thread->lanes);
	if (err)
		return err;
	thread->lane_count = opts->workers;
	err = rb_bell_open(&thread->bell);
	if (err)
		return err;
	thread->base = event_base_new();
	if (!thread->base)
		return -ENOMEM;
	thread->bell_event =
		event_new(thread->base, thread->bell.fd, EV_READ | EV_PERSIST, on_bell, thread);
	if (!thread->bell_event || event_add(thread->bell_event, NULL))
		return -ENOMEM;
	err = rb_context_new(thread->base, opts->config->resolver_text, opts->log,
			     &thread->context);
	if (err)
		return err;
	*ret_thread = TAKE_PTR(thread);
	return 0;
}

int rb_thread_start(struct rb_thread *thread)
{
	sigset_t all, before;
	int err;

	/* Signals are main's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&thread->id, NULL, run, thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	thread->running = !err;
	return -err;
}

void rb_thread_close(struct rb_thread *thread)
{
	if (thread->running) {
		atomic_store(&thread->stop, true);
		rb_bell_ring(&thread->bell);
		pthread_join(thread->id, NULL);
	}
	thread->closing = true;
	rb_context_deletep(&thread->context);
	rb_lanes_free(thread->lanes, thread->lane_count);
	if (thread->bell_event)
		event_free(thread->bell_event);
	if (thread->base)
		event_base_free(thread->base);
	rb_bell_close(&thread->bell);
	free(thread);
}

struct rb_lane *rb_thread_lane(struct rb_thread *thread, unsigned int worker)
{
	return &thread->lanes[worker];
}

int rb_thread_submit(struct rb_thread *thread, struct rb_lane *lane, struct rb_task *task)
{
	int err;

	task->thread = thread;
	err = rb_lane_submit(lane, task);
	if (!err)
		rb_bell_ring(&thread->bell);
	return err;
}

static uint64_t value(const atomic_uint_fast64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void rb_thread_stats(const struct rb_thread *thread, struct rb_resolver_stats *sum)
{
	const struct counters *counters = &thread->counters;

	sum->submitted += value(&counters->submitted);
	sum->answered += value(&counters->answered);
	sum->servfail += value(&counters->servfail);
	sum->bogus += value(&counters->bogus);
	sum->published += value(&counters->published);
	sum->unpublished += value(&counters->unpublished);
	sum->rejected += value(&counters->rejected);
}
