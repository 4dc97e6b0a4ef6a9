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
#include "resolve/holdoff.h"
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
	atomic_uint_fast64_t refreshed;
	atomic_uint_fast64_t unrefreshed;
	atomic_uint_fast64_t stale;
};

struct rb_thread {
	const struct rb_config *config;
	struct rb_table *table;
	struct rb_lane *lanes;
	unsigned int lane_count;
	unsigned int number;
	struct event_base *base;
	struct event *bell_event;
	struct ub_ctx
		*contexts[2]; /* the second: refreshes alone; NULL without prefetch and stale */
	struct rb_holdoffs holdoffs;
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

static bool is_servfail(const struct rb_answer *answer)
{
	return (answer->flags & RB_FLAG_RCODE) == RB_RCODE_SERVFAIL;
}

/* Into the table, before the client sees the answer: a client that asks again finds it there. */
static bool publish(struct rb_thread *thread, const struct rb_task *task)
{
	struct counters *counters = &thread->counters;

	if (!task->answer)
		return false;
	if (task->second)
		task->answer->traits |= RB_SECOND;
	if (task->publishable && !task->checking_disabled && task->qclass == RB_CLASS_IN &&
	    task->answer->ttl_s && !rb_table_publish(thread->table, &task->key, task->answer)) {
		count(&counters->published);
		return true;
	}
	count(&counters->unpublished);
	return false;
}

/* The expired record that may still be given, ready for a client. NULL: there is none. */
static struct rb_answer *stale_answer(const struct rb_thread *thread, const struct rb_task *task)
{
	struct rb_answer *answer = NULL;
	uint64_t now_ns = rb_clock_ns();

	if (!task->publishable || task->checking_disabled ||
	    rb_table_lookup_stale(thread->table, &task->key,
				  task->dnssec_ok ? RB_SERVES_DO1 : RB_SERVES_DO0, now_ns, &answer,
				  NULL))
		return NULL;
	rb_answer_make_stale(answer, thread->config->serve_expired_reply_ttl_s, now_ns);
	return answer;
}

static void task_end(struct rb_task *task)
{
	if (task->patience)
		event_free(TAKE_PTR(task->patience));
	if (task->lane)
		rb_lane_finish(task->lane, task);
	else
		rb_task_free(task);
}

/* A refresh whose result is no better than the record that is there. */
static void refresh_failed(struct rb_thread *thread, const struct rb_task *task)
{
	count(&thread->counters.unrefreshed);
	rb_holdoff_start(&thread->holdoffs, thread->base, thread->table, task->place);
}

/*
 * Nobody waits for a refresh. What failed leaves the old record, but for data that is now bogus:
 * an expired record must not go on to answer for it.
 */
static void refresh_end(struct rb_thread *thread, struct rb_task *task, bool bogus)
{
	union {
		struct rb_record record;
		uint8_t bytes[RB_LARGE_BYTES];
	} old;
	bool failed = !task->answer || is_servfail(task->answer);

	if (failed && bogus && !rb_table_read(thread->table, task->place, &old.record) &&
	    old.record.expires_ns <= rb_clock_ns())
		failed = false;
	if (!failed && publish(thread, task))
		count(&thread->counters.refreshed);
	else
		refresh_failed(thread, task);
	count(&thread->counters.answered);
	task_end(task);
}

static void hand_back(struct rb_thread *thread, struct rb_task *task, bool bogus)
{
	struct rb_answer *stale = NULL;

	if (!task->job) {
		refresh_end(thread, task, bogus);
		return;
	}
	if (task->answer) {
		if (is_servfail(task->answer)) {
			count(&thread->counters.servfail);
			stale = bogus ? NULL : stale_answer(thread, task);
		}
		if (stale) {
			/* RFC 8767 4: an old answer is better than none. */
			rb_answer_free(task->answer);
			task->answer = stale;
			count(&thread->counters.stale);
		} else {
			publish(thread, task);
		}
	}
	count(&thread->counters.answered);
	task_end(task);
}

/* libunbound could not even be asked, or what it gave makes no sense. Published by nobody. */
static void hand_back_failure(struct rb_thread *thread, struct rb_task *task)
{
	if (!task->job)
		refresh_failed(thread, task);
	else if (!rb_outcome_servfail(0, rb_clock_ns(), &task->answer))
		count(&thread->counters.servfail);
	count(&thread->counters.answered);
	task_end(task);
}

/*
 * serve-expired-client-timeout is over: the client gets the expired record. The task goes on
 * without it, for the table.
 */
static void on_patience(evutil_socket_t fd, short what, void *arg)
{
	struct rb_task *task = arg;
	struct rb_thread *thread = task->thread;
	struct rb_answer *stale = stale_answer(thread, task);
	struct rb_task *reply;

	(void)fd;
	(void)what;
	event_free(TAKE_PTR(task->patience));
	reply = stale ? malloc(sizeof(*reply)) : NULL;
	if (!reply) {
		rb_answer_free(stale);
		return;
	}
	*reply = *task;
	reply->answer = stale;
	task->lane = NULL;
	count(&thread->counters.stale);
	rb_lane_finish(reply->lane, reply);
}

/* Wait for no longer than the client has patience, where there is an old record to give. */
static void patience_start(struct rb_thread *thread, struct rb_task *task)
{
	unsigned int timeout_ms = thread->config->serve_expired_client_timeout_ms;
	const struct timeval timeout = {.tv_sec = timeout_ms / 1000,
					.tv_usec = timeout_ms % 1000 * 1000};
	struct rb_answer *stale;

	if (!thread->table->stale_ns || !timeout_ms || !task->job)
		return;
	stale = stale_answer(thread, task);
	if (!stale)
		return;
	rb_answer_free(stale);
	task->patience = evtimer_new(thread->base, on_patience, task);
	if (task->patience && evtimer_add(task->patience, &timeout))
		event_free(TAKE_PTR(task->patience));
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
	bool bogus;

	(void)was_ratelimited;
	thread->outstanding--;
	if (thread->closing) {
		if (task->patience)
			event_free(task->patience);
		rb_task_free(task);
		return;
	}
	bogus = rb_outcome_is_bogus(&outcome, &asked);
	if (bogus)
		count(&thread->counters.bogus);
	if (rb_outcome_answer(&outcome, &asked, thread->config, rb_clock_ns(), &task->answer))
		hand_back_failure(thread, task);
	else
		hand_back(thread, task, bogus);
}

static void resolve(struct rb_thread *thread, struct rb_task *task)
{
	struct ub_ctx *context = thread->contexts[task->second && thread->contexts[1]];
	char name[RB_NAME_TEXT_MAX];

	count(&thread->counters.submitted);
	if (thread->outstanding >= thread->outstanding_max) {
		count(&thread->counters.rejected);
		hand_back_failure(thread, task);
		return;
	}
	rb_name_to_text(task->key.qname, task->key.qname_len, name);
	thread->outstanding++;
	patience_start(thread, task);
	if (ub_resolve_event(context, name, task->key.qtype, task->qclass, task, resolved, NULL)) {
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
			     &thread->contexts[0]);
	if (!err && (opts->config->prefetch || opts->config->serve_expired))
		err = rb_context_new(thread->base, opts->config->resolver_text, opts->log,
				     &thread->contexts[1]);
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
	rb_context_deletep(&thread->contexts[0]);
	rb_context_deletep(&thread->contexts[1]);
	rb_holdoffs_free(&thread->holdoffs);
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
	sum->refreshed += value(&counters->refreshed);
	sum->unrefreshed += value(&counters->unrefreshed);
	sum->stale += value(&counters->stale);
}
