/* SPDX-License-Identifier: BSD-2-Clause */
/* The code that the XDP program shares with userspace, against plain byte-wise references. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../kern/hash.h"
#include "../kern/reply.h"
#include "../kern/wire.h"
#include "lib/prng.h"
#include "util/cleanup.h"

#define ROUNDS 200000

/* Random words with many zero bytes, letters and top bits: where word tricks go wrong. */
static uint64_t odd_word(struct prng *prng)
{
	static const uint8_t bytes[] = {0,   0,   1,    '@',  'A',  'M',  'Z', '[',
					'a', 'z', 0x7f, 0x80, 0x81, 0xc1, 0xff};
	uint64_t word = 0;
	int i;

	for (i = 0; i < 8; i++) {
		uint8_t byte = prng_below(prng, 3) ? bytes[prng_below(prng, sizeof(bytes))]
						   : (uint8_t)prng_next(prng);

		word = word << 8 | byte;
	}
	return word;
}

/* Otherwise: names that differ in case only miss, or names that differ share an answer. */
static void words_are_lowered_by_bytes(void **state)
{
	struct prng prng = {1};
	int round, i;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		uint64_t word = odd_word(&prng), want = 0;

		for (i = 7; i >= 0; i--) {
			uint8_t byte = (uint8_t)(word >> 8 * i);

			want = want << 8 | (byte >= 'A' && byte <= 'Z' ? byte + 32U : byte);
		}
		assert_true(rb_word_lower(word) == want);
	}
}

/* Otherwise: the scanner ends a name where it does not end. */
static void first_zero_byte_is_found(void **state)
{
	struct prng prng = {2};
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		uint64_t word = odd_word(&prng), zero = rb_word_zero(word);
		uint64_t mask = 0;
		uint32_t i;

		for (i = 0; i < 8; i++) {
			mask = mask << 8 | 0xff;
			if (!(uint8_t)(word >> 8 * i))
				break;
		}
		if (i == 8) {
			assert_true(zero == 0);
			continue;
		}
		assert_true(zero != 0);
		assert_int_equal(rb_zero_bytes(zero), i + 1);
		assert_true(rb_zero_mask(zero) == mask);
	}
}

/* Otherwise: a bucket's owner is another thread than the writer. */
static void shards_are_ranges_of_buckets(void **state)
{
	struct prng prng = {3};
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		uint32_t buckets = RB_SHARDS * (1 + prng_below(&prng, 1 << 20));
		uint64_t hash = prng_next(&prng);
		uint32_t bucket = rb_hash_bucket(hash, buckets);

		assert_true(bucket < buckets);
		assert_int_equal(rb_hash_shard(hash), bucket / (buckets / RB_SHARDS));
	}
}

/* NH of RFC 4418 5.2.1 for one pair of 32-bit words. */
static void hash_step_is_nh(void **state)
{
	struct prng prng = {4};
	int round;

	(void)state;
	assert_true(rb_hash_step(0xffffffffffffffffULL, 0xffffffffffffffffULL) ==
		    0xfffffffeULL * 0xfffffffeULL);
	assert_true(rb_hash_step(0, 0x0000000500000007ULL) == 35);
	for (round = 0; round < ROUNDS; round++) {
		uint64_t word = prng_next(&prng), secret = prng_next(&prng);
		uint64_t low = ((word & 0xffffffff) + (secret & 0xffffffff)) % (1ULL << 32);
		uint64_t high = ((word >> 32) + (secret >> 32)) % (1ULL << 32);

		assert_true(rb_hash_step(word, secret) == low * high);
	}
}

/* Otherwise: questions of one name for several types crowd into one bucket. */
static void type_and_view_change_the_hash(void **state)
{
	uint64_t sum = 0x123456789abcdefULL;

	(void)state;
	assert_true(rb_hash_finish(sum, RB_HTONS(1)) != rb_hash_finish(sum, RB_HTONS(28)));
	assert_true(rb_hash_of_class(sum, 0) != rb_hash_of_class(sum, 1));
	assert_true(rb_hash_finish(sum, RB_HTONS(1)) != rb_hash_finish(sum + 1, RB_HTONS(1)));
}

/* Otherwise: a stored record is not found, or another way's record is taken for it. */
static void bucket_is_searched_like_a_loop(void **state)
{
	struct prng prng = {5};
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		uint8_t serves = prng_below(&prng, 2) ? RB_SERVES_DO0 : RB_SERVES_DO1;
		uint64_t hash = prng_next(&prng);
		struct rb_bucket bucket;
		uint64_t words[2];
		uint32_t way, want = RB_WAYS;

		/* Often the hash's own tag, its neighbours, empty ways, tags that borrow. */
		for (way = 0; way < RB_WAYS; way++) {
			uint16_t own = (uint16_t)(hash & 0xfffc);
			uint16_t near[] = {0,
					   0,
					   own,
					   (uint16_t)(own + 4),
					   (uint16_t)(own ^ 0x8000),
					   0xfffc,
					   0x8000,
					   (uint16_t)(prng_next(&prng) & 0xfffc)};

			bucket.tags[way] = (uint16_t)(near[prng_below(&prng, ARRAY_SIZE(near))] |
						      prng_below(&prng, 4));
		}
		for (way = RB_WAYS; way-- > 0;) {
			uint16_t tag = bucket.tags[way];

			if ((tag & 0xfffc) == (hash & 0xfffc) && tag & serves)
				want = way;
		}
		memcpy(words, bucket.tags, sizeof(words));
		assert_int_equal(rb_bucket_find(words[0], words[1], hash, serves), want);
	}
}

