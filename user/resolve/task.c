/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of tasks: publishing, expired answers, failed refreshes. */
#include "resolve/task.h"

#include <stdlib.h>
#include <string.h>

#include "policy/audience.h"
#include "resolve/outcome.h"
#include "util/blob.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define HOLDOFF_NS (5 * RB_NS_PER_S) /* RFC 9520 3.2 */

/* A refresh that failed: nobody may ask for it again before the timer fires. */
struct rb_holdoff {
	LIST_ENTRY(rb_holdoff) entry;
	struct rb_timer timer;
	struct rb_table_key key;
	uint8_t serves;
};

static bool is_servfail(const struct rb_answer *answer)
{
	return (answer->flags & RB_FLAG_RCODE) == RB_RCODE_SERVFAIL;
}

void rb_task_free(struct rb_client *client, struct rb_task *task)
{
	rb_timer_stop(&client->timers, &task->client_timeout);
	rb_answer_free(task->answer);
	free(task->why);
	client->inside--;
	free(task);
}

static void task_end(struct rb_client *client, struct rb_task *task)
{
	rb_client_count(&client->counters.answered);
	rb_timer_stop(&client->timers, &task->client_timeout);
	if (task->kind == RB_TASK_JOB)
		TAILQ_INSERT_TAIL(&client->done, task, entry);
	else
		rb_task_free(client, task);
}

/*
 * The key to store the answer under, by the present policy. False: policy answers the question
 * itself, or changes the response, and then the worker stores the result.
 */
static bool key_find(const struct rb_client *client, const struct rb_task *task,
		     struct rb_table_key *ret_key)
{
	const struct rb_policy *policy = atomic_load(&client->pool->policy);
	const struct rb_policy_question question = {
		.qname = task->key.qname,
		.qname_len = task->key.qname_len,
		.qtype = task->key.qtype,
		.qclass = RB_CLASS_IN,
	};

	*ret_key = task->key;
	return rb_audience_resolved(policy, client->pool->table, &question, task->key.client_class,
				    task->answer, ret_key);
}

/*
 * Publish before the client gets the answer, so that a client that asks again finds it. As in
 * Unbound's cache, of the reason why an answer is bogus only that fact is stored.
 */
static bool publish(struct rb_client *client, const struct rb_task *task)
{
	struct rb_client_counters *counters = &client->counters;
	/* Bogus data is only for clients that ask with CD=1. */
	bool for_table = task->publishable && (!task->bogus || !task->checking_disabled);
	/*
	 * A response of an earlier configuration's process may be outdated by now, and a name that
	 * was asked for under an earlier local policy may be blocked by now.
	 */
	bool current = !task->retired && task->qclass == RB_CLASS_IN &&
		       task->epoch == rb_table_epoch(client->pool->table);
	struct rb_table_key key;
	struct rb_answer stored;

	if (!task->answer)
		return false;
	if (!key_find(client, task, &key)) {
		if (current && for_table && !task->unsynthesized)
			rb_table_keep_unjudged(client->pool->table, &task->key, task->answer);
		rb_client_count(&counters->unpublished);
		return false;
	}
	stored = *task->answer;
	if (task->second)
		stored.traits |= RB_SECOND;
	if (stored.ede)
		stored.ede = RB_EDE_BOGUS + 1;
	if (current && for_table && stored.ttl_s &&
	    rb_table_publish_of(client->pool->table, &key, &stored, task->epoch) >= 0) {
		rb_client_count(&counters->published);
		return true;
	}
	if (current && !for_table && !task->unsynthesized && key.audience == RB_AUDIENCE_ALL)
		rb_table_keep_aside(client->pool->table, &key,
				    task->bogus ? RB_CHECKING_DISABLED : RB_CHECKING_ENABLED,
				    &stored);
	rb_client_count(&counters->unpublished);
	return false;
}

/*
 * Clients that may read the cache may ask with DO=1 or CD=1 for data that others asked for without:
 * Unbound has one entry for all of them.
 */
static void publish_whole(struct rb_client *client, const struct rb_task *task,
			  const struct rb_outcome *outcome, const struct rb_asked *asked,
			  const struct rb_config *config)
{
	struct rb_asked whole_asked = *asked;
	struct rb_task whole = *task;

	if (!config->allow_snoop || !task->answer || !outcome->packet ||
	    (task->answer->traits & RB_SERVES_DO1 && !rb_outcome_is_bogus(outcome, asked)))
		return;
	whole.dnssec_ok = whole_asked.dnssec_ok = true;
	whole.checking_disabled = whole_asked.checking_disabled = task->bogus ||
								  asked->checking_disabled;
	whole.answer = NULL;
	if (!rb_outcome_answer(outcome, &whole_asked, config, rb_clock_ns(), &whole.answer))
		publish(client, &whole);
	rb_answer_free(whole.answer);
}

