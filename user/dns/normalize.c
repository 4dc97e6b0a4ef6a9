/* SPDX-License-Identifier: BSD-2-Clause */
/* From a resolver's message to an answer: checks and strips records, compresses them anew, caps TTLs. */
#include "dns/answer.h"

#include <errno.h>
#include <string.h>

#include "../kern/reply.h"
#include "dns/bytes.h"
#include "dns/compress.h"
#include "dns/expand.h"
#include "dns/name.h"
#include "dns/rdata.h"
#include "dns/rdata_copy.h"
#include "dns/signature.h"
#include "util/clock.h"

#define RR_BYTES_MIN   11 /* root owner, type, class, TTL, length of no data */
#define RR_FIXED_BYTES 10 /* the same without the owner */
#define RRS_MAX        (RB_MESSAGE_MAX / RR_BYTES_MIN)
#define TTL_NO_SOA_S   5 /* errors, and negative answers that do not say how long they hold */

enum section {
	SECTION_ANSWER,
	SECTION_AUTHORITY,
	SECTION_ADDITIONAL,
	SECTIONS,
};

/* A record of the message. Offsets in bytes from the start of the message. */
struct rr {
	struct rb_expanded owner;
	enum section section;
	uint16_t type;
	uint16_t rr_class;
	uint32_t ttl_s;
	size_t rdata;
	size_t rdata_end;
};

/* An answer in the making. Never cleared as a whole: most of it is room. */
struct draft {
	const struct rb_answer_opts *opts;
	const uint8_t *message;
	size_t len;
	size_t at; /* what is read next */

	size_t body; /* where the body starts in out: behind the question */
	size_t out_len;
	uint32_t ttl_min_s; /* of the records kept */
	uint16_t flags;
	uint16_t rr_count;         /* records kept */
	uint16_t signable;         /* type of the last record that is no signature */
	uint16_t counts[SECTIONS]; /* the same for each section */
	bool local;                /* local data: AA=1 */
	bool found;                /* there is a record of the type asked for */
	bool has_soa;              /* and one that says how long a negative answer holds */
	bool variants_differ;      /* DO=0 gets less */
	uint16_t addresses;        /* records at the end, so far, that are one set of addresses */
	bool has_dname;            /* a DNAME in the answer: its owner and TTL, of the last */
	struct rb_expanded dname;
	uint32_t dname_ttl_s;
	struct rb_signatures signatures;
	struct rb_compressor compressor;
	uint16_t ttl_offsets[RRS_MAX];
	uint8_t out[RB_MESSAGE_MAX + 8]; /* as the reply is going to be; the header is left out */
};

static uint16_t rcode_of(const struct draft *draft)
{
	return draft->flags & RB_FLAG_RCODE;
}

static bool is_error(const struct draft *draft)
{
	return rcode_of(draft) != RB_RCODE_NOERROR && rcode_of(draft) != RB_RCODE_NXDOMAIN;
}

static bool is_negative(const struct draft *draft)
{
	return rcode_of(draft) == RB_RCODE_NXDOMAIN ||
	       (rcode_of(draft) == RB_RCODE_NOERROR && !draft->found);
}

static bool class_is_known(const struct draft *draft, uint16_t qclass)
{
	return qclass == RB_CLASS_IN || qclass == RB_CLASS_ANY || qclass == draft->opts->qclass;
}

static bool class_fits(const struct draft *draft, uint16_t rr_class)
{
	uint16_t qclass = draft->opts->qclass;

	return qclass == RB_CLASS_ANY || rr_class == (qclass ? qclass : RB_CLASS_IN);
}

