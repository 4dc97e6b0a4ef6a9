/* SPDX-License-Identifier: BSD-2-Clause */
/* The sum that a record carries, and how it ages: against the bytes of the message, one by one. */
#include "table_fixture.h"
#include "lib/prng.h"

#include "../kern/sum.h"
#include "table/image.h"

#define ROUNDS 200000

/* Modulo 65535 zero has two forms. */
static uint16_t canonical(uint64_t sum)
{
	uint16_t folded = rb_sum_fold(sum);

	return folded == 0xffff ? 0 : folded;
}

/* RFC 1071, byte by byte, of the whole reply to the key; in memory order. */
static uint16_t sum_bytewise(const struct rb_table_key *key, const struct rb_answer *answer)
{
	uint8_t message[2048] = {0,
				 0,
				 (uint8_t)(answer->flags >> 8),
				 (uint8_t)answer->flags,
				 0,
				 1,
				 0,
				 (uint8_t)answer->ancount,
				 0,
				 (uint8_t)answer->nscount,
				 0,
				 (uint8_t)answer->arcount};
	uint32_t len = 12, i;
	uint64_t sum = 0;

	memcpy(message + len, key->qname, key->qname_len);
	len += key->qname_len;
	message[len++] = (uint8_t)(key->qtype >> 8);
	message[len++] = (uint8_t)key->qtype;
	message[len++] = 0;
	message[len++] = RB_CLASS_IN;
	memcpy(message + len, answer->body, answer->body_len);
	len += answer->body_len;
	for (i = 0; i < len; i++)
		sum += i & 1 ? (uint32_t)message[i] << 8 : message[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff ? 0 : (uint16_t)sum;
}

/* A body of random bytes with random TTLs in it, none below age_s. */
static struct rb_answer *random_answer(struct prng *prng, uint32_t age_s)
{
	uint16_t ttls = (uint16_t)(prng_next(prng) % 12);
	struct rb_answer *answer = rb_answer_new(1024, ttls);
	uint32_t at = 0;
	uint16_t i;

	assert_non_null(answer);
	for (i = 0; i < ttls; i++) {
		uint32_t ttl = age_s + (uint32_t)(prng_next(prng) % 0x7fffffff);

		at += (uint32_t)(prng_next(prng) % 60);
		ttl = __builtin_bswap32(ttl);
		memcpy(answer->body + at, &ttl, 4);
		answer->ttl_offsets[i] = (uint16_t)at;
		at += 4;
	}
	answer->body_len = (uint16_t)(at + prng_next(prng) % 40);
	/* Zero bytes of TTLs among them, which only makes those larger. */
	for (i = 0; i < answer->body_len; i++)
		if (!answer->body[i])
			answer->body[i] = (uint8_t)prng_next(prng);
	answer->flags = (uint16_t)prng_next(prng);
	answer->ancount = (uint16_t)(prng_next(prng) % 256);
	answer->nscount = (uint16_t)(prng_next(prng) % 256);
	answer->arcount = (uint16_t)(prng_next(prng) % 256);
	answer->ttl_s = 1;
	answer->traits = RB_SERVES_DO0;
	return answer;
}

static void body_age(struct rb_answer *answer, uint32_t age_s)
{
	uint16_t i;

	for (i = 0; i < answer->ttl_count; i++) {
		uint8_t *at = answer->body + answer->ttl_offsets[i];
		uint32_t ttl;

		memcpy(&ttl, at, 4);
		ttl = __builtin_bswap32(__builtin_bswap32(ttl) - age_s);
		memcpy(at, &ttl, 4);
	}
}

/* Otherwise: replies would leave with a bad UDP checksum, and clients would drop them. */
static void aged_sum_is_that_of_the_aged_bytes(void **state)
{
	struct prng prng = {42};
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		uint32_t age_s = (uint32_t)(prng_next(&prng) % (1U << (round % 25)));
		struct rb_answer *answer = random_answer(&prng, age_s);
		struct rb_table_key key = {.qtype = (uint16_t)prng_next(&prng)};
		struct rb_image image;

		key.qname_len = (uint16_t)(3 + prng_next(&prng) % 100);
		for (uint32_t i = 0; i + 1 < key.qname_len; i++)
			key.qname[i] = (uint8_t)(1 + prng_next(&prng) % 255);
		assert_int_equal(rb_image_build(&key, answer, 1, &image), 0);
		assert_int_equal(canonical(image.record.message_sum), sum_bytewise(&key, answer));
		body_age(answer, age_s);
		assert_int_equal(canonical((uint64_t)image.record.message_sum +
					   rb_sum_aged(image.record.ttl_weight, age_s)),
				 sum_bytewise(&key, answer));
		rb_answer_free(answer);
	}
}

/* Otherwise: the multiplication that folds would give another sum than the additions of RFC 1071. */
static void fold_is_that_of_the_additions(void **state)
{
	const uint64_t edges[] = {0, 1, 0xfffe, 0xffff, 0x10000, 0x1fffe, (1ULL << 48) - 1};
	struct prng prng = {43};

	(void)state;
	for (size_t i = 0; i < ROUNDS; i++) {
		uint64_t sum = i < 7 ? edges[i] : prng_next(&prng) >> (16 + i % 48), added = sum;

		/* Every second one is a multiple, of which zero has two forms. */
		if (i >= 7 && i & 1)
			sum = added = (sum >> 16) * 0xffff;
		while (added >> 16)
			added = (added & 0xffff) + (added >> 16);
		assert_int_equal(rb_sum_fold(sum), added);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fold_is_that_of_the_additions),
		cmocka_unit_test(aged_sum_is_that_of_the_aged_bytes),
	};

	return cmocka_run_group_tests_name("sum", tests, NULL, NULL);
}