static enum rb_checking checking_of(const struct rb_task *task)
{
	return task->checking_disabled ? RB_CHECKING_DISABLED : RB_CHECKING_ENABLED;
}

/* The expired answer that may still be given, ready for a client. NULL: there is none. */
static struct rb_answer *stale_answer(const struct rb_client *client, const struct rb_task *task,
				      bool *ret_asks)
{
	const struct rb_config *config = atomic_load(&client->pool->config);
	struct rb_answer *answer = NULL;
	uint64_t now_ns = rb_clock_ns();

	if (task->unsynthesized ||
	    rb_table_stale_answer(client->pool->table, &task->key, rb_task_serves(task),
				  checking_of(task), now_ns, &answer, ret_asks))
		return NULL;
	rb_answer_make_stale(answer, config->serve_expired_reply_ttl_s, now_ns);
	return answer;
}

static void holdoff_end(struct rb_client *client, struct rb_holdoff *holdoff)
{
	rb_table_release_refresh(client->pool->table, &holdoff->key, holdoff->serves);
	rb_timer_stop(&client->timers, &holdoff->timer);
	LIST_REMOVE(holdoff, entry);
	free(holdoff);
}

static void on_holdoff(struct rb_timer *timer)
{
	struct rb_holdoff *holdoff = (void *)((char *)timer - offsetof(struct rb_holdoff, timer));

	holdoff_end(timer->context, holdoff);
}

/* Without memory for a timer, release the claim at once. */
static void holdoff_start(struct rb_client *client, const struct rb_task *task)
{
	struct rb_holdoff *holdoff = calloc(1, sizeof(*holdoff));

	if (!holdoff) {
		rb_table_release_refresh(client->pool->table, &task->key, rb_task_serves(task));
		return;
	}
	holdoff->key = task->key;
	holdoff->serves = rb_task_serves(task);
	holdoff->timer = (struct rb_timer){
		.kind = RB_TIMER_HOLDOFF,
		.fire = on_holdoff,
		.context = client,
	};
	LIST_INSERT_HEAD(&client->holdoffs, holdoff, entry);
	rb_timer_start(&client->timers, &holdoff->timer, HOLDOFF_NS);
}

void rb_holdoffs_end(struct rb_client *client)
{
	struct rb_holdoff *holdoff;

	while ((holdoff = LIST_FIRST(&client->holdoffs)))
		holdoff_end(client, holdoff);
}

static void expiry_reset(const struct rb_client *client, const struct rb_task *task)
{
	if (atomic_load(&client->pool->config)->serve_expired_ttl_reset && !task->retired)
		rb_table_expire_anew(client->pool->table, &task->key, rb_task_serves(task),
				     rb_clock_ns());
}

/* A refresh whose result is no better than the record that is there. */
static void refresh_failed(struct rb_client *client, const struct rb_task *task)
{
	expiry_reset(client, task);
	rb_client_count(&client->counters.unrefreshed);
	/* With another configuration it may succeed at once. */
	if (task->retired)
		rb_table_release_refresh(client->pool->table, &task->key, rb_task_serves(task));
	else
		holdoff_start(client, task);
}

/*
 * Nobody waits for a refresh. A failed one leaves the old record, also if the data is now bogus: the
 * old record was validated, and its signatures limit how long it may be served.
 */
static void refresh_end(struct rb_client *client, struct rb_task *task)
{
	bool failed = !task->answer || is_servfail(task->answer);

	if (!failed && publish(client, task))
		rb_client_count(&client->counters.refreshed);
	else
		refresh_failed(client, task);
	task_end(client, task);
}

static void hand_back(struct rb_client *client, struct rb_task *task, bool bogus)
{
	struct rb_answer *stale = NULL;
	bool asks;

	if (task->kind == RB_TASK_REFRESH) {
		refresh_end(client, task);
		return;
	}
	if (task->answer) {
		if (is_servfail(task->answer)) {
			rb_client_count(&client->counters.servfail);
			stale = bogus ? NULL : stale_answer(client, task, &asks);
		}
		if (stale) {
			expiry_reset(client, task);
			/* RFC 8767 4: an old answer is better than none. */
			rb_answer_free(task->answer);
			task->answer = stale;
			rb_client_count(&client->counters.stale);
		} else {
			publish(client, task);
		}
	}
	task_end(client, task);
}