/* Header and question: those of a complete response to the question that was asked. */
static int question_check(struct draft *draft)
{
	const struct rb_answer_opts *opts = draft->opts;
	struct rb_expanded qname;

	draft->at = sizeof(struct rb_dns_header);
	if (draft->len < draft->at)
		return -EBADMSG;
	draft->flags = rb_bytes_get16(draft->message + 2);
	if ((draft->flags & (RB_FLAG_QR | RB_FLAG_OPCODE | RB_FLAG_TC)) != RB_FLAG_QR ||
	    rb_bytes_get16(draft->message + 4) != 1)
		return -EBADMSG;
	draft->local = draft->flags & RB_FLAG_AA;
	if (rb_expand_name(draft->message, draft->len, &draft->at, &qname) ||
	    draft->at + RB_QUESTION_TAIL > draft->len ||
	    rb_bytes_get16(draft->message + draft->at) != opts->qtype ||
	    !class_is_known(draft, rb_bytes_get16(draft->message + draft->at + 2)) ||
	    !rb_name_equal(qname.name, qname.len, opts->qname, opts->qname_len))
		return -EBADMSG;
	draft->at += RB_QUESTION_TAIL;
	/* Written as it is going to be in each reply: names that end like it can point there. */
	draft->out_len = sizeof(struct rb_dns_header);
	rb_compress_init(&draft->compressor, draft->out, RB_MESSAGE_MAX);
	rb_compress_name(&draft->compressor, &qname, &draft->out_len);
	draft->out_len += RB_QUESTION_TAIL;
	draft->body = draft->out_len;
	return 0;
}

static int rr_read(struct draft *draft, enum section section, struct rr *rr)
{
	const uint8_t *fixed;

	if (rb_expand_name(draft->message, draft->len, &draft->at, &rr->owner) ||
	    draft->at + RR_FIXED_BYTES > draft->len)
		return -EBADMSG;
	fixed = draft->message + draft->at;
	rr->section = section;
	rr->type = rb_bytes_get16(fixed);
	rr->rr_class = rb_bytes_get16(fixed + 2);
	rr->ttl_s = rb_bytes_get32(fixed + 4);
	/* RFC 2181 8: a TTL with the top bit set is 0. */
	if (rr->ttl_s & 0x80000000)
		rr->ttl_s = 0;
	rr->rdata = draft->at + RR_FIXED_BYTES;
	rr->rdata_end = rr->rdata + rb_bytes_get16(fixed + 8);
	if (rr->rdata_end > draft->len)
		return -EBADMSG;
	draft->at = rr->rdata_end;
	return 0;
}

/* What only goes to who asks with DO=1, or for the very type: not the signature of a record before it. */
static bool rr_is_extra(const struct draft *draft, const struct rr *rr)
{
	uint16_t qtype = draft->opts->qtype;

	if (rr->section == SECTION_ANSWER && (rr->type == qtype || qtype == RB_TYPE_ANY))
		return qtype == RB_TYPE_RRSIG && rr->rdata_end - rr->rdata >= 2 &&
		       rb_bytes_get16(draft->message + rr->rdata) == draft->signable;
	return rb_rdata_is_dnssec(rr->type);
}

static uint32_t longer(uint32_t a_s, uint32_t b_s)
{
	return a_s > b_s ? a_s : b_s;
}

static uint32_t shorter(uint32_t a_s, uint32_t b_s)
{
	return a_s < b_s ? a_s : b_s;
}

/* The TTL as it goes out; RFC 2308 5 for the SOA of a negative answer. Needs the checked rdata. */
static uint32_t rr_ttl(struct draft *draft, const struct rr *rr)
{
	const struct rb_answer_opts *opts = draft->opts;
	uint32_t ttl_s = rr->ttl_s;
	bool negative_soa = rr->section == SECTION_AUTHORITY && rr->type == RB_TYPE_SOA &&
			    is_negative(draft);

	if (negative_soa) {
		uint32_t least_s = opts->min_negative_ttl_s;
		uint32_t minimum_s = longer(rb_bytes_get32(draft->message + rr->rdata_end - 4),
					    least_s ? least_s : opts->min_ttl_s);

		draft->has_soa = true;
		ttl_s = longer(shorter(ttl_s, minimum_s), least_s);
	}
	if (draft->local)
		return ttl_s;
	ttl_s = shorter(ttl_s, opts->max_ttl_s);
	return negative_soa ? shorter(ttl_s, opts->max_negative_ttl_s) : ttl_s;
}

static int out_put(struct draft *draft, const uint8_t *bytes, size_t len)
{
	if (draft->out_len + len > RB_MESSAGE_MAX)
		return -EMSGSIZE;
	memcpy(draft->out + draft->out_len, bytes, len);
	draft->out_len += len;
	return 0;
}

