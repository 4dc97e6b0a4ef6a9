/* SPDX-License-Identifier: BSD-2-Clause */
/* The checksum of the record stream, beside zlib's. */
#include "util/crc32.h"

#include <zlib.h>

#include "table_fixture.h"

#define LENGTHS 300
#define OFFSETS 16

static void every_length_and_alignment_has_the_sum_of_zlib(void **state)
{
	uint8_t bytes[OFFSETS + LENGTHS];
	struct rb_crc32 crc;
	size_t i, len, offset;

	(void)state;
	rb_crc32_init(&crc);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i * 31 + (i >> 3) + 7);
	for (offset = 0; offset < OFFSETS; offset++)
		for (len = 0; len <= LENGTHS; len++)
			assert_int_equal(rb_crc32_add(&crc, 0, bytes + offset, len),
					 crc32_z(0, bytes + offset, len));
}

static void a_sum_goes_on_where_the_one_before_ended(void **state)
{
	uint8_t bytes[LENGTHS];
	struct rb_crc32 crc;
	size_t cut;

	(void)state;
	rb_crc32_init(&crc);
	memset(bytes, 0xa5, sizeof(bytes));
	for (cut = 0; cut <= LENGTHS; cut++) {
		uint32_t sum = rb_crc32_add(&crc, 0, bytes, cut);

		assert_int_equal(rb_crc32_add(&crc, sum, bytes + cut, LENGTHS - cut),
				 crc32_z(0, bytes, LENGTHS));
	}
}

/* If one failed: a cache-file of an earlier version, or another machine's, would be damaged. */
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_length_and_alignment_has_the_sum_of_zlib),
		cmocka_unit_test(a_sum_goes_on_where_the_one_before_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