/* Keep the reason, if it is logged. Without memory the log has no reason. */
static void why_set(const struct rb_config *config, struct rb_task *task, const char *why)
{
	free(task->why);
	task->why = why && (config->log_servfail || config->val_log_level) ? strdup(why) : NULL;
}

/* The failure is not published, since it says nothing about the name. */
void rb_task_fail(struct rb_client *client, struct rb_task *task, uint8_t ede, const char *why)
{
	bool asks;

	why_set(atomic_load(&client->pool->config), task, why);
	if (task->kind == RB_TASK_REFRESH) {
		refresh_failed(client, task);
	} else {
		task->answer = stale_answer(client, task, &asks);
		if (task->answer) {
			expiry_reset(client, task);
			rb_client_count(&client->counters.stale);
		} else if (!rb_outcome_servfail(ede, rb_clock_ns(), &task->answer)) {
			rb_client_count(&client->counters.servfail);
		}
	}
	task_end(client, task);
}

void rb_task_respond(struct rb_client *client, struct rb_task *task,
		     const struct rb_response *response, const struct rb_config *config)
{
	const struct rb_asked asked = {
		.key = &task->key,
		.any_class = task->qclass == RB_CLASS_ANY,
		.dnssec_ok = task->dnssec_ok,
		.checking_disabled = task->checking_disabled,
	};
	const struct rb_outcome outcome = {
		.rcode = response->rcode,
		.packet = response->packet,
		.len = response->packet_len,
		.security = rb_outcome_security((enum rb_security)response->security, &task->key,
						config),
		.why_bogus = response->why_bogus,
	};
	bool bogus = rb_outcome_is_bogus(&outcome, &asked);

	task->bogus = outcome.security == RB_SECURITY_BOGUS;
	if (bogus)
		rb_client_count(&client->counters.bogus);
	why_set(config, task, response->why_bogus);
	if (rb_outcome_answer(&outcome, &asked, config, rb_clock_ns(), &task->answer)) {
		rb_task_fail(client, task, 0, "the resolver's message cannot be used");
		return;
	}
	publish_whole(client, task, &outcome, &asked, config);
	hand_back(client, task, bogus);
}

/* Give the client this answer. The task goes on without it, for the table. False: no memory. */
static bool part(struct rb_client *client, struct rb_task *task, struct rb_answer *answer)
{
	struct rb_task *reply = malloc(sizeof(*reply));

	if (!reply)
		return false;
	*reply = *task;
	reply->answer = answer;
	reply->why = NULL;
	task->kind = RB_TASK_ORPHAN;
	client->inside++;
	TAILQ_INSERT_TAIL(&client->done, reply, entry);
	return true;
}

/* Give the client an expired answer. */
static void give_stale(struct rb_client *client, struct rb_task *task, struct rb_answer *stale)
{
	if (part(client, task, stale))
		rb_client_count(&client->counters.stale);
	else
		rb_answer_free(stale);
}

bool rb_task_drop_waiting(struct rb_client *client, struct rb_task *task)
{
	bool has_client = task->kind == RB_TASK_JOB;

	if (task->kind == RB_TASK_REFRESH)
		rb_table_release_refresh(client->pool->table, &task->key, rb_task_serves(task));
	task_end(client, task);
	return has_client;
}

bool rb_task_drop_asked(struct rb_client *client, struct rb_task *task)
{
	if (task->kind != RB_TASK_JOB)
		return false;
	rb_timer_stop(&client->timers, &task->client_timeout);
	return part(client, task, NULL);
}

/* serve-expired-client-timeout is over. */
static void on_client_timeout(struct rb_timer *timer)
{
	struct rb_task *task = (void *)((char *)timer - offsetof(struct rb_task, client_timeout));
	struct rb_answer *stale;
	bool asks;

	stale = stale_answer(task->client, task, &asks);
	if (stale)
		give_stale(task->client, task, stale);
}

bool rb_task_be_patient(struct rb_client *client, struct rb_task *task)
{
	const struct rb_config *config = atomic_load(&client->pool->config);
	struct rb_answer *stale;
	bool asks;

	stale = task->kind == RB_TASK_JOB ? stale_answer(client, task, &asks) : NULL;
	if (!stale)
		return true;
	if (!config->serve_expired_client_timeout_ms) {
		give_stale(client, task, stale);
		if (asks || task->kind == RB_TASK_JOB)
			return true;
		task_end(client, task);
		return false;
	}
	rb_answer_free(stale);
	task->client_timeout =
		(struct rb_timer){.kind = RB_TIMER_PATIENCE, .fire = on_client_timeout};
	rb_timer_start(&client->timers, &task->client_timeout,
		       config->serve_expired_client_timeout_ms * RB_NS_PER_MS);
	return true;
}
