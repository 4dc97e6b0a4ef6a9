/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups of client classes. */
#include "policy/audience.h"

#include "policy/decide.h"
#include "policy/differ.h"
#include "policy/respond.h"
#include "table/audience.h"

/* Classes that policy treats alike for a question. */
struct group {
	uint64_t classes; /* 0: it is not to be stored */
	uint64_t known;   /* all that the table tells apart */
	bool common;      /* no other group of the question is larger */
	enum rb_policy_action action;
};

static unsigned int class_count(const struct rb_policy *policy)
{
	unsigned int count = policy->header->classes.count;

	return count < RB_CLASSES_MAX ? count : RB_CLASSES_MAX;
}

static uint64_t class_bits(unsigned int count)
{
	return count < 64 ? (1ULL << count) - 1 : UINT64_MAX;
}

static unsigned int size_of(uint64_t classes)
{
	return (unsigned int)__builtin_popcountll(classes);
}

/* Take the first of the classes that are left, and all that get the same as it. */
static uint64_t group_take(const struct rb_policy_verdict *verdicts, unsigned int count,
			   uint64_t *left)
{
	unsigned int first = (unsigned int)__builtin_ctzll(*left);
	uint64_t group = 1ULL << first;

	for (unsigned int i = first + 1; i < count; i++)
		if (*left >> i & 1 && rb_policy_is_same(&verdicts[first], &verdicts[i]))
			group |= 1ULL << i;
	*left &= ~group;
	return group;
}

/* The group if all classes get the same. */
static struct group group_of_all(const struct rb_policy *policy,
				 const struct rb_policy_verdict *verdict)
{
	uint64_t known = class_bits(class_count(policy));

	return (struct group){
		.known = known,
		.classes = rb_policy_is_shared(verdict) ? known : 0,
		.common = true,
		.action = verdict->action,
	};
}

/* verdict: of a client of this class, if the caller has it; else NULL. */
static struct group group_of(const struct rb_policy *policy,
			     const struct rb_policy_question *question, uint8_t client_class,
			     const struct rb_policy_verdict *verdict)
{
	const struct rb_policy_client anybody = {0};

	unsigned int count = class_count(policy);
	struct rb_policy_verdict verdicts[RB_CLASSES_MAX];
	struct group group = {.known = class_bits(count)};
	uint64_t left = 0, largest = 0;

	if (client_class < count && rb_policy_is_alike(policy, question)) {
		if (!verdict)
			rb_policy_decide(policy, question, &anybody, &verdicts[0]);
		return group_of_all(policy, verdict ?: &verdicts[0]);
	}
	for (unsigned int i = 0; i < count; i++) {
		const struct rb_policy_client client = {.client_class = (uint8_t)i};

		rb_policy_decide(policy, question, &client, &verdicts[i]);
		left |= (uint64_t)rb_policy_is_shared(&verdicts[i]) << i;
	}
	if (client_class >= count || !(left >> client_class & 1))
		return group;
	group.action = verdicts[client_class].action;
	while (left) {
		uint64_t next = group_take(verdicts, count, &left);

		if (size_of(next) > size_of(largest))
			largest = next;
		if (next >> client_class & 1)
			group.classes = next;
	}
	group.common = group.classes == largest;
	return group;
}

/* The audience of some of the group's classes, of which the asking one is one. */
static bool audience_set(const struct rb_policy *policy, struct rb_table *table,
			 const struct group *group, uint64_t classes, uint8_t client_class,
			 struct rb_table_key *key)
{
	uint32_t numbering = policy->header->numbering;
	int audience;

	if (classes == group->known) {
		key->audience = RB_AUDIENCE_ALL;
		return true;
	}
	audience = group->common ? rb_audience_of_set(table, numbering, classes) : -1;
	if (audience < 0) {
		audience = rb_audience_of_class(client_class);
		if (rb_table_numbering(table) != numbering)
			return false;
	}
	key->audience = (uint8_t)audience;
	return true;
}

void rb_audience_ask(const struct rb_policy *policy, uint8_t client_class, struct rb_table_key *key)
{
	key->client_class = client_class;
	key->numbering = policy ? policy->header->numbering : 0;
}

bool rb_audience_answered(const struct rb_policy *policy, struct rb_table *table,
			  const struct rb_policy_question *question, uint8_t client_class,
			  const struct rb_policy_verdict *verdict, struct rb_table_key *key)
{
	struct group group;

	key->audience = RB_AUDIENCE_ALL;
	if (!policy)
		return true;
	group = group_of(policy, question, client_class, verdict);
	return group.classes &&
	       audience_set(policy, table, &group, group.classes, client_class, key);
}

bool rb_audience_resolved(const struct rb_policy *policy, struct rb_table *table,
			  const struct rb_policy_question *question, uint8_t client_class,
			  const struct rb_answer *answer, struct rb_table_key *key)
{
	struct group group;
	uint64_t classes;

	key->audience = RB_AUDIENCE_ALL;
	if (!policy)
		return true;
	group = group_of(policy, question, client_class, NULL);
	if (!group.classes || group.action != RB_POLICY_PASS)
		return false;
	classes = group.classes & ~rb_policy_held_back(policy, question, answer, group.classes);
	return classes >> client_class & 1 &&
	       audience_set(policy, table, &group, classes, client_class, key);
}

bool rb_audience_rewritten(const struct rb_policy *policy, struct rb_table *table,
			   const struct rb_policy_question *question, uint8_t client_class,
			   struct rb_table_key *key)
{
	struct group group;

	key->audience = RB_AUDIENCE_ALL;
	if (!policy)
		return true;
	group = group_of(policy, question, client_class, NULL);
	if (rb_policy_responses_differ(policy)) {
		group.classes &= 1ULL << client_class % RB_CLASSES_MAX;
		group.common = group.classes == group.known;
	}
	return group.classes &&
	       audience_set(policy, table, &group, group.classes, client_class, key);
}
