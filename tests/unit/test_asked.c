/* SPDX-License-Identifier: BSD-2-Clause */
/* Estimates of what is asked for most, and by whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "serve/asked.h"
#include "util/cleanup.h"

static const uint8_t client4[16] = {[10] = 0xff, 0xff, 192, 0, 2, 77};
static const uint8_t client6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};

static struct rb_config config_make(void)
{
	return (struct rb_config){.top_sample = 10, .log_prefix_ipv4 = 24, .log_prefix_ipv6 = 128};
}

static void ask(struct rb_asked *asked, const uint8_t *client, const char *name)
{
	struct rb_config config = config_make();
	uint8_t qname[RB_NAME_MAX];
	int len = rb_name_from_text(name, qname);
	struct rb_query query = {.qname = qname, .qname_len = (uint16_t)len};

	assert_true(len > 0);
	rb_asked_add(asked, &config, client, &query, 10);
}

/* Otherwise: what nobody wants to be kept would be kept. */
static void nothing_is_kept_unless_it_is_wanted(void **state)
{
	struct rb_config config = {.top_sample = 0};
	struct rb_asked *asked = NULL;

	(void)state;
	assert_int_equal(rb_asked_new(&config, &asked), 0);
	assert_null(asked);
	ask(asked, client4, "www.example.com");
}

/* Otherwise: names would be told apart by their letters' case, or counted in the wrong zone. */
static void questions_are_counted_by_name_zone_and_client(void **state)
{
	struct rb_config config = config_make();
	struct rb_asked_row rows[4];
	struct rb_asked *asked;
	uint64_t all;

	(void)state;
	assert_int_equal(rb_asked_new(&config, &asked), 0);
	ask(asked, client4, "www.Example.com");
	ask(asked, client4, "www.example.COM");
	ask(asked, client6, "a.b.example.com");
	ask(asked, client6, "com");
	assert_int_equal(rb_asked_read(asked, RB_ASKED_NAMES, rows, ARRAY_SIZE(rows), &all), 3);
	assert_int_equal(all, 40);
	assert_int_equal(rows[0].questions, 20);
	assert_string_equal(rows[0].text, "www.example.com.");
	assert_int_equal(rb_asked_read(asked, RB_ASKED_ZONES, rows, ARRAY_SIZE(rows), &all), 2);
	assert_int_equal(rows[0].questions, 30);
	assert_string_equal(rows[0].text, "example.com.");
	assert_string_equal(rows[1].text, "com.");
	assert_int_equal(rb_asked_read(asked, RB_ASKED_CLIENTS, rows, 1, &all), 1);
	assert_int_equal(rows[0].questions, 20);
	rb_asked_free(asked);
	ask(NULL, client4, "www.example.com");
}

/* Otherwise: random names would hide who is asked for all the time. */
static void crowd_of_rare_names_does_not_hide_a_frequent_one(void **state)
{
	struct rb_config config = config_make();
	struct rb_asked_row rows[1];
	struct rb_asked *asked;
	char name[32];
	uint64_t all;

	(void)state;
	assert_int_equal(rb_asked_new(&config, &asked), 0);
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "n%d.rare.example", i);
		ask(asked, client4, name);
		if (i % 20 == 0)
			ask(asked, client4, "often.example");
	}
	assert_int_equal(rb_asked_read(asked, RB_ASKED_NAMES, rows, 1, &all), 1);
	assert_string_equal(rows[0].text, "often.example.");
	assert_true(rows[0].questions >= all / 22);
	rb_asked_read(asked, RB_ASKED_CLIENTS, rows, 1, &all);
	assert_string_equal(rows[0].text, "192.0.2.0");
	rb_asked_free(asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_kept_unless_it_is_wanted),
		cmocka_unit_test(questions_are_counted_by_name_zone_and_client),
		cmocka_unit_test(crowd_of_rare_names_does_not_hide_a_frequent_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