/* Count the records at the end that differ only in their address: these may be rotated. */
static void addresses_count(struct draft *draft, const struct rr *rr, size_t rr_len)
{
	uint32_t bytes = rb_rotate_rdata_bytes(RB_HTONS(draft->opts->qtype));

	if (bytes && rr->section == SECTION_ANSWER && rr->type == draft->opts->qtype &&
	    rr_len == RB_ROTATE_FIXED_BYTES + bytes)
		draft->addresses++;
	else
		draft->addresses = 0;
}

static int rr_put(struct draft *draft, const struct rr *rr)
{
	uint8_t fixed[RR_FIXED_BYTES] = {0};
	size_t start = draft->out_len, fixed_at, rdata_at;
	uint32_t ttl_s;
	int err;

	err = rb_compress_name(&draft->compressor, &rr->owner, &draft->out_len);
	if (err)
		return err;
	fixed_at = draft->out_len;
	err = out_put(draft, fixed, sizeof(fixed));
	if (err)
		return err;
	rdata_at = draft->out_len;
	err = rb_rdata_copy(draft->message, rr->type, rr->rdata, rr->rdata_end, &draft->compressor,
			    &draft->out_len);
	if (err)
		return err;
	ttl_s = rr_ttl(draft, rr);
	if (ttl_s < draft->ttl_min_s)
		draft->ttl_min_s = ttl_s;
	rb_bytes_put16(draft->out + fixed_at, rr->type);
	rb_bytes_put16(draft->out + fixed_at + 2, rr->rr_class);
	rb_bytes_put32(draft->out + fixed_at + 4, ttl_s);
	rb_bytes_put16(draft->out + fixed_at + 8, (uint16_t)(draft->out_len - rdata_at));
	draft->ttl_offsets[draft->rr_count++] = (uint16_t)(fixed_at + 4 - draft->body);
	draft->counts[rr->section]++;
	addresses_count(draft, rr, draft->out_len - start);
	return 0;
}

/*
 * A CNAME made from a DNAME has the DNAME's TTL (RFC 6672 3.1). Unbound gives it 0 when it makes it
 * from its cache, as RFC 2672 had it: no answer below a DNAME would ever be kept.
 */
static void synthesized_ttl(struct draft *draft, struct rr *rr)
{
	if (rr->section != SECTION_ANSWER)
		return;
	if (rr->type == RB_TYPE_DNAME) {
		draft->has_dname = true;
		draft->dname = rr->owner;
		draft->dname_ttl_s = rr->ttl_s;
	} else if (rr->type == RB_TYPE_CNAME && !rr->ttl_s && draft->has_dname &&
		   rb_name_is_under(rr->owner.name, rr->owner.len, draft->dname.name,
				    draft->dname.len)) {
		rr->ttl_s = draft->dname_ttl_s;
	}
}

static int rr_take(struct draft *draft, enum section section)
{
	struct rr rr;
	int err = rr_read(draft, section, &rr);

	if (err)
		return err;
	if (rr.type == RB_TYPE_OPT && section == SECTION_ADDITIONAL)
		return 0;
	if (rb_rdata_is_meta(rr.type) || !class_fits(draft, rr.rr_class))
		return -EBADMSG;
	if (section == SECTION_ANSWER &&
	    (rr.type == draft->opts->qtype || draft->opts->qtype == RB_TYPE_ANY))
		draft->found = true;
	if (rr.type != RB_TYPE_RRSIG)
		draft->signable = rr.type;
	/* Before they are stripped: they bind who does not see them, too. */
	if (!draft->local)
		rb_signatures_add(&draft->signatures, rr.type, draft->message + rr.rdata,
				  rr.rdata_end - rr.rdata,
				  draft->opts->secure && section != SECTION_ADDITIONAL);
	if (rr_is_extra(draft, &rr)) {
		draft->variants_differ = true;
		if (!draft->opts->dnssec_ok)
			return 0;
	}
	synthesized_ttl(draft, &rr);
	return rr_put(draft, &rr);
}

/* How long the answer holds. */
static uint32_t lifetime(const struct draft *draft)
{
	const struct rb_answer_opts *opts = draft->opts;
	uint32_t ttl_s = draft->ttl_min_s;

	/* A change of local data bumps the epoch, so that nothing but the cap ends it. */
	if (draft->local)
		return draft->rr_count ? ttl_s : opts->max_negative_ttl_s;
	if (!draft->rr_count || (is_negative(draft) && !draft->has_soa))
		ttl_s = shorter(ttl_s, TTL_NO_SOA_S);
	if (is_negative(draft))
		ttl_s = shorter(ttl_s, opts->max_negative_ttl_s);
	return shorter(ttl_s, longer(draft->signatures.max_ttl_s, opts->min_ttl_s));
}

