/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts in memory, as those who write to a stream see them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/text.h"

/* Otherwise: who asks whether anything was said would be told yes, whatever was. */
static void the_position_is_told(void **state)
{
	_cleanup_(rb_text_freep) struct rb_text *text = NULL;
	FILE *stream;

	(void)state;
	assert_int_equal(rb_text_open(&text, &stream), 0);
	assert_int_equal(ftell(stream), 0);
	for (long i = 1; i <= 5000; i++) {
		fputs("ab", stream);
		assert_int_equal(ftell(stream), 2 * i);
	}
	assert_int_equal(strlen(rb_text_peek(text)), 10000);
	assert_int_not_equal(fseek(stream, 1, SEEK_SET), 0);
	fputs("c", stream);
	assert_string_equal(rb_text_peek(text) + 9998, "abc");
}

/* Otherwise: the last byte would be lost, or what follows in memory would be taken for text. */
static void a_text_ends_where_it_was_closed(void **state)
{
	static const char *const written[] = {"", "a", "a\nb"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(written); i++) {
		_cleanup_free_ char *bytes = NULL;
		struct rb_text *text;
		FILE *stream;
		size_t len;

		assert_int_equal(rb_text_open(&text, &stream), 0);
		fputs(written[i], stream);
		assert_int_equal(rb_text_close(text, &bytes, &len), 0);
		assert_int_equal(len, strlen(written[i]));
		assert_string_equal(bytes, written[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_position_is_told),
		cmocka_unit_test(a_text_ends_where_it_was_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
