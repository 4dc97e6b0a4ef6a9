/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names, keys and answers that the tests of the table share; each can be told from every other. And
 * tables for them, in plain memory and in BPF maps.
 */
#ifndef RB_TESTS_TABLE_FIXTURE_H
#define RB_TESTS_TABLE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../kern/wire.h"
#include "table/table.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define BOTH       (RB_SERVES_DO0 | RB_SERVES_DO1)
#define HOUR_S     3600U
#define RR_A_BYTES 16 /* an A record with its owner compressed */
#define RR_A_TTL   6  /* where its TTL is */

/* Addresses that make an answer of each tier, with the short names of key_of(). */
#define ADDRESSES_SMALL  1
#define ADDRESSES_MEDIUM 8
#define ADDRESSES_LARGE  40

/* The key of "h<number>.test." of type A. */
struct rb_table_key key_of(const struct rb_table *table, uint32_t number);

/* So many A records; the addresses say whose they are. */
struct rb_answer *answer_of(uint32_t number, uint16_t addresses, uint8_t serves, uint32_t ttl_s);

void publish_of(struct rb_table *table, const struct rb_table_key *key, uint32_t number,
		uint16_t addresses, uint8_t serves);

void assert_answers_equal(const struct rb_answer *a, const struct rb_answer *b);

/* 0 where the table has this very answer for the key, else table_lookup()'s error. */
int lookup_of(const struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
	      struct rb_table_ref *ret_ref);

/* The number that the answer was made from. */
int lookup_number(const struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
		  uint32_t *ret_number);

uint64_t records_used(const struct rb_table *table);

/* A test of a table of its own, which is its state. */
#define TABLE_TEST(name) cmocka_unit_test_setup_teardown(name, table_setup, table_teardown)

int table_setup(void **state);
int table_teardown(void **state);

/*
 * Run such tests in plain memory, and again in BPF maps where there are any. How many failed.
 * what: the group's name begins with it.
 */
int table_run_tests(const char *what, const struct CMUnitTest *tests, size_t count);

#endif