/* No TTL, and so no copy of a client's, reaches beyond the signatures: RFC 4035 5.3.3. */
static void ttls_cut(struct draft *draft)
{
	uint64_t left_s = draft->signatures.left_ns / RB_NS_PER_S;

	if (left_s > UINT32_MAX)
		return;
	for (uint16_t i = 0; i < draft->rr_count; i++) {
		uint8_t *ttl = draft->out + draft->body + draft->ttl_offsets[i];

		if (rb_bytes_get32(ttl) > left_s)
			rb_bytes_put32(ttl, (uint32_t)left_s);
	}
	if (draft->ttl_min_s > left_s)
		draft->ttl_min_s = (uint32_t)left_s;
}

static uint8_t traits(const struct draft *draft)
{
	uint8_t serves = RB_SERVES_DO0 | RB_SERVES_DO1;
	uint8_t rest = 0;

	if (draft->variants_differ)
		serves = draft->opts->dnssec_ok ? RB_SERVES_DO1 : RB_SERVES_DO0;
	if (draft->local)
		rest |= RB_FIXED_TTL | RB_NO_STALE;
	if (is_error(draft))
		rest |= RB_NO_STALE;
	else if (draft->opts->secure)
		rest |= RB_SECURE;
	return serves | rest;
}

static int answer_make(const struct draft *draft, struct rb_answer **ret_answer)
{
	size_t body_len = draft->out_len - draft->body;
	struct rb_answer *answer = rb_answer_new(body_len, draft->rr_count);

	if (!answer)
		return -ENOMEM;
	memcpy(answer->body, draft->out + draft->body, body_len);
	memcpy(answer->ttl_offsets, draft->ttl_offsets,
	       draft->rr_count * sizeof(draft->ttl_offsets[0]));
	answer->ttl_s = lifetime(draft);
	answer->expires_ns = draft->opts->now_ns + answer->ttl_s * RB_NS_PER_S;
	if (draft->signatures.left_ns != RB_SIGNATURES_ENDLESS)
		answer->signed_until_ns = draft->opts->now_ns + draft->signatures.left_ns;
	answer->flags = RB_FLAG_QR | RB_FLAG_RD |
			(draft->flags & (RB_FLAG_AA | RB_FLAG_RA | RB_FLAG_RCODE));
	answer->ancount = draft->counts[SECTION_ANSWER];
	answer->nscount = draft->counts[SECTION_AUTHORITY];
	answer->arcount = draft->counts[SECTION_ADDITIONAL];
	answer->traits = traits(draft);
	answer->ede = draft->opts->ede;
	if (draft->opts->roundrobin && draft->addresses > 1 && draft->addresses <= RB_ROTATE_MAX)
		answer->rotate = (uint8_t)draft->addresses;
	*ret_answer = answer;
	return 0;
}

int rb_answer_from_message(const uint8_t *message, size_t len, const struct rb_answer_opts *opts,
			   struct rb_answer **ret_answer)
{
	struct draft draft;
	enum section section;
	int err;

	if (len > RB_MESSAGE_MAX)
		return -EMSGSIZE;
	draft.opts = opts;
	draft.message = message;
	draft.len = len;
	draft.ttl_min_s = UINT32_MAX;
	draft.rr_count = draft.signable = 0;
	draft.addresses = 0;
	draft.found = draft.has_soa = draft.variants_differ = draft.has_dname = false;
	memset(draft.counts, 0, sizeof(draft.counts));
	rb_signatures_begin(&draft.signatures, &opts->signatures);
	err = question_check(&draft);
	for (section = SECTION_ANSWER; section < SECTIONS && !err; section++) {
		uint16_t left = rb_bytes_get16(message + 6 + 2 * section);

		while (left-- && !err)
			err = rr_take(&draft, section);
	}
	if (err)
		return err;
	if (draft.at != len)
		return -EBADMSG;
	rb_signatures_end(&draft.signatures);
	ttls_cut(&draft);
	return answer_make(&draft, ret_answer);
}
