/* SPDX-License-Identifier: BSD-2-Clause */
/* The dates of RRSIG records; see signature.h. */
#include "dns/signature.h"

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "util/clock.h"

/* RFC 4034 3.1. */
#define ORIGINAL_TTL_AT 4
#define EXPIRATION_AT   8
#define INCEPTION_AT    12
#define RRSIG_BYTES_MIN 19 /* up to a signer's name of one byte */

/* As Unbound: a tenth of the signature's life, within limits. */
static uint32_t skew_of(const struct rb_signature_rules *rules, uint32_t life_s)
{
	uint32_t skew_s = life_s / 10;

	if (skew_s < rules->skew_min_s)
		skew_s = rules->skew_min_s;
	return skew_s > rules->skew_max_s ? rules->skew_max_s : skew_s;
}

static uint64_t ns_until(int64_t seconds, uint64_t wall_ns)
{
	int64_t left_ns = seconds * (int64_t)RB_NS_PER_S - (int64_t)(wall_ns % RB_NS_PER_S);

	return left_ns > 0 ? (uint64_t)left_ns : 0;
}

/* Whether it is valid by now, until its last second has begun; for how long. */
static bool is_live(const struct rb_signature_rules *rules, const uint8_t *rdata,
		    uint64_t *ret_left_ns)
{
	uint32_t expiration = rb_bytes_get32(rdata + EXPIRATION_AT);
	uint32_t now_s = (uint32_t)(rules->wall_ns / RB_NS_PER_S);
	/* RFC 4034 3.1.5: serial number arithmetic. */
	int64_t left_s = (int32_t)(expiration - now_s);

	if (left_s < 0)
		left_s += skew_of(rules, expiration - rb_bytes_get32(rdata + INCEPTION_AT));
	if (left_s < 0)
		return false;
	*ret_left_ns = ns_until(left_s, rules->wall_ns);
	return true;
}

static void run_close(struct rb_signatures *signatures)
{
	if (!signatures->covered)
		return;
	if (!signatures->live)
		signatures->run_ns = signatures->decisive ? 0 : RB_SIGNATURES_ENDLESS;
	if (signatures->run_ns < signatures->left_ns)
		signatures->left_ns = signatures->run_ns;
	signatures->covered = 0;
}

void rb_signatures_begin(struct rb_signatures *signatures, const struct rb_signature_rules *rules)
{
	signatures->rules = rules;
	signatures->left_ns = RB_SIGNATURES_ENDLESS;
	signatures->max_ttl_s = UINT32_MAX;
	signatures->covered = 0;
}

void rb_signatures_add(struct rb_signatures *signatures, uint16_t type, const uint8_t *rdata,
		       size_t len, bool decisive)
{
	uint32_t original_ttl_s;
	uint64_t left_ns;
	uint16_t covered;

	if (type != RB_TYPE_RRSIG || len < RRSIG_BYTES_MIN || !signatures->rules->wall_ns) {
		run_close(signatures);
		return;
	}
	covered = rb_bytes_get16(rdata);
	if (covered != signatures->covered) {
		run_close(signatures);
		signatures->covered = covered;
		signatures->decisive = decisive;
		signatures->live = false;
		signatures->run_ns = RB_SIGNATURES_ENDLESS;
	}
	if (!is_live(signatures->rules, rdata, &left_ns))
		return;
	signatures->live = true;
	if (left_ns < signatures->run_ns)
		signatures->run_ns = left_ns;
	original_ttl_s = rb_bytes_get32(rdata + ORIGINAL_TTL_AT);
	if (decisive && original_ttl_s < signatures->max_ttl_s)
		signatures->max_ttl_s = original_ttl_s;
}

void rb_signatures_end(struct rb_signatures *signatures)
{
	run_close(signatures);
}
