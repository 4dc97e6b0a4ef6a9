/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers for tests: a message built by ldns from zone-file lines, published into the table. */
#ifndef RB_TESTS_STORE_H
#define RB_TESTS_STORE_H

#include "table/table.h"

/* What a resolver found. Sections are lines of a zone file, NULL: empty. */
struct store {
	const char *name;
	uint16_t type;
	uint16_t rcode;
	const char *answer;
	const char *authority;
	const char *additional;
	bool authoritative; /* local data */
	bool dnssec_ok;
	bool secure;
	bool roundrobin; /* rrset-roundrobin */
	uint8_t ede;
	uint32_t signed_s; /* its signatures hold so long after its expiry; 0: it has none */
	uint32_t age_s;    /* it was inserted so long ago; more than its TTL: it has expired */
};

/* 0, or -errno of rb_table_publish(). */
int store_publish(struct rb_table *table, const struct store *store);

/* The answer alone; rb_answer_free(). */
struct rb_answer *store_answer(const struct store *store);

#endif
