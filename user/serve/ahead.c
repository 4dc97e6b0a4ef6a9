/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of looking ahead. */
#include "serve/ahead.h"

#include <string.h>

#include "dns/bytes.h"

/* How many messages before the newest one each step is at. */
enum {
	AT_POLICY = 3,
	AT_LISTS = 6,
};

static struct rb_foreseen *foreseen_at(struct rb_look_ahead *ahead, size_t number)
{
	return &ahead->foreseen[number % RB_LOOK_AHEAD];
}

static const struct rb_policy *policy_of(const struct rb_serve *serve)
{
	return serve->guard ? rb_guard_policy(serve->guard) : NULL;
}

static void key_make(const struct rb_serve *serve, const uint8_t *message, size_t len,
		     struct rb_foreseen *foreseen)
{
	struct rb_table_key *key = &foreseen->key;
	const uint8_t *qname, *root;
	size_t room, qname_len;

	foreseen->missing = false;
	key->qname_len = 0;
	if (!message || len <= sizeof(struct rb_dns_header) + RB_QUESTION_TAIL)
		return;
	qname = message + sizeof(struct rb_dns_header);
	room = len - sizeof(struct rb_dns_header) - RB_QUESTION_TAIL;
	root = memchr(qname, 0, room < RB_NAME_MAX ? room : RB_NAME_MAX);
	if (!root)
		return;
	qname_len = (size_t)(root - qname) + 1;
	if (!rb_table_key_init(serve->table, qname, qname_len, rb_bytes_get16(root + 1), key))
		rb_table_look_ahead(serve->table, key);
}

/* What the table does not have is for local policy. */
static void policy_foresee(const struct rb_serve *serve, struct rb_foreseen *foreseen)
{
	const struct rb_policy *policy = policy_of(serve);
	const struct rb_table_key *key = &foreseen->key;

	if (!policy || !key->qname_len || rb_table_may_have(serve->table, key))
		return;
	rb_policy_foresee(policy, key->qname, key->qname_len, &foreseen->labels);
	foreseen->missing = true;
}

void rb_look_ahead(const struct rb_serve *serve, const uint8_t *message, size_t len, size_t number,
		   struct rb_look_ahead *ahead)
{
	key_make(serve, message, len, foreseen_at(ahead, number));
	if (number >= AT_POLICY)
		policy_foresee(serve, foreseen_at(ahead, number - AT_POLICY));
	if (number >= AT_LISTS && foreseen_at(ahead, number - AT_LISTS)->missing)
		rb_policy_foresee_listed(policy_of(serve),
					 &foreseen_at(ahead, number - AT_LISTS)->labels);
}
