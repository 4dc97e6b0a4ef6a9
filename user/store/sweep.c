/* SPDX-License-Identifier: BSD-2-Clause */
/* Records that a new policy would not say. */
#include "store/sweep.h"

#include <string.h>

#include "../kern/wire.h"
#include "policy/differ.h"
#include "policy/respond.h"
#include "table/overflow.h"

struct sweep {
	struct rb_table *table;
	const struct rb_policy *before, *after;
	uint64_t removed;
};

static bool has_responses(const struct rb_policy *policy)
{
	return policy && rb_policy_has_responses(policy);
}

/* Whether a policy may have made something else of the response that the record holds. */
static bool was_rewritten(const struct sweep *sweep, const struct rb_record *record)
{
	uint16_t rcode = RB_HTONS(record->flags) & RB_FLAG_RCODE;

	/* What is made of a response is not kept past its expiry: nor are errors, but those are
	 * nobody's response. */
	return has_responses(sweep->before) && record->traits & RB_NO_STALE &&
	       (rcode == RB_RCODE_NOERROR || rcode == RB_RCODE_NXDOMAIN);
}

/* Whether the new policy makes something else of it. */
static bool is_held_back(const struct sweep *sweep, const struct rb_policy_question *question,
			 const struct rb_record *record)
{
	uint16_t ttl_offsets[RB_TTL_STEPS_MAX];
	struct rb_answer answer;
	union {
		struct rb_record record;
		uint8_t bytes[RB_LARGE_BYTES];
	} copy;

	if (!has_responses(sweep->after))
		return false;
	/* Nobody knows what a stub stands for. */
	if (record->traits & RB_STUB)
		return true;
	memcpy(copy.bytes, record, sizeof(copy));
	return rb_table_record_view(&copy.record, ttl_offsets, &answer) ||
	       rb_policy_holds_back(sweep->after, question, &answer);
}

static int record_judge(const struct rb_table *table, struct rb_table_ref ref,
			const struct rb_record *record, void *context)
{
	struct sweep *sweep = context;
	const struct rb_policy_question question = {
		.qname = rb_table_record_qname(record),
		.qname_len = record->qname_len,
		.qtype = RB_HTONS(record->qtype),
		.qclass = RB_CLASS_IN,
	};
	enum rb_policy_action action;
	struct rb_table_key key;
	int removed;

	(void)ref;
	if (!rb_policy_differ(sweep->before, sweep->after, &question, &action) &&
	    (action != RB_POLICY_PASS ||
	     (!was_rewritten(sweep, record) && !is_held_back(sweep, &question, record))))
		return 0;
	if (rb_table_key_init(table, question.qname, question.qname_len, question.qtype,
			      record->view, &key))
		return 0;
	removed = rb_table_remove(sweep->table, &key, record->traits & RB_SERVES_MASK);
	sweep->removed += removed > 0 ? (uint64_t)removed : 0;
	return 0;
}

uint64_t rb_sweep_table(struct rb_table *table, const struct rb_policy *before,
			const struct rb_policy *after)
{
	struct sweep sweep = {.table = table, .before = before, .after = after};

	/* They are few, and soon there again. */
	rb_overflow_clear(table->overflow);
	rb_table_iterate(table, record_judge, &sweep);
	return sweep.removed;
}
