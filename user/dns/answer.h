/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An answer: the result of resolving a question, in the form in which the hot table stores it and
 * from which every reply is built. It does not hold the header's id, nor the question, nor OPT.
 *
 * Thread: created by a resolver, then owned by its receiver; no locks.
 * Lifetime: rb_answer_free(). Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_DNS_ANSWER_H
#define RB_DNS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/query.h"
#include "dns/signature.h"

struct rb_answer {
	uint64_t expires_ns;      /* rb_clock_ns() */
	uint64_t signed_until_ns; /* same clock, not before expires_ns: when the signatures that
				   * validated it expire, for serve-expired; RB_SIGNATURES_ENDLESS:
				   * there are none */
	uint32_t ttl_s;           /* lifetime from insertion: inserted at expires_ns - ttl_s */
	uint16_t flags;           /* host order: QR, AA, RD, RA, rcode; no AD, CD, TC */
	uint16_t ancount;
	uint16_t nscount;
	uint16_t arcount;      /* without OPT */
	uint8_t traits;        /* RB_SERVES_*, RB_FIXED_TTL, RB_SECURE, RB_NO_STALE of kern/abi.h */
	uint8_t ede;           /* RFC 8914 info code + 1; 0: none */
	uint8_t rotate;        /* how many records at the end of body are addresses to rotate */
	uint16_t body_len;     /* bytes: at most 65535 less header and question */
	uint16_t ttl_count;    /* entries of ttl_offsets: one per resource record */
	uint16_t *ttl_offsets; /* of each TTL from the start of body, ascending; same block */
	uint8_t *body; /* what follows the question, with pointers as in a message; same block */
};

/* How rb_answer_from_message() is to read a resolver's message. */
struct rb_answer_opts {
	const uint8_t *qname; /* of the question; any case */
	uint16_t qname_len;
	uint16_t qtype;  /* host order */
	uint16_t qclass; /* host order; 0: IN. With RB_CLASS_ANY records may have any */
	bool dnssec_ok;  /* keep DNSSEC records, RFC 4035 3.2.1; else strip those not asked for */
	bool secure;     /* validated */
	uint8_t ede;     /* as in rb_answer */
	bool roundrobin; /* rrset-roundrobin: rotate addresses */
	uint32_t min_ttl_s; /* cache-min-ttl: the lower limit for an SOA's minimum and for original
			     * TTLs. Other TTLs are not raised: the resolver has done that, and they
			     * have aged */
	uint32_t max_ttl_s; /* cache-max-ttl, cache-max-negative-ttl */
	uint32_t max_negative_ttl_s;
	uint32_t min_negative_ttl_s; /* cache-min-negative-ttl: instead of min_ttl_s for the SOA of
				      * a negative answer, whose TTL is raised, too; 0: not */
	struct rb_signature_rules signatures;
	uint64_t now_ns;
};

/*
 * Make an answer from a complete DNS response (assumed hostile) with one question whose name equals
 * opts->qname except for case. OPT is dropped, names are compressed again (a pointer takes the case
 * of its target, as in Unbound), and TTLs are capped.
 *
 * A message with AA=1 is local data: RB_FIXED_TTL, RB_NO_STALE, and its TTLs stay. traits get both
 * RB_SERVES_DO0 and _DO1 if queries without DO get the same records, else the one of
 * opts->dnssec_ok. RB_SECURE only for NOERROR and NXDOMAIN.
 *
 * ttl_s is the smallest TTL of all records kept, so that any age below it can be subtracted from
 * every TTL; the SOA of a negative answer counts (and is sent) with its minimum, RFC 2308 5. At
 * most 5 seconds for SERVFAIL and other errors without records (RFC 9520, RFC 2308 7.1) and for
 * negative answers without SOA; local data without records: max_negative_ttl_s. Neither ttl_s nor
 * any TTL extends beyond the expiration of the signatures in the message, whether they are kept or
 * stripped (RFC 4035 5.3.3; not for local data), and ttl_s does not exceed their original TTLs. 0:
 * do not store it. -EBADMSG: malformed, or with records of another class than the question's.
 * -EMSGSIZE. -ENOMEM.
 */
int rb_answer_from_message(const uint8_t *message, size_t len, const struct rb_answer_opts *opts,
			   struct rb_answer **ret_answer);

/* An answer without records, such as SERVFAIL. RB_NO_STALE, both variants. */
int rb_answer_error(uint16_t rcode, uint8_t ede, uint32_t ttl_s, uint64_t now_ns,
		    struct rb_answer **ret_answer);

/*
 * Make an expired answer ready to serve (serve-expired): no TTL is longer than reply_ttl_s, nor
 * than its signatures are valid, it lives as long as the shortest from now_ns, and it gets the
 * extended error (RFC 8914 4.4, RFC 8767).
 */
void rb_answer_make_stale(struct rb_answer *answer, uint32_t reply_ttl_s, uint64_t now_ns);
bool rb_answer_is_stale(const struct rb_answer *answer);

/* The signatures among the records of a valid answer (DO=1). decisive: see signature.h. */
void rb_answer_signatures(const struct rb_answer *answer, const struct rb_signature_rules *rules,
			  bool decisive, struct rb_signatures *ret_signatures);

/*
 * How long its signatures are valid after it has expired, in a record's format
 * (rb_stale_limit_make()).
 */
uint8_t rb_answer_stale_limit(const struct rb_answer *answer);

/* The reverse, once expires_ns is set. */
void rb_answer_set_stale_limit(struct rb_answer *answer, uint8_t stale_limit);

/* A copy that the caller owns; NULL: no memory. */
struct rb_answer *rb_answer_clone(const struct rb_answer *answer);

/* An empty answer: body and ttl_offsets are allocated with this many bytes and entries, zeroed. */
struct rb_answer *rb_answer_new(size_t body_bytes, size_t ttl_count);

void rb_answer_free(struct rb_answer *answer);
void rb_answer_freep(struct rb_answer **answer);

/*
 * Build the whole reply in out: header, question as sent, body with aged TTLs, and OPT if the query
 * had EDNS. limit: bytes; out has room for them. RRsets of the additional section that do not fit
 * are left out; if the others do not fit, the reply has TC=1 and no records (RFC 2181 9). answer
 * NULL: header, question if there is one, and OPT with query->rcode and query->ede; RA=1 except for
 * FORMERR, NOTIMP and unwelcome clients, as in Unbound. After expires_ns, now_ns ages the answer no
 * further. Returns the length; 0: not even header and question fit.
 */
size_t rb_reply_build(const struct rb_query *query, const struct rb_answer *answer, uint64_t now_ns,
		      uint16_t edns_udp_size, size_t limit, uint8_t *out);

/* How many bytes of records such a reply has room for. */
size_t rb_reply_room(const struct rb_query *query, size_t limit);

#endif
