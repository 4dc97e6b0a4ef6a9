/* SPDX-License-Identifier: BSD-2-Clause */
/* From libunbound's results to answers. */
#include "resolve/outcome.h"

#include <errno.h>
#include <string.h>

#include "policy/sentinel.h"
#include "policy/validity.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define SERVFAIL_TTL_S 5    /* RFC 2308 7.1, RFC 9520 3.2 */
#define LOCAL_TTL_S    3600 /* of local answers without a record: local-data's default */

/* RFC 8914 4. */
enum ede {
	EDE_SIGNATURE_EXPIRED = 7,
	EDE_SIGNATURE_NOT_YET_VALID = 8,
	EDE_DNSKEY_MISSING = 9,
	EDE_RRSIGS_MISSING = 10,
	EDE_NSEC_MISSING = 12,
};

/*
 * libunbound gives the reason only as text. For a key that it has cached as bad, the text quotes
 * the earlier reason, which is then the reason for this answer, too.
 */
static uint8_t bogus_ede(const char *why)
{
	static const struct {
		const char *words;
		enum ede code;
	} reasons[] = {
		{": signature expired", EDE_SIGNATURE_EXPIRED},
		{": signature before inception date", EDE_SIGNATURE_NOT_YET_VALID},
		{": no DNSKEY rrset", EDE_DNSKEY_MISSING},
		{": No DNSKEY record", EDE_DNSKEY_MISSING},
		{": no signatures", EDE_RRSIGS_MISSING},
		{": signature missing", EDE_RRSIGS_MISSING},
		{": no NSEC3 records", EDE_NSEC_MISSING},
		{": no DNSSEC records", EDE_NSEC_MISSING},
	};

	for (size_t i = 0; why && i < ARRAY_SIZE(reasons); i++)
		if (strstr(why, reasons[i].words))
			return (uint8_t)(reasons[i].code + 1);
	return RB_EDE_BOGUS + 1;
}

enum rb_security rb_outcome_security(enum rb_security security, const struct rb_table_key *key,
				     const struct rb_config *config)
{
	if (security == RB_SECURITY_SECURE && config->root_key_sentinel &&
	    rb_sentinel_fails(key->qname, key->qtype, &config->anchors))
		return RB_SECURITY_BOGUS;
	return security;
}

bool rb_outcome_is_bogus(const struct rb_outcome *outcome, const struct rb_asked *asked)
{
	return !outcome->rcode && outcome->security == RB_SECURITY_BOGUS &&
	       !asked->checking_disabled;
}

int rb_outcome_servfail(uint8_t ede, uint64_t now_ns, struct rb_answer **ret_answer)
{
	return rb_answer_error(RB_RCODE_SERVFAIL, ede, SERVFAIL_TTL_S, now_ns, ret_answer);
}

/*
 * A local zone without a record in its answer (refuse, always_nxdomain ...) gives the same answer
 * until the configuration changes, and blocklists consist of such zones. dns/ would give it the few
 * seconds of an error.
 */
static void lift_local_ttl(struct rb_answer *answer, uint64_t now_ns)
{
	if (!(answer->flags & RB_FLAG_AA) || answer->ttl_count)
		return;
	answer->ttl_s = LOCAL_TTL_S;
	answer->expires_ns = now_ns + answer->ttl_s * RB_NS_PER_S;
}

int rb_outcome_answer(const struct rb_outcome *outcome, const struct rb_asked *asked,
		      const struct rb_config *config, uint64_t now_ns,
		      struct rb_answer **ret_answer)
{
	const struct rb_answer_opts opts = {
		.qname = asked->key->qname,
		.qname_len = asked->key->qname_len,
		.qtype = asked->key->qtype,
		.qclass = asked->any_class ? RB_CLASS_ANY : RB_CLASS_IN,
		.dnssec_ok = asked->dnssec_ok,
		.secure = outcome->security == RB_SECURITY_SECURE,
		.min_ttl_s = config->cache_min_ttl_s,
		/* Address records that look alike may have different DNS classes. */
		.roundrobin = config->rrset_roundrobin && !asked->any_class,
		.max_ttl_s = config->cache_max_ttl_s,
		.max_negative_ttl_s = config->cache_max_negative_ttl_s,
		.min_negative_ttl_s = config->cache_min_negative_ttl_s,
		.signatures = rb_validity_rules(config, rb_clock_wall_ns()),
		.now_ns = now_ns,
	};
	struct rb_answer *answer;
	int err;

	if (outcome->rcode)
		return rb_answer_error((uint16_t)outcome->rcode, 0, SERVFAIL_TTL_S, now_ns,
				       ret_answer);
	if (!outcome->len) {
		*ret_answer = NULL;
		return 0;
	}
	if (rb_outcome_is_bogus(outcome, asked))
		return rb_outcome_servfail(bogus_ede(outcome->why_bogus), now_ns, ret_answer);
	err = rb_answer_from_message(outcome->packet, outcome->len, &opts, &answer);
	if (err)
		return err;
	/* An auth-zone answers like an authoritative server, but the client asked a resolver. Its
	 * referrals have no AA, and are as local as its data. */
	if (!(answer->flags & RB_FLAG_RA))
		answer->traits |= RB_FIXED_TTL | RB_NO_STALE;
	answer->flags |= RB_FLAG_RA;
	lift_local_ttl(answer, now_ns);
	*ret_answer = answer;
	return 0;
}
