/* SPDX-License-Identifier: BSD-2-Clause */
/* Headers of the PROXY protocol, version 2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "serve/proxy_header.h"
#include "util/cleanup.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1
#define SIGNATURE   "\r\n\r\n\0\r\nQUIT\n"
#define ADDRESSES4  "\300\0\2\7\300\0\2\65\60\71\0\65"
#define ADDRESSES6                                                                                 \
	"\40\1\r\xb8\0\0\0\0\0\0\0\0\0\0\0\7\40\1\r\xb8\0\0\0\0\0\0\0\0\0\0\0\65\60\71\0\65"
#define MAPPED "\0\0\0\0\0\0\0\0\0\0\xff\xff"

enum { BAD = -1, MORE, WHOLE, OWN };

static const struct header_case {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	int expected;
	const char *addr; /* 16 bytes */
} cases[] = {
	{"tcp_over_ipv4", BYTES(SIGNATURE "\x21\x11\0\14" ADDRESSES4), WHOLE, MAPPED "\300\0\2\7"},
	{"udp_over_ipv4", BYTES(SIGNATURE "\x21\x12\0\14" ADDRESSES4), WHOLE, MAPPED "\300\0\2\7"},
	{"tcp_over_ipv6", BYTES(SIGNATURE "\x21\x21\0\44" ADDRESSES6), WHOLE,
	 "\40\1\r\xb8\0\0\0\0\0\0\0\0\0\0\0\7"},
	{"tlvs_are_left_alone", BYTES(SIGNATURE "\x21\x11\0\20" ADDRESSES4 "\4\0\1x"), WHOLE,
	 MAPPED "\300\0\2\7"},
	{"health_check_of_the_proxy", BYTES(SIGNATURE "\x20\x00\0\0"), OWN, NULL},
	{"local_with_addresses", BYTES(SIGNATURE "\x20\x11\0\14" ADDRESSES4), OWN, NULL},
	{"unspecified_family", BYTES(SIGNATURE "\x21\x00\0\0"), OWN, NULL},
	{"unix_socket", BYTES(SIGNATURE "\x21\x31\0\14" ADDRESSES4), BAD, NULL},
	{"addresses_too_short", BYTES(SIGNATURE "\x21\x11\0\13" ADDRESSES4), BAD, NULL},
	{"ipv6_in_room_for_ipv4", BYTES(SIGNATURE "\x21\x21\0\14" ADDRESSES4), BAD, NULL},
	{"other_version", BYTES(SIGNATURE "\x11\x11\0\14" ADDRESSES4), BAD, NULL},
	{"unknown_command", BYTES(SIGNATURE "\x22\x11\0\14" ADDRESSES4), BAD, NULL},
	{"longer_than_anybody_needs", BYTES(SIGNATURE "\x21\x11\2\11"), BAD, NULL},
	{"version_1", BYTES("PROXY TCP4 192.0.2.7 192.0.2.53 12345 53\r\n"), BAD, NULL},
	{"plain_dns", BYTES("\0\41\x12\x34\1\0\0\1\0\0\0\0\0\0"), BAD, NULL},
	{"nothing_yet", BYTES(""), MORE, NULL},
};

/* Otherwise: a client is taken for another one, whose rights it gets. */
static void header_is_read(void **state)
{
	const struct header_case *c = *state;
	_cleanup_free_ uint8_t *exact = malloc(c->len ? c->len : 1);
	struct rb_proxy_header header = {.len = 99};
	int got;

	memcpy(exact, c->bytes, c->len);
	got = rb_proxy_header_parse(exact, c->len, &header);
	assert_int_equal(got < 0 ? BAD : got, c->expected == OWN ? WHOLE : c->expected);
	if (got == 1) {
		assert_int_equal(header.len, c->len);
		assert_int_equal(header.is_own, c->expected == OWN);
	}
	if (c->addr) {
		assert_memory_equal(header.addr, c->addr, 16);
		assert_int_equal(header.port, 12345);
	}
	/* In pieces it is the same, and never another one. */
	for (size_t len = 0; len < c->len && got == 1; len++) {
		_cleanup_free_ uint8_t *shorter = malloc(len ? len : 1);

		memcpy(shorter, c->bytes, len);
		assert_int_equal(rb_proxy_header_parse(shorter, len, &header), 0);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases)];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){.name = cases[i].name,
					       .test_func = header_is_read,
					       .initial_state = (void *)&cases[i]};
	return cmocka_run_group_tests_name("proxy_header", tests, NULL, NULL);
}