/* The length of a name, byte by byte. -1 as rb_name_scan(). */
static int scan_reference(const uint8_t *bytes, size_t len)
{
	size_t name_len;

	for (name_len = 0; name_len < len && bytes[name_len]; name_len++)
		;
	if (name_len++ == len || name_len > RB_NAME_MAX || name_len + 4 > len)
		return -1;
	return (int)name_len;
}

/*
 * Otherwise: the kernel reads past a packet, or misreads names near its end. Where no 4 bytes
 * follow the name in the reference, the scanner may say either: its caller checks the length.
 */
static void names_are_scanned_like_bytes(void **state)
{
	struct prng prng = {6};
	int round;
	size_t i;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		size_t len = prng_below(&prng, prng_below(&prng, 4) ? 40 : 290);
		_cleanup_free_ uint8_t *bytes = malloc(len + 1);
		int got, want;

		/* From the block's end, so that a sanitizer sees what is read beyond. */
		memset(bytes, 1, len + 1);
		for (i = 1; i <= len; i++)
			bytes[i] = (uint8_t)(1 + prng_below(&prng, 255));
		if (len && prng_below(&prng, 8))
			bytes[1 + prng_below(&prng, (uint32_t)len)] = 0;
		got = rb_name_scan(bytes + 1, bytes + 1 + len);
		want = scan_reference(bytes + 1, len);
		if (want < 0)
			assert_true(got < 0 || (size_t)got + 4 > len);
		else
			assert_int_equal(got, want);
	}
}

/* Otherwise: the kernel answers a transfer, a TSIG or a class of its own from the table. */
static void only_types_of_data_are_plain(void **state)
{
	uint32_t type;

	(void)state;
	for (type = 0; type < 65536; type++) {
		bool plain = type && type != 41 && (type < 128 || type > 255);

		assert_int_equal(rb_qtype_is_plain(RB_HTONS(type)), plain);
	}
}

/* Otherwise: TTLs run ahead of or behind what a clock of seconds shows. */
static void age_is_whole_seconds_since_insertion(void **state)
{
	const uint64_t s = 1000000000ULL;
	static const struct {
		int64_t now_offset_ns; /* from insertion */
		uint32_t age_s;
	} cases[] = {
		{0, 0},
		{1, 0},
		{999999999, 0},
		{1000000000, 1},
		{1000000001, 1},
		{59999999999, 59},
		{299999999999, 299},
		{300000000000, 300},
		{-1, 0},
		{-5000000000, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(rb_age_s(300 * s - (uint64_t)cases[i].now_offset_ns, 300),
				 cases[i].age_s);
}

/* Otherwise: replies are cut that the client would take, or sent that it cannot. */
static void reply_limit_follows_edns(void **state)
{
	static const struct {
		struct rb_edns edns;
		uint32_t max;
		uint32_t limit;
	} cases[] = {
		{{0, 0, 0}, 4096, 512},     {{4096, 0, 0}, 4096, 512},   {{0, 1, 0}, 4096, 512},
		{{511, 1, 0}, 4096, 512},   {{512, 1, 0}, 4096, 512},    {{1232, 1, 1}, 4096, 1232},
		{{4096, 1, 0}, 1232, 1232}, {{65535, 1, 0}, 4096, 4096},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(rb_reply_limit(&cases[i].edns, cases[i].max), cases[i].limit);
}

/* Otherwise: clients are told of validation that did not happen, or are not told. */
static void ad_is_for_who_understands_it(void **state)
{
	const struct rb_edns plain = {0}, with_do = {1232, 1, 1}, without_do = {1232, 1, 0};
	const __be16 stored = RB_HTONS(RB_FLAG_QR | RB_FLAG_RD | RB_FLAG_RA);
	const __be16 with_ad = stored | RB_HTONS(RB_FLAG_AD);
	const __be16 rd = RB_HTONS(RB_FLAG_RD), rd_ad = RB_HTONS(RB_FLAG_RD | RB_FLAG_AD);

	(void)state;
	assert_int_equal(rb_reply_flags(stored, rd, RB_SECURE, &plain), stored);
	assert_int_equal(rb_reply_flags(stored, rd, RB_SECURE, &without_do), stored);
	assert_int_equal(rb_reply_flags(stored, rd, RB_SECURE, &with_do), with_ad);
	assert_int_equal(rb_reply_flags(stored, rd_ad, RB_SECURE, &plain), with_ad);
	assert_int_equal(rb_reply_flags(stored, rd_ad, 0, &with_do), stored);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_lowered_by_bytes),
		cmocka_unit_test(first_zero_byte_is_found),
		cmocka_unit_test(shards_are_ranges_of_buckets),
		cmocka_unit_test(hash_step_is_nh),
		cmocka_unit_test(type_and_view_change_the_hash),
		cmocka_unit_test(bucket_is_searched_like_a_loop),
		cmocka_unit_test(names_are_scanned_like_bytes),
		cmocka_unit_test(only_types_of_data_are_plain),
		cmocka_unit_test(age_is_whole_seconds_since_insertion),
		cmocka_unit_test(reply_limit_follows_edns),
		cmocka_unit_test(ad_is_for_who_understands_it),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
