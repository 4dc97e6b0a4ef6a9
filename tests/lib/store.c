/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers for tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <ldns/ldns.h>

#include "lib/store.h"
#include "util/clock.h"

static void section_fill(ldns_pkt *packet, ldns_pkt_section section, const char *lines)
{
	char *copy, *save = NULL;

	if (!lines)
		return;
	copy = strdup(lines);
	assert_non_null(copy);
	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		ldns_rr *rr = NULL;

		assert_int_equal(ldns_rr_new_frm_str(&rr, line, 3600, NULL, NULL), LDNS_STATUS_OK);
		assert_true(ldns_pkt_push_rr(packet, section, rr));
	}
	free(copy);
}

struct rb_answer *store_answer(const struct store *store)
{
	ldns_rdf *name = ldns_dname_new_frm_str(store->name);
	ldns_pkt *packet = ldns_pkt_query_new(name, store->type, LDNS_RR_CLASS_IN, LDNS_RD);
	uint64_t now_ns = rb_clock_ns();
	struct rb_answer_opts opts = {
		.qname = ldns_rdf_data(name),
		.qname_len = (uint16_t)ldns_rdf_size(name),
		.qtype = store->type,
		.dnssec_ok = store->dnssec_ok,
		.secure = store->secure,
		.ede = store->ede,
		.roundrobin = store->roundrobin,
		.max_ttl_s = 86400,
		.max_negative_ttl_s = 3600,
		.now_ns = now_ns,
	};
	struct rb_answer *answer = NULL;
	uint8_t *wire = NULL;
	size_t wire_len = 0;

	ldns_pkt_set_qr(packet, true);
	ldns_pkt_set_ra(packet, true);
	ldns_pkt_set_aa(packet, store->authoritative);
	ldns_pkt_set_rcode(packet, (uint8_t)store->rcode);
	section_fill(packet, LDNS_SECTION_ANSWER, store->answer);
	section_fill(packet, LDNS_SECTION_AUTHORITY, store->authority);
	section_fill(packet, LDNS_SECTION_ADDITIONAL, store->additional);
	assert_int_equal(ldns_pkt2wire(&wire, packet, &wire_len), LDNS_STATUS_OK);
	assert_int_equal(rb_answer_from_message(wire, wire_len, &opts, &answer), 0);
	/* And half a second: the kernel's clock is up to a tick behind ours. */
	answer->expires_ns -= store->age_s * RB_NS_PER_S + RB_NS_PER_S / 2;
	if (store->signed_s)
		answer->signed_until_ns = answer->expires_ns + store->signed_s * RB_NS_PER_S;
	free(wire);
	ldns_pkt_free(packet); /* the question in it owns name */
	return answer;
}

int store_publish(struct rb_table *table, const struct store *store)
{
	struct rb_answer *answer = store_answer(store);
	ldns_rdf *name = ldns_dname_new_frm_str(store->name);
	struct rb_table_key key;
	int err;

	assert_int_equal(rb_table_key_init(table, ldns_rdf_data(name), ldns_rdf_size(name),
					   store->type, &key),
			 0);
	err = rb_table_publish(table, &key, answer);
	ldns_rdf_deep_free(name);
	rb_answer_free(answer);
	return err;
}
