/* SPDX-License-Identifier: BSD-2-Clause */
/* Names, keys, answers and tables for tests. */
#include "lib/lookup.h"
#include "table_fixture.h"

#include "lib/pins.h"

#define TABLE_BYTES (4U << 20)

struct rb_table_key key_of(const struct rb_table *table, uint32_t number)
{
	uint8_t qname[16] = {9,   'h', '0', '0', '0', '0', '0', '0',
			     '0', '0', 4,   't', 'e', 's', 't', 0};
	struct rb_table_key key;
	int i;

	for (i = 0; i < 8; i++)
		qname[2 + i] = (uint8_t) "0123456789abcdef"[number >> (28 - i * 4) & 15];
	assert_int_equal(rb_table_key_init(table, qname, sizeof(qname), RB_TYPE_A, &key), 0);
	return key;
}

struct rb_answer *answer_of(uint32_t number, uint16_t addresses, uint8_t serves, uint32_t ttl_s)
{
	struct rb_answer *answer = rb_answer_new((size_t)addresses * RR_A_BYTES, addresses);
	uint16_t i;

	assert_non_null(answer);
	answer->expires_ns = rb_clock_ns() + ttl_s * RB_NS_PER_S;
	answer->ttl_s = ttl_s;
	answer->flags = RB_FLAG_QR | RB_FLAG_RD | RB_FLAG_RA;
	answer->ancount = addresses;
	answer->traits = serves;
	answer->body_len = (uint16_t)(addresses * RR_A_BYTES);
	answer->ttl_count = addresses;
	for (i = 0; i < addresses; i++) {
		uint32_t ttl = __builtin_bswap32(ttl_s), address = number + i;
		uint8_t *rr = answer->body + (size_t)i * RR_A_BYTES;

		memcpy(rr, "\xc0\x0c\0\1\0\1", 6);
		memcpy(rr + RR_A_TTL, &ttl, 4);
		memcpy(rr + 10, "\0\4", 2);
		memcpy(rr + 12, &address, 4);
		answer->ttl_offsets[i] = (uint16_t)(i * RR_A_BYTES + RR_A_TTL);
	}
	return answer;
}

void publish_of(struct rb_table *table, const struct rb_table_key *key, uint32_t number,
		uint16_t addresses, uint8_t serves)
{
	struct rb_answer *answer = answer_of(number, addresses, serves, HOUR_S);

	assert_int_equal(rb_table_publish(table, key, answer), 0);
	rb_answer_free(answer);
}

void assert_answers_equal(const struct rb_answer *a, const struct rb_answer *b)
{
	assert_int_equal(a->expires_ns, b->expires_ns);
	assert_int_equal(a->signed_until_ns, b->signed_until_ns);
	assert_int_equal(a->ttl_s, b->ttl_s);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->ancount, b->ancount);
	assert_int_equal(a->nscount, b->nscount);
	assert_int_equal(a->arcount, b->arcount);
	assert_int_equal(a->traits, b->traits);
	assert_int_equal(a->ede, b->ede);
	assert_int_equal(a->body_len, b->body_len);
	assert_memory_equal(a->body, b->body, a->body_len);
	assert_int_equal(a->ttl_count, b->ttl_count);
	assert_memory_equal(a->ttl_offsets, b->ttl_offsets, a->ttl_count * sizeof(uint16_t));
}

int lookup_of(const struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
	      struct rb_table_ref *ret_ref)
{
	struct rb_answer *answer;
	int err = table_lookup(table, key, serves, rb_clock_ns(), &answer, ret_ref);

	if (!err)
		rb_answer_free(answer);
	return err;
}

int lookup_number(const struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
		  uint32_t *ret_number)
{
	struct rb_answer *answer;
	int err = table_lookup(table, key, serves, rb_clock_ns(), &answer, NULL);

	if (err)
		return err;
	memcpy(ret_number, answer->body + 12, 4);
	rb_answer_free(answer);
	return 0;
}

uint64_t records_used(const struct rb_table *table)
{
	struct rb_table_usage usage;

	rb_table_usage(table, &usage);
	return usage.used[RB_SMALL] + usage.used[RB_MEDIUM] + usage.used[RB_LARGE];
}

/* Where the tables are pinned; NULL: they are in plain memory. */
static const char *pin_dir;

int table_setup(void **state)
{
	struct rb_table *table;

	if (pin_dir)
		pins_remove(pin_dir);
	if (rb_table_open(pin_dir, RB_TABLE_WRITE, TABLE_BYTES, &table))
		return -1;
	*state = table;
	return 0;
}

int table_teardown(void **state)
{
	rb_table_close(*state);
	if (pin_dir)
		pins_remove(pin_dir);
	return 0;
}

static int run_group(const char *what, const char *where, const struct CMUnitTest *tests,
		     size_t count)
{
	char name[64];

	snprintf(name, sizeof(name), "%s in %s", what, where);
	return _cmocka_run_group_tests(name, tests, count, NULL, NULL);
}

int table_run_tests(const char *what, const struct CMUnitTest *tests, size_t count)
{
	int failed = run_group(what, "plain memory", tests, count);
	char path[PINS_PATH_MAX];
	struct rb_table *table;
	int err;

	pins_name(path);
	err = rb_table_open(path, RB_TABLE_WRITE, TABLE_BYTES, &table);
	if (err) {
		printf("%s in BPF maps: skipped, %s\n", what, strerror(-err));
		return failed;
	}
	rb_table_close(table);
	pin_dir = path;
	failed += run_group(what, "BPF maps", tests, count);
	pin_dir = NULL;
	return failed;
}
