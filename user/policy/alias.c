/* SPDX-License-Identifier: BSD-2-Clause */
/* A local CNAME and what its target has, as one answer. */
#include <errno.h>
#include <ldns/ldns.h>
#include <string.h>

#include "dns/name.h"
#include "policy/answer.h"
#include "util/cleanup.h"

int rb_policy_alias_target(const struct rb_policy_verdict *verdict,
			   const struct rb_policy_question *question, uint8_t *out, size_t *ret_len)
{
	struct rb_policy_record record;
	size_t at = 0, front = 0;
	int len;

	if (!rb_policy_next(&verdict->answer, &at, &record))
		return -EBADMSG;
	len = rb_name_len(record.rdata, record.rdata_len);
	if (len < 0)
		return -EBADMSG;
	if (record.rdata[0] == 1 && record.rdata[1] == '*') {
		front = question->qname_len - 1u;
		record.rdata += 2;
		len -= 2;
	}
	if (front + (size_t)len > RB_NAME_MAX)
		return -EMSGSIZE;
	memcpy(out, question->qname, front);
	rb_name_lower(record.rdata, (size_t)len, out + front);
	*ret_len = front + (size_t)len;
	return 0;
}

static void pkt_freep(ldns_pkt **pkt)
{
	ldns_pkt_free(*pkt);
}

static ldns_rdf *name_rdf(const uint8_t *name, size_t len)
{
	return ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, len, name);
}

static ldns_rr *cname_new(const struct rb_policy_question *question, const uint8_t *target,
			  size_t target_len, uint32_t ttl_s)
{
	ldns_rr *rr = ldns_rr_new();

	if (!rr)
		return NULL;
	ldns_rr_set_owner(rr, name_rdf(question->qname, question->qname_len));
	ldns_rr_set_type(rr, LDNS_RR_TYPE_CNAME);
	ldns_rr_set_class(rr, LDNS_RR_CLASS_IN);
	ldns_rr_set_ttl(rr, ttl_s);
	if (!ldns_rr_owner(rr) || !ldns_rr_push_rdf(rr, name_rdf(target, target_len))) {
		ldns_rr_free(rr);
		return NULL;
	}
	return rr;
}

/* The message's question becomes ours, and the CNAME its first answer. */
static int prepend(ldns_pkt *pkt, const struct rb_policy_question *question, ldns_rr *cname)
{
	ldns_rr_list *answers = ldns_rr_list_new(), *former = ldns_pkt_answer(pkt);
	ldns_rr *asked = ldns_rr_list_rr(ldns_pkt_question(pkt), 0);
	ldns_rdf *qname = name_rdf(question->qname, question->qname_len);

	if (!answers || !asked || !qname || !ldns_rr_list_push_rr(answers, cname)) {
		ldns_rr_list_free(answers);
		ldns_rdf_deep_free(qname);
		ldns_rr_free(cname);
		return -ENOMEM;
	}
	ldns_rr_list_cat(answers, former);
	ldns_rr_list_free(former);
	ldns_pkt_set_answer(pkt, answers);
	ldns_pkt_set_ancount(pkt, (uint16_t)ldns_rr_list_rr_count(answers));
	ldns_rdf_deep_free(ldns_rr_owner(asked));
	ldns_rr_set_owner(asked, qname);
	return 0;
}

int rb_policy_alias_answer(const struct rb_policy_question *question, const uint8_t *target,
			   size_t target_len, uint32_t ttl_s, const uint8_t *message, size_t len,
			   const struct rb_answer_opts *opts, struct rb_answer **ret_answer)
{
	_cleanup_(pkt_freep) ldns_pkt *pkt = NULL;
	_cleanup_free_ uint8_t *whole = NULL;
	ldns_rr *cname;
	size_t whole_len;
	int err;

	if (ldns_wire2pkt(&pkt, message, len) != LDNS_STATUS_OK) {
		pkt = NULL;
		return -EBADMSG;
	}
	cname = cname_new(question, target, target_len, ttl_s);
	if (!cname)
		return -ENOMEM;
	err = prepend(pkt, question, cname);
	if (err)
		return err;
	ldns_pkt_set_aa(pkt, false);
	ldns_pkt_set_ad(pkt, false);
	if (ldns_pkt2wire(&whole, pkt, &whole_len) != LDNS_STATUS_OK) {
		whole = NULL;
		return -ENOMEM;
	}
	return rb_answer_from_message(whole, whole_len, opts, ret_answer);
}
