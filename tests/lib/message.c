/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages for tests, made and compared by ldns. */
#include "lib/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dns/name.h"
#include "util/cleanup.h"

void message_freep(ldns_pkt **packet)
{
	ldns_pkt_free(*packet);
}

void message_push(ldns_pkt *packet, ldns_pkt_section section, const char *lines)
{
	_cleanup_free_ char *copy = strdup(lines ? lines : "");
	char *line, *rest = copy;

	while ((line = strsep(&rest, "\n")) && *line) {
		ldns_rr *rr = NULL;

		assert_int_equal(ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL), LDNS_STATUS_OK);
		assert_true(ldns_pkt_push_rr(packet, section, rr));
	}
}

ldns_pkt *message_new(const char *qname, uint16_t qtype)
{
	ldns_rdf *name = ldns_dname_new_frm_str(qname);
	ldns_pkt *packet = ldns_pkt_query_new(name, qtype, LDNS_RR_CLASS_IN, LDNS_RD);

	assert_non_null(packet);
	ldns_pkt_set_qr(packet, true);
	ldns_pkt_set_ra(packet, true);
	return packet;
}

void message_query(const char *qname, uint16_t qtype, struct rb_edns edns, uint16_t flags,
		   uint8_t message[300], struct rb_query *query)
{
	int len = rb_name_from_text(qname, message);

	assert_true(len > 0);
	message[len] = (uint8_t)(qtype >> 8);
	message[len + 1] = (uint8_t)qtype;
	message[len + 2] = 0;
	message[len + 3] = 1;
	*query = (struct rb_query){.qname = message,
				   .qname_len = (uint16_t)len,
				   .question_len = (uint16_t)(len + 4),
				   .id = 0xabcd,
				   .flags = flags,
				   .qtype = qtype,
				   .qclass = 1,
				   .edns = edns};
}

struct rb_answer_opts message_opts(const struct rb_query *query)
{
	return (struct rb_answer_opts){.qname = query->qname,
				       .qname_len = query->qname_len,
				       .qtype = query->qtype,
				       .dnssec_ok = query->edns.dnssec_ok,
				       .max_ttl_s = 86400,
				       .max_negative_ttl_s = 3600,
				       .now_ns = MESSAGE_NOW};
}

static ldns_rr_list *section_of(const ldns_pkt *packet, ldns_pkt_section section)
{
	return section == LDNS_SECTION_ANSWER      ? ldns_pkt_answer(packet)
	       : section == LDNS_SECTION_AUTHORITY ? ldns_pkt_authority(packet)
						   : ldns_pkt_additional(packet);
}

void message_equal(const ldns_pkt *got, const ldns_pkt *want)
{
	static const ldns_pkt_section sections[] = {LDNS_SECTION_ANSWER, LDNS_SECTION_AUTHORITY,
						    LDNS_SECTION_ADDITIONAL};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sections); i++) {
		_cleanup_free_ char *got_text = ldns_rr_list2str(section_of(got, sections[i]));
		_cleanup_free_ char *want_text = ldns_rr_list2str(section_of(want, sections[i]));

		assert_string_equal(got_text ? got_text : "", want_text ? want_text : "");
	}
}

void message_push_all(ldns_pkt *packet, const struct message_sections *sections)
{
	message_push(packet, LDNS_SECTION_ANSWER, sections->answer);
	message_push(packet, LDNS_SECTION_AUTHORITY, sections->authority);
	message_push(packet, LDNS_SECTION_ADDITIONAL, sections->additional);
}
