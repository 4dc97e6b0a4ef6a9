/* SPDX-License-Identifier: BSD-2-Clause */
/* Chains of aliases, as ldns has records. */
#include "policy/chain.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "util/cleanup.h"

struct rb_policy_chain {
	ldns_rr_list *rrs;
};

static void pkt_freep(ldns_pkt **pkt)
{
	ldns_pkt_free(*pkt);
}

void rb_chain_free(struct rb_policy_chain *chain)
{
	if (!chain)
		return;
	ldns_rr_list_deep_free(chain->rrs);
	free(chain);
}

static int chain_get(struct rb_policy_chain **chain)
{
	struct rb_policy_chain *made;

	if (*chain)
		return 0;
	made = calloc(1, sizeof(*made));
	if (!made)
		return -ENOMEM;
	made->rrs = ldns_rr_list_new();
	if (!made->rrs) {
		free(made);
		return -ENOMEM;
	}
	*chain = made;
	return 0;
}

static int chain_push(struct rb_policy_chain **chain, ldns_rr *rr)
{
	int err = rr ? chain_get(chain) : -ENOMEM;

	if (!err && !ldns_rr_list_push_rr((*chain)->rrs, rr))
		err = -ENOMEM;
	if (err)
		ldns_rr_free(rr);
	return err;
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

int rb_chain_add(struct rb_policy_chain **chain, const struct rb_policy_verdict *verdict,
		 const struct rb_policy_question *question, uint8_t target[RB_NAME_MAX],
		 size_t *ret_len)
{
	struct rb_policy_record record;
	size_t at = 0, front = 0;
	int len;

	if (!rb_policy_next(&verdict->answer, &at, &record))
		return -EBADMSG;
	len = rb_name_len(record.rdata, record.rdata_len);
	if (len < 0)
		return -EBADMSG;
	if (len > 2 && record.rdata[0] == 1 && record.rdata[1] == '*') {
		front = question->qname_len - 1u;
		record.rdata += 2;
		len -= 2;
		/* As Unbound: what is made for one name is not for keeping. */
		record.ttl_s = 0;
	}
	if (front + (size_t)len > RB_NAME_MAX)
		return -EMSGSIZE;
	memcpy(target, question->qname, front);
	rb_name_lower(record.rdata, (size_t)len, target + front);
	*ret_len = front + (size_t)len;
	return chain_push(chain, cname_new(question, target, *ret_len, record.ttl_s));
}

static int message_read(const uint8_t *message, size_t len, ldns_pkt **ret_pkt)
{
	if (ldns_wire2pkt(ret_pkt, message, len) == LDNS_STATUS_OK)
		return 0;
	*ret_pkt = NULL;
	return -EBADMSG;
}

int rb_chain_take(struct rb_policy_chain **chain, const uint8_t *message, size_t len,
		  unsigned int count)
{
	_cleanup_(pkt_freep) ldns_pkt *pkt = NULL;
	int err = count ? message_read(message, len, &pkt) : 0;

	for (unsigned int i = 0; i < count && !err; i++)
		err = chain_push(chain, ldns_rr_clone(ldns_rr_list_rr(ldns_pkt_answer(pkt), i)));
	return err;
}

/* The chain comes in front of the message's answers, and its question becomes ours. */
static int prepend(ldns_pkt *pkt, const struct rb_policy_question *question,
		   const struct rb_policy_chain *chain)
{
	ldns_rr_list *answers = chain ? ldns_rr_list_clone(chain->rrs) : ldns_rr_list_new();
	ldns_rr_list *former = ldns_pkt_answer(pkt);
	ldns_rr *asked = ldns_rr_list_rr(ldns_pkt_question(pkt), 0);
	ldns_rdf *qname = name_rdf(question->qname, question->qname_len);

	if (!answers || !asked || !qname) {
		ldns_rr_list_deep_free(answers);
		ldns_rdf_deep_free(qname);
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

int rb_chain_answer(const struct rb_policy_chain *chain, const struct rb_policy_question *question,
		    const uint8_t *message, size_t len, const struct rb_answer_opts *opts,
		    struct rb_answer **ret_answer)
{
	_cleanup_(pkt_freep) ldns_pkt *pkt = NULL;
	_cleanup_free_ uint8_t *whole = NULL;
	size_t whole_len;
	int err = message_read(message, len, &pkt);

	if (!err)
		err = prepend(pkt, question, chain);
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
