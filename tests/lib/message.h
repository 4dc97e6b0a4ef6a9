/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages for tests, made and compared by ldns, so that our own code does not judge itself.
 * Whatever goes wrong here fails the running test.
 */
#ifndef RB_TESTS_MESSAGE_H
#define RB_TESTS_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include <ldns/ldns.h>

#include "dns/answer.h"
#include "dns/query.h"

#define MESSAGE_NOW 5000000000000ULL /* ns */

/* Records in presentation form, one a line. */
struct message_sections {
	const char *answer;
	const char *authority;
	const char *additional;
};

/* A response from a recursive server, with a question and nothing else. */
ldns_pkt *message_new(const char *qname, uint16_t qtype);
void message_freep(ldns_pkt **packet);

/* Add records to a section, with every TTL that they have. */
void message_push(ldns_pkt *packet, ldns_pkt_section section, const char *lines);
void message_push_all(ldns_pkt *packet, const struct message_sections *sections);

/* Same records in the same order, letter case and TTLs included. */
void message_equal(const ldns_pkt *got, const ldns_pkt *want);

/* The query of id 0xabcd, as a client would have sent it; it points into question. */
void message_query(const char *qname, uint16_t qtype, struct rb_edns edns, uint16_t flags,
		   uint8_t question[300], struct rb_query *query);

/* To digest the response to query at MESSAGE_NOW with Unbound's default limits. */
struct rb_answer_opts message_opts(const struct rb_query *query);

#endif
