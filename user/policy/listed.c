/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds names in the buckets of an image. */
#include "policy/listed.h"

#include <string.h>

#include "policy/varint.h"

/* One entry. */
struct entry {
	struct rb_policy_listed listed;
	const uint8_t *own;
	const uint8_t *tail;
	uint8_t own_len;
	uint8_t tail_len;
};

/* The next entry of a run; false: there is none, or it is damaged. */
static bool entry_take(const struct rb_policy *policy, struct rb_policy_run *run,
		       struct entry *ret_entry)
{
	const struct rb_policy_tail *tail;
	uint32_t tail_number, as;
	uint8_t own_len;

	if (!rb_varint_get(&run->at, run->end, &as) ||
	    !rb_varint_get(&run->at, run->end, &ret_entry->listed.line) ||
	    !rb_varint_get(&run->at, run->end, &tail_number) || run->at == run->end)
		return false;
	ret_entry->listed.list = rb_policy_listed_by(as, &ret_entry->listed.lets_pass);
	own_len = *run->at++;
	tail = rb_policy_member(policy, policy->header->list_tails, tail_number, sizeof(*tail));
	if (!tail || own_len > (size_t)(run->end - run->at) ||
	    own_len + tail->name_len > RB_NAME_MAX)
		return false;
	ret_entry->own = run->at;
	ret_entry->own_len = own_len;
	ret_entry->tail = rb_policy_bytes(policy, tail->name, tail->name_len);
	ret_entry->tail_len = tail->name_len;
	ret_entry->listed.name_len = (uint8_t)(own_len + tail->name_len);
	run->at += own_len;
	return ret_entry->tail;
}

static bool is_it(const struct entry *entry, const struct rb_policy_labels *labels,
		  unsigned int depth)
{
	const uint8_t *name = labels->name + labels->at[depth];

	return entry->listed.name_len == labels->len - labels->at[depth] &&
	       !memcmp(name, entry->own, entry->own_len) &&
	       !memcmp(name + entry->own_len, entry->tail, entry->tail_len);
}

static uint64_t hash_of(const struct rb_policy_labels *labels, unsigned int depth)
{
	return rb_policy_hash_in(labels->hash[depth], RB_POLICY_LISTED_SCOPE);
}

/* NULL: there are no names. */
static const struct rb_policy_bucket *bucket_at(const struct rb_policy *policy, uint64_t hash)
{
	struct rb_policy_span buckets = policy->header->list_buckets;

	return buckets.count > 1 ? rb_policy_member(policy, buckets,
						    rb_policy_slot_first(hash, buckets.count - 1),
						    sizeof(struct rb_policy_bucket))
				 : NULL;
}

void rb_policy_listed_foresee(const struct rb_policy *policy, const struct rb_policy_labels *labels)
{
	if (policy->header->list_buckets.count > 1)
		for (unsigned int depth = labels->count; depth; depth--)
			__builtin_prefetch(bucket_at(policy, hash_of(labels, depth)));
}

bool rb_policy_listed_find(const struct rb_policy *policy, const struct rb_policy_labels *labels,
			   unsigned int depth, struct rb_policy_run *ret_run)
{
	struct rb_policy_span runs = policy->header->list_runs;
	uint64_t hash = hash_of(labels, depth);
	uint32_t bits = rb_policy_listed_bits(rb_policy_listed_mark(hash));
	const struct rb_policy_bucket *bucket = bucket_at(policy, hash);

	/* The last one is no bucket, so there is one behind. */
	if (!bucket || (bucket->filter & bits) != bits || bucket[1].begin > runs.count ||
	    bucket->begin > bucket[1].begin)
		return false;
	ret_run->at = policy->image + runs.offset + bucket->begin;
	ret_run->end = policy->image + runs.offset + bucket[1].begin;
	return true;
}

bool rb_policy_listed_next(const struct rb_policy *policy, const struct rb_policy_labels *labels,
			   unsigned int depth, struct rb_policy_run *run,
			   struct rb_policy_listed *ret_listed)
{
	struct entry entry;

	while (entry_take(policy, run, &entry)) {
		if (!is_it(&entry, labels, depth))
			continue;
		*ret_listed = entry.listed;
		return true;
	}
	return false;
}

struct rb_policy_run rb_policy_listed_all(const struct rb_policy *policy)
{
	struct rb_policy_span runs = policy->header->list_runs;
	const uint8_t *at = policy->image + runs.offset;

	return (struct rb_policy_run){at, at + runs.count};
}

bool rb_policy_listed_walk(const struct rb_policy *policy, struct rb_policy_run *run,
			   struct rb_policy_listed *ret_listed, uint8_t *name)
{
	struct entry entry;

	if (!entry_take(policy, run, &entry))
		return false;
	memcpy(name, entry.own, entry.own_len);
	memcpy(name + entry.own_len, entry.tail, entry.tail_len);
	*ret_listed = entry.listed;
	return true;
}
