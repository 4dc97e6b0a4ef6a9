/* SPDX-License-Identifier: BSD-2-Clause */
/* From a resolver's message to an answer: records checked, stripped, compressed anew, TTLs capped.
 */
#include "dns/answer.h"

#include <errno.h>
#include <string.h>

#include "../kern/reply.h"
#include "dns/bytes.h"
#include "dns/compress.h"
#include "dns/expand.h"
#include "dns/name.h"
#include "dns/rdata.h"
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

/* The work in hand. Never cleared as a whole: most of it is room. */
struct digest {
	const struct rb_answer_opts *opts;
	const uint8_t *message;
	size_t len;
	size_t at; /* what is read next */

	size_t body; /* where the body starts in out: behind the question */
	size_t out_len;
	uint32_t ttl_min_s; /* of the records kept */
	uint16_t flags;
	uint16_t rr_count;         /* records kept */
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

static uint16_t rcode_of(const struct digest *digest)
{
	return digest->flags & RB_FLAG_RCODE;
}

static bool is_error(const struct digest *digest)
{
	return rcode_of(digest) != RB_RCODE_NOERROR && rcode_of(digest) != RB_RCODE_NXDOMAIN;
}

static bool is_negative(const struct digest *digest)
{
	return rcode_of(digest) == RB_RCODE_NXDOMAIN ||
	       (rcode_of(digest) == RB_RCODE_NOERROR && !digest->found);
}

static bool class_is_known(uint16_t qclass)
{
	return qclass == RB_CLASS_IN || qclass == RB_CLASS_ANY;
}

/* Header and question: those of a complete response to the question that was asked. */
static int question_check(struct digest *digest)
{
	const struct rb_answer_opts *opts = digest->opts;
	struct rb_expanded qname;

	digest->at = sizeof(struct rb_dns_header);
	if (digest->len < digest->at)
		return -EBADMSG;
	digest->flags = rb_bytes_get16(digest->message + 2);
	if ((digest->flags & (RB_FLAG_QR | RB_FLAG_OPCODE | RB_FLAG_TC)) != RB_FLAG_QR ||
	    rb_bytes_get16(digest->message + 4) != 1)
		return -EBADMSG;
	digest->local = digest->flags & RB_FLAG_AA;
	if (rb_expand_name(digest->message, digest->len, &digest->at, &qname) ||
	    digest->at + RB_QUESTION_TAIL > digest->len ||
	    rb_bytes_get16(digest->message + digest->at) != opts->qtype ||
	    !class_is_known(rb_bytes_get16(digest->message + digest->at + 2)) ||
	    !rb_name_equal(qname.name, qname.len, opts->qname, opts->qname_len))
		return -EBADMSG;
	digest->at += RB_QUESTION_TAIL;
	/* Written as it is going to be in each reply: names that end like it can point there. */
	digest->out_len = sizeof(struct rb_dns_header);
	rb_compress_init(&digest->compressor, digest->out, RB_MESSAGE_MAX);
	rb_compress_name(&digest->compressor, &qname, &digest->out_len);
	digest->out_len += RB_QUESTION_TAIL;
	digest->body = digest->out_len;
	return 0;
}

static int rr_read(struct digest *digest, enum section section, struct rr *rr)
{
	const uint8_t *fixed;

	if (rb_expand_name(digest->message, digest->len, &digest->at, &rr->owner) ||
	    digest->at + RR_FIXED_BYTES > digest->len)
		return -EBADMSG;
	fixed = digest->message + digest->at;
	rr->section = section;
	rr->type = rb_bytes_get16(fixed);
	rr->rr_class = rb_bytes_get16(fixed + 2);
	rr->ttl_s = rb_bytes_get32(fixed + 4);
	/* RFC 2181 8: a TTL with the top bit set is 0. */
	if (rr->ttl_s & 0x80000000)
		rr->ttl_s = 0;
	rr->rdata = digest->at + RR_FIXED_BYTES;
	rr->rdata_end = rr->rdata + rb_bytes_get16(fixed + 8);
	if (rr->rdata_end > digest->len)
		return -EBADMSG;
	digest->at = rr->rdata_end;
	return 0;
}

/* What only goes to who asks with DO=1, or for the very type. */
static bool rr_is_extra(const struct digest *digest, const struct rr *rr)
{
	uint16_t qtype = digest->opts->qtype;

	if (rr->section == SECTION_ANSWER && (rr->type == qtype || qtype == RB_TYPE_ANY))
		return false;
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
static uint32_t rr_ttl(struct digest *digest, const struct rr *rr)
{
	const struct rb_answer_opts *opts = digest->opts;
	uint32_t ttl_s = rr->ttl_s;
	bool negative_soa = rr->section == SECTION_AUTHORITY && rr->type == RB_TYPE_SOA &&
			    is_negative(digest);

	if (negative_soa) {
		uint32_t minimum_s = longer(rb_bytes_get32(digest->message + rr->rdata_end - 4),
					    opts->min_ttl_s);

		digest->has_soa = true;
		ttl_s = shorter(ttl_s, minimum_s);
	}
	if (digest->local)
		return ttl_s;
	ttl_s = shorter(ttl_s, opts->max_ttl_s);
	return negative_soa ? shorter(ttl_s, opts->max_negative_ttl_s) : ttl_s;
}

static int out_put(struct digest *digest, const uint8_t *bytes, size_t len)
{
	if (digest->out_len + len > RB_MESSAGE_MAX)
		return -EMSGSIZE;
	memcpy(digest->out + digest->out_len, bytes, len);
	digest->out_len += len;
	return 0;
}

/* Copy len bytes of rdata that hold no name. */
static int rdata_put_bytes(struct digest *digest, const struct rr *rr, size_t *at, size_t len)
{
	int err;

	if (*at + len > rr->rdata_end)
		return -EBADMSG;
	err = out_put(digest, digest->message + *at, len);
	if (err)
		return err;
	*at += len;
	return 0;
}

static int rdata_put_names(struct digest *digest, const struct rr *rr,
			   const struct rb_rdata_layout *layout, size_t *at)
{
	struct rb_expanded name;
	int i, err;

	for (i = 0; i < layout->names; i++) {
		err = rb_expand_name(digest->message, rr->rdata_end, at, &name);
		if (err)
			return err;
		if (layout->compressible)
			err = rb_compress_name(&digest->compressor, &name, &digest->out_len);
		else
			err = rb_compress_copy(&digest->compressor, &name, &digest->out_len);
		if (err)
			return err;
	}
	return 0;
}

static int rdata_put(struct digest *digest, const struct rr *rr)
{
	struct rb_rdata_layout layout = rb_rdata_layout(rr->type);
	size_t at = rr->rdata;
	int i, err;

	if (!layout.names)
		return rdata_put_bytes(digest, rr, &at, rr->rdata_end - at);
	err = rdata_put_bytes(digest, rr, &at, layout.fixed_bytes);
	for (i = 0; i < layout.strings && !err; i++) {
		if (at >= rr->rdata_end)
			return -EBADMSG;
		err = rdata_put_bytes(digest, rr, &at, 1 + (size_t)digest->message[at]);
	}
	if (!err)
		err = rdata_put_names(digest, rr, &layout, &at);
	if (err)
		return err;
	if (layout.tail_bytes == RB_RDATA_TAIL_ANY)
		return rdata_put_bytes(digest, rr, &at, rr->rdata_end - at);
	if (at + layout.tail_bytes != rr->rdata_end)
		return -EBADMSG;
	return rdata_put_bytes(digest, rr, &at, layout.tail_bytes);
}

/* Count the records at the end that are alike but for their address: what may turn. */
static void addresses_count(struct digest *digest, const struct rr *rr, size_t rr_len)
{
	uint32_t bytes = rb_rotate_rdata_bytes(RB_HTONS(digest->opts->qtype));

	if (bytes && rr->section == SECTION_ANSWER && rr->type == digest->opts->qtype &&
	    rr_len == RB_ROTATE_FIXED_BYTES + bytes)
		digest->addresses++;
	else
		digest->addresses = 0;
}

static int rr_put(struct digest *digest, const struct rr *rr)
{
	uint8_t fixed[RR_FIXED_BYTES] = {0};
	size_t start = digest->out_len, fixed_at, rdata_at;
	uint32_t ttl_s;
	int err;

	err = rb_compress_name(&digest->compressor, &rr->owner, &digest->out_len);
	if (err)
		return err;
	fixed_at = digest->out_len;
	err = out_put(digest, fixed, sizeof(fixed));
	if (err)
		return err;
	rdata_at = digest->out_len;
	err = rdata_put(digest, rr);
	if (err)
		return err;
	ttl_s = rr_ttl(digest, rr);
	if (ttl_s < digest->ttl_min_s)
		digest->ttl_min_s = ttl_s;
	rb_bytes_put16(digest->out + fixed_at, rr->type);
	rb_bytes_put16(digest->out + fixed_at + 2, rr->rr_class);
	rb_bytes_put32(digest->out + fixed_at + 4, ttl_s);
	rb_bytes_put16(digest->out + fixed_at + 8, (uint16_t)(digest->out_len - rdata_at));
	digest->ttl_offsets[digest->rr_count++] = (uint16_t)(fixed_at + 4 - digest->body);
	digest->counts[rr->section]++;
	addresses_count(digest, rr, digest->out_len - start);
	return 0;
}

/*
 * A CNAME made from a DNAME has the DNAME's TTL (RFC 6672 3.1). Unbound gives it 0 when it makes it
 * from its cache, as RFC 2672 had it: no answer below a DNAME would ever be kept.
 */
static void synthesized_ttl(struct digest *digest, struct rr *rr)
{
	if (rr->section != SECTION_ANSWER)
		return;
	if (rr->type == RB_TYPE_DNAME) {
		digest->has_dname = true;
		digest->dname = rr->owner;
		digest->dname_ttl_s = rr->ttl_s;
	} else if (rr->type == RB_TYPE_CNAME && !rr->ttl_s && digest->has_dname &&
		   rb_name_is_under(rr->owner.name, rr->owner.len, digest->dname.name,
				    digest->dname.len)) {
		rr->ttl_s = digest->dname_ttl_s;
	}
}

static int rr_take(struct digest *digest, enum section section)
{
	struct rr rr;
	int err = rr_read(digest, section, &rr);

	if (err)
		return err;
	if (rr.type == RB_TYPE_OPT && section == SECTION_ADDITIONAL)
		return 0;
	if (rb_rdata_is_meta(rr.type) || (rr.rr_class != RB_CLASS_IN && !digest->opts->any_class))
		return -EBADMSG;
	if (section == SECTION_ANSWER &&
	    (rr.type == digest->opts->qtype || digest->opts->qtype == RB_TYPE_ANY))
		digest->found = true;
	/* Before they are stripped: they bind who does not see them, too. */
	if (!digest->local)
		rb_signatures_add(&digest->signatures, rr.type, digest->message + rr.rdata,
				  rr.rdata_end - rr.rdata,
				  digest->opts->secure && section != SECTION_ADDITIONAL);
	if (rr_is_extra(digest, &rr)) {
		digest->variants_differ = true;
		if (!digest->opts->dnssec_ok)
			return 0;
	}
	synthesized_ttl(digest, &rr);
	return rr_put(digest, &rr);
}

/* How long the answer holds. */
static uint32_t lifetime(const struct digest *digest)
{
	const struct rb_answer_opts *opts = digest->opts;
	uint32_t ttl_s = digest->ttl_min_s;

	/* A change of local data bumps the epoch, so that nothing but the cap ends it. */
	if (digest->local)
		return digest->rr_count ? ttl_s : opts->max_negative_ttl_s;
	if (!digest->rr_count || (is_negative(digest) && !digest->has_soa))
		ttl_s = shorter(ttl_s, TTL_NO_SOA_S);
	if (is_negative(digest))
		ttl_s = shorter(ttl_s, opts->max_negative_ttl_s);
	return shorter(ttl_s, longer(digest->signatures.max_ttl_s, opts->min_ttl_s));
}

/* No TTL, and so no copy of a client's, reaches beyond the signatures: RFC 4035 5.3.3. */
static void ttls_cut(struct digest *digest)
{
	uint64_t left_s = digest->signatures.left_ns / RB_NS_PER_S;

	if (left_s > UINT32_MAX)
		return;
	for (uint16_t i = 0; i < digest->rr_count; i++) {
		uint8_t *ttl = digest->out + digest->body + digest->ttl_offsets[i];

		if (rb_bytes_get32(ttl) > left_s)
			rb_bytes_put32(ttl, (uint32_t)left_s);
	}
	if (digest->ttl_min_s > left_s)
		digest->ttl_min_s = (uint32_t)left_s;
}

static uint8_t traits(const struct digest *digest)
{
	uint8_t serves = RB_SERVES_DO0 | RB_SERVES_DO1;
	uint8_t rest = 0;

	if (digest->variants_differ)
		serves = digest->opts->dnssec_ok ? RB_SERVES_DO1 : RB_SERVES_DO0;
	if (digest->local)
		rest |= RB_FIXED_TTL | RB_NO_STALE;
	if (is_error(digest))
		rest |= RB_NO_STALE;
	else if (digest->opts->secure)
		rest |= RB_SECURE;
	return serves | rest;
}

static int answer_make(const struct digest *digest, struct rb_answer **ret_answer)
{
	size_t body_len = digest->out_len - digest->body;
	struct rb_answer *answer = rb_answer_new(body_len, digest->rr_count);

	if (!answer)
		return -ENOMEM;
	memcpy(answer->body, digest->out + digest->body, body_len);
	memcpy(answer->ttl_offsets, digest->ttl_offsets,
	       digest->rr_count * sizeof(digest->ttl_offsets[0]));
	answer->ttl_s = lifetime(digest);
	answer->expires_ns = digest->opts->now_ns + answer->ttl_s * RB_NS_PER_S;
	if (digest->signatures.left_ns != RB_SIGNATURES_ENDLESS)
		answer->signed_until_ns = digest->opts->now_ns + digest->signatures.left_ns;
	answer->flags = RB_FLAG_QR | RB_FLAG_RD |
			(digest->flags & (RB_FLAG_AA | RB_FLAG_RA | RB_FLAG_RCODE));
	answer->ancount = digest->counts[SECTION_ANSWER];
	answer->nscount = digest->counts[SECTION_AUTHORITY];
	answer->arcount = digest->counts[SECTION_ADDITIONAL];
	answer->traits = traits(digest);
	answer->ede = digest->opts->ede;
	if (digest->opts->roundrobin && digest->addresses > 1 && digest->addresses <= RB_ROTATE_MAX)
		answer->rotate = (uint8_t)digest->addresses;
	*ret_answer = answer;
	return 0;
}

int rb_answer_from_message(const uint8_t *message, size_t len, const struct rb_answer_opts *opts,
			   struct rb_answer **ret_answer)
{
	struct digest digest;
	enum section section;
	int err;

	if (len > RB_MESSAGE_MAX)
		return -EMSGSIZE;
	digest.opts = opts;
	digest.message = message;
	digest.len = len;
	digest.ttl_min_s = UINT32_MAX;
	digest.rr_count = 0;
	digest.addresses = 0;
	digest.found = digest.has_soa = digest.variants_differ = digest.has_dname = false;
	memset(digest.counts, 0, sizeof(digest.counts));
	rb_signatures_begin(&digest.signatures, &opts->signatures);
	err = question_check(&digest);
	for (section = SECTION_ANSWER; section < SECTIONS && !err; section++) {
		uint16_t left = rb_bytes_get16(message + 6 + 2 * section);

		while (left-- && !err)
			err = rr_take(&digest, section);
	}
	if (err)
		return err;
	if (digest.at != len)
		return -EBADMSG;
	rb_signatures_end(&digest.signatures);
	ttls_cut(&digest);
	return answer_make(&digest, ret_answer);
}
