/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An answer: what resolving a question gave, in the form in which the hot table stores it and from
 * which every reply is built. It does not hold the header's id, nor the question, nor OPT.
 *
 * Thread: made by a resolver, then owned by whom it is handed to; no locks.
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
	uint64_t signed_until_ns; /* the same clock; not before expires_ns: the end of the
				   * signatures that it was validated by, for serve-expired;
				   * RB_SIGNATURES_ENDLESS: of none */
	uint32_t ttl_s;           /* lifetime from insertion: inserted at expires_ns - ttl_s */
	uint16_t flags;           /* host order: QR, AA, RD, RA, rcode; no AD, CD, TC */
	uint16_t ancount;
	uint16_t nscount;
	uint16_t arcount;   /* without OPT */
	uint8_t traits;     /* RB_SERVES_*, RB_FIXED_TTL, RB_SECURE, RB_NO_STALE of kern/abi.h */
	uint8_t ede;        /* RFC 8914 info code + 1; 0: none */
	uint8_t rotate;     /* so many records at the end of body are addresses whose order turns */
	uint16_t body_len;  /* bytes: at most 65535 less header and question */
	uint16_t ttl_count; /* entries of ttl_offsets: one per resource record */
	uint16_t *ttl_offsets; /* of each TTL from the start of body, ascending; same block */
	uint8_t *body; /* what follows the question, with pointers as in a message; same block */
};

/* How rb_answer_from_message() is to read a resolver's message. */
struct rb_answer_opts {
	const uint8_t *qname; /* of the question; any case */
	uint16_t qname_len;
	uint16_t qtype;  /* host order */
	bool any_class;  /* class ANY was asked for: records may be of every class, not IN alone */
	bool dnssec_ok;  /* keep DNSSEC records, RFC 4035 3.2.1; else strip what nobody asked for */
	bool secure;     /* validated */
	uint8_t ede;     /* as in rb_answer */
	bool roundrobin; /* rrset-roundrobin: let addresses turn */
	uint32_t min_ttl_s; /* cache-min-ttl: neither an SOA's minimum nor an original TTL is less.
			     * TTLs are not raised: that the resolver did, and they have aged */
	uint32_t max_ttl_s; /* cache-max-ttl, cache-max-negative-ttl */
	uint32_t max_negative_ttl_s;
	struct rb_signature_rules signatures;
	uint64_t now_ns;
};

/*
 * From a complete DNS response (hostile as far as this function knows) with one question whose name
 * equals opts->qname but for case. OPT is dropped, names are compressed anew (a name that is
 * pointed to takes the case of where it points, as in Unbound), TTLs are capped.
 *
 * A message with AA=1 is local data: RB_FIXED_TTL, RB_NO_STALE, TTLs as they are.
 * traits get RB_SERVES_DO0 and _DO1 where who asks without DO gets the same records, else the one
 * of opts->dnssec_ok. RB_SECURE only for NOERROR and NXDOMAIN.
 *
 * ttl_s is the smallest TTL of all records kept, so that every TTL can lose any age below it; the
 * SOA of a negative answer counts (and is sent) with its minimum, RFC 2308 5. At most 5 seconds for
 * SERVFAIL and other errors without records (RFC 9520, RFC 2308 7.1) and for negative answers
 * without SOA; local data without records: max_negative_ttl_s. Neither ttl_s nor any TTL is longer
 * than the signatures in the message hold, whether they are kept or stripped (RFC 4035 5.3.3; not
 * for local data), nor is ttl_s longer than their original TTLs. It may be 0: not to be kept.
 * -EBADMSG: malformed, or with records of a class that was not asked for. -EMSGSIZE. -ENOMEM.
 */
int rb_answer_from_message(const uint8_t *message, size_t len, const struct rb_answer_opts *opts,
			   struct rb_answer **ret_answer);

/* Without records: SERVFAIL and the like. RB_NO_STALE, both variants. */
int rb_answer_error(uint16_t rcode, uint8_t ede, uint32_t ttl_s, uint64_t now_ns,
		    struct rb_answer **ret_answer);

/*
 * What is served past its expiry (serve-expired): every TTL becomes reply_ttl_s, which is how long
 * it lives from now_ns, and the reason is said (RFC 8914 4.4, RFC 8767). Less where its signatures
 * end before.
 */
void rb_answer_make_stale(struct rb_answer *answer, uint32_t reply_ttl_s, uint64_t now_ns);

/* The signatures among the answer's records (DO=1), of a sound one. decisive: see signature.h. */
void rb_answer_signatures(const struct rb_answer *answer, const struct rb_signature_rules *rules,
			  bool decisive, struct rb_signatures *ret_signatures);

/* How long its signatures hold when it has expired, as a record has it (rb_stale_limit_make()). */
uint8_t rb_answer_stale_limit(const struct rb_answer *answer);

/* The other way, once expires_ns is set. */
void rb_answer_set_stale_limit(struct rb_answer *answer, uint8_t stale_limit);

/* A copy of its own; NULL: no memory. */
struct rb_answer *rb_answer_clone(const struct rb_answer *answer);

/* Empty but for room: body and ttl_offsets allocated with these many bytes and entries, zeroed. */
struct rb_answer *rb_answer_new(size_t body_bytes, size_t ttl_count);

void rb_answer_free(struct rb_answer *answer);
void rb_answer_freep(struct rb_answer **answer);

/*
 * Build the whole reply in out: header, question as sent, body with aged TTLs, OPT where the query
 * had EDNS. limit: bytes, of which out has room. Sets of the additional section that do not fit are
 * left out; where the others do not, the reply is TC=1 without records (RFC 2181 9). answer NULL:
 * header, question where there is one, and OPT with query->rcode and query->ede; RA=1 but for
 * FORMERR, NOTIMP and who is unwelcome, as Unbound. now_ns after expires_ns: not aged further.
 * Returns the length; 0 where not even header and question fit.
 */
size_t rb_reply_build(const struct rb_query *query, const struct rb_answer *answer, uint64_t now_ns,
		      uint16_t edns_udp_size, size_t limit, uint8_t *out);

#endif
