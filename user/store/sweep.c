/* SPDX-License-Identifier: BSD-2-Clause */
/* Records that a new policy would not say. */
#include "store/sweep.h"

#include <string.h>

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "policy/differ.h"
#include "policy/pair.h"
#include "policy/respond.h"
#include "table/audience.h"
#include "table/overflow.h"

#define WAITING_MAX    16
#define RR_FIXED_BYTES 10     /* type, class, TTL, length of the data */
#define POINTER_BITS   0xc0   /* the first byte of a name's end, RFC 1035 4.1.4 */
#define TO_QUESTION    0xc00c /* a pointer to its name, RFC 1035 4.1.4 */

/* A record whose name is being looked for. */
struct waiting {
	struct rb_table_ref ref;
	struct rb_policy_labels labels;
	uint8_t name[RB_NAME_MAX];
};

struct sweep {
	struct rb_table *table;
	const struct rb_policy *before, *after;
	struct rb_policy_pair pair; /* of both */
	uint64_t classes;           /* that there are */
	uint64_t removed;
	size_t waits;
	struct waiting waiting[WAITING_MAX];
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
			 const struct rb_record *record, uint64_t classes)
{
	uint16_t ttl_offsets[RB_TTL_STEPS_MAX];
	struct rb_answer answer;
	union rb_large copy;

	if (!has_responses(sweep->after))
		return false;
	/* Nobody knows what a stub stands for. */
	if (record->traits & RB_STUB)
		return true;
	memcpy(copy.bytes, record, sizeof(copy));
	return rb_table_record_view(&copy.record, ttl_offsets, &answer) ||
	       rb_policy_held_back(sweep->after, question, &answer, classes);
}

/* Those of the record's classes that there are in either policy. */
static uint64_t classes_of(const struct sweep *sweep, const struct rb_record *record)
{
	uint32_t numbering = rb_table_numbering(sweep->table);

	return rb_audience_classes(sweep->table, numbering, record->audience) & sweep->classes;
}

static bool is_alike(const struct rb_policy *policy, const struct rb_policy_question *question)
{
	return !policy || rb_policy_is_alike(policy, question);
}

/* Whether the new policy says what the record does to all whom it is for. */
static bool stays(const struct sweep *sweep, const struct rb_policy_question *question,
		  const struct rb_record *record)
{
	uint64_t classes = classes_of(sweep, record), left = classes;
	bool alike = is_alike(sweep->before, question) && is_alike(sweep->after, question);
	enum rb_policy_action action = RB_POLICY_PASS;

	/* One class stands for all then. */
	for (; left; left = alike ? 0 : left & (left - 1)) {
		if (rb_policy_differ(sweep->before, sweep->after, question,
				     (uint8_t)__builtin_ctzll(left), &action))
			return false;
	}
	return classes &&
	       (action != RB_POLICY_PASS ||
		(!was_rewritten(sweep, record) && !is_held_back(sweep, question, record, classes)));
}

/* Remove it unless it stays. */
static void record_judge(struct sweep *sweep, const struct rb_record *record)
{
	const struct rb_policy_question question = {
		.qname = rb_table_record_qname(record),
		.qname_len = record->qname_len,
		.qtype = RB_HTONS(record->qtype),
		.qclass = RB_CLASS_IN,
	};
	struct rb_table_key key;
	int removed;

	if (stays(sweep, &question, record) || rb_table_key_of(sweep->table, record, &key))
		return;
	removed = rb_table_remove(sweep->table, &key, record->traits & RB_SERVES_MASK);
	sweep->removed += removed > 0 ? (uint64_t)removed : 0;
}

/* Judge those waiting whose names may be decided otherwise. What has another record by now was published under
 * the new policy, which the judgement of that says, too. */
static void waiting_end(struct sweep *sweep)
{
	union {
		struct rb_record record;
		uint8_t bytes[RB_LARGE_BYTES];
	} copy;

	for (size_t i = 0; i < sweep->waits; i++) {
		const struct waiting *waiting = &sweep->waiting[i];

		if (!rb_policy_pair_is_alike(&sweep->pair, &waiting->labels) &&
		    !rb_table_read(sweep->table, waiting->ref, &copy.record))
			record_judge(sweep, &copy.record);
	}
	sweep->waits = 0;
}

