/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A question to local policy, and its decision.
 *
 * Lifetime: what a verdict points to lives as long as the image. Names in lower case, well-formed;
 * type and class in host order.
 */
#ifndef RB_POLICY_VERDICT_H
#define RB_POLICY_VERDICT_H

#include "../kern/wire.h"
#include "config/local.h"
#include "policy/listed.h"

struct rb_policy_question {
	const uint8_t *qname;
	uint16_t qname_len;
	uint16_t qtype;
	uint16_t qclass;
};

struct rb_policy_client {
	uint8_t client_class;
	const uint8_t *addr; /* 16 bytes, v4-mapped; NULL: unknown, no rule for addresses applies */
	bool tcp;            /* it has asked over TCP */
	bool passthru;       /* a response policy zone has let its question pass */
};

enum rb_policy_action {
	RB_POLICY_PASS,   /* resolve it */
	RB_POLICY_ANSWER, /* with rcode and records */
	RB_POLICY_DROP,   /* send nothing */
	RB_POLICY_ALIAS,  /* the only record of answer is a CNAME: resolve its target, send both */
};

struct rb_policy_verdict {
	enum rb_policy_action action;
	uint16_t rcode;
	bool by_address;      /* clients at other addresses, or over TCP, may get another verdict */
	bool inform;          /* the zone's type asks for a line in the log */
	bool blocked;         /* there is more, but this client must not get it */
	bool by_tag;          /* the deciding rule is only for clients with certain tags */
	bool truncate;        /* RPZ's TCP-only: TC=1 */
	bool without_ra;      /* rpz-signal-nxdomain-ra */
	bool passthru;        /* an RPZ says that no other is to be asked */
	bool rpz_log;         /* and that a line in the log is wanted */
	bool by_server;       /* its trigger is on a name server */
	uint8_t null_address; /* bytes of an address of zeros, which is the answer, or ... */
	const uint8_t *list_address;          /* ... of this one; NULL: of zeros */
	uint8_t rpz_action;                   /* enum rb_rpz_action */
	struct rb_policy_records answer;      /* count 0: none */
	struct rb_policy_records soa;         /* for the authority section; count 0: none */
	const struct rb_policy_zone *zone;    /* that decided; NULL: none did */
	const uint8_t *zone_name;             /* its wire form, zone->name_len bytes */
	const struct rb_policy_rpz *rpz;      /* that decided, or would have; NULL: none did */
	const uint8_t *rpz_name;              /* rpz-log-name, rpz->log_name_len bytes; or NULL */
	const struct rb_policy_node *trigger; /* its trigger: a name; or ... */
	const uint8_t *trigger_name;          /* its wire form, trigger->name_len bytes */
	const struct rb_policy_list *list;    /* that blocks it; NULL: none does */
	struct rb_policy_listed listed;       /* by so many of the name's last bytes */
	const struct rb_policy_net *net;      /* ... a netblock, or one of response-ip */
};

/* Whether every client of the class gets the same, without a line in the log. */
static inline bool rb_policy_is_shared(const struct rb_policy_verdict *verdict)
{
	return !verdict->inform && !verdict->rpz_log && !verdict->by_address;
}

/*
 * The extended error of its answer, as in struct rb_answer: Blocked (RFC 8914 4.16) for what the
 * operator has blocked, Filtered (4.18) for what is only blocked for clients with a tag.
 */
static inline uint8_t rb_policy_ede(const struct rb_policy_verdict *verdict)
{
	if (!verdict->blocked)
		return 0;
	return verdict->by_tag ? RB_EDE_FILTERED + 1 : RB_EDE_BLOCKED + 1;
}

#endif
