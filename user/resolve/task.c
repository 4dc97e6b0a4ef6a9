/* SPDX-License-Identifier: BSD-2-Clause */
/* A question's way through libunbound, into the table and back to its worker. */
#include <event2/event.h>
#include <stdlib.h>
#include <unbound-event.h>

#include "dns/name.h"
#include "resolve/outcome.h"
#include "resolve/state.h"
#include "util/cleanup.h"
#include "util/clock.h"

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

/*
 * Into the table, before the client sees the answer: a client that asks again finds it there. As in
 * Unbound's cache, nothing but that is remembered of why an answer is bogus.
 */
static bool publish(struct rb_thread *thread, const struct rb_task *task)
{
	struct rb_thread_counters *counters = &thread->counters;
	/* Bogus data is for who asked with CD=1 alone. */
	bool for_table = task->publishable && (!task->bogus || !task->checking_disabled);
	/*
	 * What was asked of contexts that were renewed since may be out of date by now, and what
	 * was asked for under another configuration's local policy may be blocked by now.
	 */
	bool current = task->generation == thread->generation && task->qclass == RB_CLASS_IN &&
		       task->epoch == rb_table_epoch(thread->table);
	struct rb_answer stored;

	if (!task->answer)
		return false;
	stored = *task->answer;
	if (task->second)
		stored.traits |= RB_SECOND;
	if (stored.ede)
		stored.ede = RB_EDE_BOGUS + 1;
	if (current && for_table && stored.ttl_s &&
	    rb_table_publish_of(thread->table, &task->key, &stored, task->epoch) >= 0) {
		count(&counters->published);
		return true;
	}
	if (current && !for_table && !task->unsynthesized)
		rb_table_keep_aside(thread->table, &task->key,
				    task->bogus ? RB_CHECKING_DISABLED : RB_CHECKING_ENABLED,
				    &stored);
	count(&counters->unpublished);
	return false;
}

static enum rb_checking checking_of(const struct rb_task *task)
{
	return task->checking_disabled ? RB_CHECKING_DISABLED : RB_CHECKING_ENABLED;
}

/* The expired answer that may still be given, ready for a client. NULL: there is none. */
static struct rb_answer *stale_answer(const struct rb_thread *thread, const struct rb_task *task,
				      bool *ret_asks)
{
	struct rb_answer *answer = NULL;
	uint64_t now_ns = rb_clock_ns();

	if (task->unsynthesized ||
	    rb_table_lookup_stale(thread->table, &task->key, rb_task_serves(task),
				  checking_of(task), now_ns, &answer, ret_asks))
		return NULL;
	rb_answer_make_stale(answer, task->generation->config->serve_expired_reply_ttl_s, now_ns);
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
	if (task->generation == thread->generation)
		rb_holdoff_start(&task->generation->holdoffs, task->generation->base, thread->table,
				 &task->key, rb_task_serves(task));
	else
		rb_table_release_refresh(thread->table, &task->key, rb_task_serves(task));
}

/*
 * Nobody waits for a refresh. What failed leaves the old record, but for data that is now bogus:
 * an expired record must not go on to answer for it.
 */