static void waiting_add(struct sweep *sweep, struct rb_table_ref ref,
			const struct rb_record *record)
{
	struct waiting *waiting = &sweep->waiting[sweep->waits++];

	waiting->ref = ref;
	memcpy(waiting->name, rb_table_record_qname(record), record->qname_len);
	rb_policy_pair_foresee(&sweep->pair, waiting->name, record->qname_len, &waiting->labels);
	if (sweep->waits == WAITING_MAX)
		waiting_end(sweep);
}

/* Whether the answer section may begin with a CNAME, whose target may trigger something else now. */
static bool may_lead_on(const struct rb_record *record)
{
	return record->ancount &&
	       (record->body_len < 4 || rb_bytes_get16(record->data) != TO_QUESTION ||
		rb_bytes_get16(record->data + 2) == RB_TYPE_CNAME);
}

/* Behind a name of the body, which is well-formed; 0: none is there. */
static size_t name_skip(const struct rb_record *record, size_t at)
{
	while (at < record->body_len) {
		uint8_t len = record->data[at];

		if (!len)
			return at + 1;
		if (len >= POINTER_BITS)
			return at + 2;
		at += 1U + len;
	}
	return 0;
}

/* Whether a record of the body may be judged otherwise: an address, or an NS record. */
static bool rr_concerns(const struct rb_policy_changes *changes, uint16_t type,
			const uint8_t *rdata, size_t len)
{
	uint8_t addr[16] = {[10] = 0xff, [11] = 0xff};

	if (type == RB_TYPE_NS)
		return changes->servers;
	if (type == RB_TYPE_A && len == 4)
		memcpy(addr + 12, rdata, len);
	else if (type == RB_TYPE_AAAA && len == sizeof(addr))
		memcpy(addr, rdata, len);
	else
		return false;
	return rb_policy_blocks_have(&changes->blocks, addr);
}

/* The same of all that is in a response. */
static bool body_concerns(const struct rb_policy_changes *changes, const struct rb_record *record)
{
	unsigned int count = record->ancount + record->nscount + record->arcount;
	size_t at = 0;

	if (!changes->blocks.count && !changes->servers)
		return false;
	for (unsigned int i = 0; i < count; i++) {
		size_t fixed = name_skip(record, at), rdata = fixed + RR_FIXED_BYTES, len;

		if (!fixed || rdata > record->body_len)
			return true;
		len = rb_bytes_get16(record->data + rdata - 2);
		if (rdata + len > record->body_len ||
		    rr_concerns(changes, rb_bytes_get16(record->data + fixed), record->data + rdata,
				len))
			return true;
		at = rdata + len;
	}
	return false;
}

/* Whether it takes more than its name to know that the record stays. */
static bool has_more(const struct sweep *sweep, const struct rb_record *record)
{
	const struct rb_policy_changes *changes = &sweep->pair.changes;

	if (sweep->pair.only_lists)
		return false;
	/* What was made of a response may have depended on anything. */
	if (was_rewritten(sweep, record))
		return true;
	if (record->traits & RB_STUB)
		return changes->triggers || changes->blocks.count || changes->servers;
	return (changes->triggers && may_lead_on(record)) || body_concerns(changes, record);
}

static int record_visit(const struct rb_table *table, struct rb_table_ref ref,
			const struct rb_record *record, void *context)
{
	struct sweep *sweep = context;

	/* Nobody is answered from what is of another epoch. */
	if (record->epoch != rb_table_epoch(table))
		return 0;
	/* What is for no class any more goes, whatever its name. */
	if (sweep->pair.is_told_by_names && classes_of(sweep, record) && !has_more(sweep, record))
		waiting_add(sweep, ref, record);
	else
		record_judge(sweep, record);
	return 0;
}

/* Class 0 is there without policy, too. */
static uint64_t classes_in(const struct rb_policy *policy)
{
	uint32_t count = policy ? policy->header->classes.count : 1;

	return count < RB_CLASSES_MAX ? (2ULL << (count ? count - 1 : 0)) - 1 : UINT64_MAX;
}

uint64_t rb_sweep_table(struct rb_table *table, const struct rb_policy *before,
			const struct rb_policy *after)
{
	struct sweep sweep = {
		.table = table,
		.before = before,
		.after = after,
		.classes = classes_in(before) | classes_in(after),
	};

	rb_policy_pair_init(before, after, &sweep.pair);
	/* They are few, and soon there again. */
	rb_overflow_clear(table->overflow);
	rb_table_iterate_all(table, record_visit, &sweep);
	waiting_end(&sweep);
	rb_policy_pair_free(&sweep.pair);
	return sweep.removed;
}
