/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares verdicts. */
#include "policy/differ.h"

#include <string.h>

#include "policy/decide.h"

static void decide(const struct rb_policy *policy, const struct rb_policy_question *question,
		   uint8_t client_class, struct rb_policy_verdict *ret_verdict)
{
	const struct rb_policy_client anybody = {.client_class = client_class};

	*ret_verdict = (struct rb_policy_verdict){.action = RB_POLICY_PASS};
	if (policy)
		rb_policy_decide(policy, question, &anybody, ret_verdict);
}

/* Types, TTLs and data, wherever they were written. */
static bool records_same(const struct rb_policy_records *a, const struct rb_policy_records *b)
{
	struct rb_policy_record of_a, of_b;
	size_t at_a = 0, at_b = 0;

	if (a->count != b->count || (a->count && a->type != b->type))
		return false;
	while (rb_policy_next(a, &at_a, &of_a)) {
		if (!rb_policy_next(b, &at_b, &of_b) || of_a.ttl_s != of_b.ttl_s ||
		    of_a.rdata_len != of_b.rdata_len ||
		    memcmp(of_a.rdata, of_b.rdata, of_a.rdata_len) != 0)
			return false;
	}
	return true;
}

bool rb_policy_sets_same(const struct rb_policy *a, uint32_t first_a, const struct rb_policy *b,
			 uint32_t first_b)
{
	while (first_a && first_b) {
		const struct rb_policy_rrset *of_a = rb_policy_rrset_at(a, first_a - 1);
		const struct rb_policy_rrset *of_b = rb_policy_rrset_at(b, first_b - 1);
		struct rb_policy_records one = {0}, other = {0};

		if (!of_a || !of_b)
			return false;
		rb_policy_take(a, of_a, &one);
		rb_policy_take(b, of_b, &other);
		if (of_a->type != of_b->type || !records_same(&one, &other))
			return false;
		/* Sets are linked from later to earlier ones, so a damaged link ends. */
		first_a = of_a->next < first_a ? of_a->next : 0;
		first_b = of_b->next < first_b ? of_b->next : 0;
	}
	return first_a == first_b;
}

/* The SOA of a negative answer has its zone's name. */
static bool soas_same(const struct rb_policy_verdict *a, const struct rb_policy_verdict *b)
{
	if (!records_same(&a->soa, &b->soa))
		return false;
	if (!a->soa.count || !a->zone || !b->zone)
		return !a->soa.count;
	return a->zone->name_len == b->zone->name_len &&
	       !memcmp(a->zone_name, b->zone_name, a->zone->name_len);
}

static bool addresses_same(const struct rb_policy_verdict *a, const struct rb_policy_verdict *b)
{
	if (a->null_address != b->null_address || !a->list_address != !b->list_address)
		return false;
	return !a->list_address || !memcmp(a->list_address, b->list_address, a->null_address);
}

bool rb_policy_is_same(const struct rb_policy_verdict *a, const struct rb_policy_verdict *b)
{
	return a->action == b->action && a->rcode == b->rcode && a->passthru == b->passthru &&
	       a->without_ra == b->without_ra && a->truncate == b->truncate &&
	       addresses_same(a, b) && rb_policy_ede(a) == rb_policy_ede(b) &&
	       records_same(&a->answer, &b->answer) && soas_same(a, b);
}

bool rb_policy_differ(const struct rb_policy *before, const struct rb_policy *after,
		      const struct rb_policy_question *question, uint8_t client_class,
		      enum rb_policy_action *ret_action)
{
	struct rb_policy_verdict a, b;

	decide(after, question, client_class, &b);
	*ret_action = b.action;
	if (b.action == RB_POLICY_ALIAS || b.action == RB_POLICY_DROP || !rb_policy_is_shared(&b))
		return true;
	decide(before, question, client_class, &a);
	return !rb_policy_is_same(&a, &b);
}
