/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who may ask, by access-control. That is decided before anything else is looked at. */
#ifndef RB_POLICY_BPF_H
#define RB_POLICY_BPF_H

#include "maps.bpf.h"
#include "packet.bpf.h"

static __always_inline __u32 memo_index(const __u32 addr[4])
{
	__u32 mixed = addr[0] ^ addr[1] * 0x85ebca6b ^ addr[2] * 0xc2b2ae35 ^ addr[3];

	return (mixed * 0x9e3779b1) >> (32 - RB_ACL_MEMO_BITS);
}

/* What the trie says of the client. Without an entry, no rule allows it to ask. */
static __always_inline __u32 access_look_up(const struct client *client)
{
	struct rb_acl_key key = {.prefixlen = 8 * (sizeof(key) - sizeof(key.prefixlen)),
				 .epoch = rb_knobs.acl_epoch};
	__u32 *access;

	__builtin_memcpy(key.addr, client->addr, sizeof(key.addr));
	access = bpf_map_lookup_elem(&rb_acl, &key);
	return access ? *access : RB_ACCESS_UNKNOWN;
}

static __always_inline __u32 access_of(const struct client *client)
{
	__u32 index = memo_index(client->addr);
	struct rb_acl_memo *memo = bpf_map_lookup_elem(&rb_acl_memo, &index);

	if (!memo)
		return RB_ACCESS_UNKNOWN;
	if (memo->epoch != rb_knobs.acl_epoch || memo->addr[3] != client->addr[3] ||
	    memo->addr[2] != client->addr[2] || memo->addr[1] != client->addr[1] ||
	    memo->addr[0] != client->addr[0]) {
		memo->epoch = 0;
		__builtin_memcpy(memo->addr, client->addr, sizeof(memo->addr));
		memo->access = access_look_up(client);
		memo->epoch = rb_knobs.acl_epoch;
	}
	return memo->access;
}

/* RB_NEXT if the client may get an answer or, with pkt->refused, a REFUSED. */
static __always_inline enum rb_result policy_check(struct packet *pkt, const struct client *client)
{
	__u32 value;

	pkt->refused = 0;
	pkt->client_class = 0;
	if (rb_knobs.acl_open)
		return RB_NEXT;
	value = access_of(client);
	if (rb_knobs.acl_destinations && value & RB_ACL_BY_DESTINATION && client->rule)
		value = client->rule;
	if (rb_knobs.numbering)
		pkt->client_class = rb_acl_value_class(value);
	switch (rb_acl_value_access(value)) {
	case RB_ACCESS_ALLOW:
		return RB_NEXT;
	case RB_ACCESS_REFUSE:
		pkt->refused = 1;
		return RB_NEXT;
	case RB_ACCESS_DENY:
		return RB_DENIED;
	default:
		return RB_ACCESS;
	}
}

#endif