static void refresh_end(struct rb_thread *thread, struct rb_task *task, bool bogus)
{
	struct rb_table_found old;
	bool failed = !task->answer || is_servfail(task->answer);

	if (failed && bogus &&
	    !rb_table_find_stale(thread->table, &task->key, rb_task_serves(task), rb_clock_ns(),
				 &old))
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
	bool asks;

	if (!task->job) {
		refresh_end(thread, task, bogus);
		return;
	}
	if (task->answer) {
		if (is_servfail(task->answer)) {
			count(&thread->counters.servfail);
			stale = bogus ? NULL : stale_answer(thread, task, &asks);
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
	bool asks;

	if (!task->job) {
		refresh_failed(thread, task);
	} else {
		task->answer = stale_answer(thread, task, &asks);
		if (task->answer)
			count(&thread->counters.stale);
		else if (!rb_outcome_servfail(0, rb_clock_ns(), &task->answer))
			count(&thread->counters.servfail);
	}
	count(&thread->counters.answered);
	task_end(task);
}

/* The client gets what has expired. The task goes on without it, for the table. */
static void give_stale(struct rb_thread *thread, struct rb_task *task, struct rb_answer *stale)
{
	struct rb_task *reply = malloc(sizeof(*reply));

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

/* serve-expired-client-timeout is over. */
static void on_patience(evutil_socket_t fd, short what, void *arg)
{
	struct rb_task *task = arg;
	struct rb_answer *stale;
	bool asks;

	(void)fd;
	(void)what;
	event_free(TAKE_PTR(task->patience));
	stale = stale_answer(task->thread, task, &asks);
	if (stale)
		give_stale(task->thread, task, stale);
}

/*
 * Wait for no longer than the client has patience, where there is something old to give. Where it
 * has none, a record was given by the worker, and what is not in the table is given now. Whether
 * the task goes on.
 */
static bool patience_start(struct rb_thread *thread, struct rb_task *task)
{
	unsigned int timeout_ms = task->generation->config->serve_expired_client_timeout_ms;
	const struct timeval timeout = {.tv_sec = timeout_ms / 1000,
					.tv_usec = timeout_ms % 1000 * 1000};
	struct rb_answer *stale;
	bool asks;

	stale = task->job ? stale_answer(thread, task, &asks) : NULL;
	if (!stale)
		return true;
	if (!timeout_ms) {
		give_stale(thread, task, stale);
		return asks || task->lane;
	}
	rb_answer_free(stale);
	task->patience = evtimer_new(task->generation->base, on_patience, task);
	if (task->patience && evtimer_add(task->patience, &timeout))
		event_free(TAKE_PTR(task->patience));
	return true;
}

/* Back to the worker, who asks others. Where the client has its reply already, nobody does. */
static void send_back(struct rb_thread *thread, struct rb_task *task)
{
	count(&thread->counters.answered);
	task->outdated = true;
	task_end(task);
}

/* What libunbound found, inside rb_flushed_hold(). */
static void take_outcome(struct rb_thread *thread, struct rb_task *task,
			 const struct rb_outcome *outcome)
{
	const struct rb_asked asked = {
		.key = &task->key,
		.any_class = task->qclass == RB_CLASS_ANY,
		.dnssec_ok = task->dnssec_ok,
		.checking_disabled = task->checking_disabled,
	};
	bool bogus = rb_outcome_is_bogus(outcome, &asked);

	task->bogus = outcome->security == RB_SECURITY_BOGUS;
	if (bogus)
		count(&thread->counters.bogus);
	if (rb_outcome_answer(outcome, &asked, task->generation->config, rb_clock_ns(),
			      &task->answer))
		hand_back_failure(thread, task);
	else
		hand_back(thread, task, bogus);
}

/* From inside the event loop, from inside ub_resolve_event(), and from inside ub_ctx_delete(). */
static void resolved(void *arg, int rcode, void *packet, int len, int security, char *why_bogus,
		     int was_ratelimited)
{
	struct rb_task *task = arg;
	struct rb_thread *thread = task->thread;
	const struct rb_outcome outcome = {
		.rcode = rcode,
		.packet = packet,
		.len = len > 0 ? (size_t)len : 0,
		.security = rb_outcome_security((enum rb_security)security, &task->key,
						task->generation->config),
		.why_bogus = why_bogus,
	};

	(void)was_ratelimited;
	thread->outstanding--;
	task->generation->outstanding--;
	if (task->generation->closing) {
		if (task->patience)
			event_free(task->patience);
		rb_task_free(task);
		return;
	}
	rb_histogram_add(&thread->counters.took, rb_clock_ns() - task->asked_ns, 1);
	if (!thread->flushed) {
		take_outcome(thread, task, &outcome);
		return;
	}
	rb_flushed_hold(thread->flushed);
	if (rb_flushed_concerns(thread->flushed, &task->key, outcome.packet, outcome.len))
		send_back(thread, task);
	else
		take_outcome(thread, task, &outcome);
	rb_flushed_release(thread->flushed);
}

static struct ub_ctx *context_for(const struct rb_generation *generation,
				  const struct rb_task *task)
{
	enum rb_context which = task->unsynthesized ? RB_CONTEXT_CD
				: task->second      ? RB_CONTEXT_SECOND
						    : RB_CONTEXT_FIRST;

	return generation->contexts[which] ?: generation->contexts[RB_CONTEXT_FIRST];
}

void rb_task_resolve(struct rb_thread *thread, struct rb_task *task)
{
	struct rb_generation *generation = thread->generation;
	struct ub_ctx *context = context_for(generation, task);
	char name[RB_NAME_TEXT_MAX];

	count(&thread->counters.submitted);
	task->generation = generation;
	if (thread->outstanding >= thread->outstanding_max) {
		count(&thread->counters.rejected);
		hand_back_failure(thread, task);
		return;
	}
	if (!patience_start(thread, task)) {
		count(&thread->counters.answered);
		task_end(task);
		return;
	}
	rb_name_to_text(task->key.qname, task->key.qname_len, name);
	thread->outstanding++;
	generation->outstanding++;
	atomic_store(&generation->asked, true);
	task->asked_ns = rb_clock_ns();
	if (ub_resolve_event(context, name, task->key.qtype, task->qclass, task, resolved, NULL)) {
		thread->outstanding--;
		generation->outstanding--;
		hand_back_failure(thread, task);
	}
}
