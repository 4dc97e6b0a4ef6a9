/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers that the client does not take, or no frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "lib/exchange.h"
#include "lib/program.h"
#include "lib/store.h"

/* A TXT of many strings: len bytes of data, roughly. */
static char *long_txt(const char *name, size_t len)
{
	char *line = malloc(len + 512);
	size_t at = (size_t)sprintf(line, "%s 300 IN TXT", name);

	while (len) {
		size_t part = len < 200 ? len : 200;

		at += (size_t)sprintf(line + at, " \"%0*d\"", (int)part, 7);
		len -= part;
	}
	return line;
}

/* Otherwise: a client would get more than it takes, or no hint to come back by TCP. */
static void too_large_for_the_client_is_truncated(void **state)
{
	struct {
		size_t data;
		bool edns;
		uint16_t size;
		enum rb_result result;
	} cases[] = {
		{400, false, 0, RB_ANSWERED},     {600, false, 0, RB_TRUNCATED},
		{600, true, 512, RB_TRUNCATED},   {600, true, 100, RB_TRUNCATED},
		{600, true, 1232, RB_ANSWERED},   {1100, true, 1232, RB_ANSWERED},
		{1100, true, 65535, RB_ANSWERED}, {1100, true, 1100, RB_TRUNCATED},
	};
	struct program *program = program_load(&(struct program_opts){});

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *txt = long_txt("big.example.com.", cases[i].data);
		struct store store = {.name = "big.example.com.", .type = 16, .answer = txt};
		struct ask ask = {.name = store.name,
				  .type = 16,
				  .edns = cases[i].edns,
				  .udp_size = cases[i].size};
		ldns_pkt *reply;

		assert_int_equal(store_publish(program_table(program), &store), 0);
		reply = exchange(program, &ask, cases[i].result);
		assert_int_equal(ldns_pkt_tc(reply), cases[i].result == RB_TRUNCATED);
		exchange_assert_section(ldns_pkt_answer(reply),
					cases[i].result == RB_TRUNCATED ? "" : txt, 0);
		ldns_pkt_free(reply);
		free(txt);
	}
	program_free(program);
}

/*
 * Otherwise: a reply would be lost on the link, or its client ask again by TCP though it need not.
 */
static void what_no_frame_takes_is_handed_over_for_a_socket(void **state)
{
	static const struct {
		uint32_t mtu;
		size_t data;
		bool ipv6;
		enum rb_result result;
	} cases[] = {
		{1500, 1300, false, RB_ANSWERED}, {1500, 1300, true, RB_ABOVE_MTU},
		{1500, 1100, true, RB_ANSWERED},  {576, 400, false, RB_ANSWERED},
		{576, 600, false, RB_ABOVE_MTU},
	};
	struct program *program = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *txt = long_txt("big.example.com.", cases[i].data);
		struct store store = {.name = "big.example.com.", .type = 16, .answer = txt};
		struct ask ask = {.name = store.name,
				  .type = 16,
				  .edns = true,
				  .ipv6 = cases[i].ipv6,
				  .udp_size = 4096};
		ldns_pkt *reply;

		if (!i || cases[i].mtu != cases[i - 1].mtu) {
			if (program)
				program_free(program);
			program = program_load(
				&(struct program_opts){.max_udp_size = 4096, .mtu = cases[i].mtu});
		}
		assert_int_equal(store_publish(program_table(program), &store), 0);
		reply = exchange(program, &ask, cases[i].result);
		if (reply)
			ldns_pkt_free(reply);
		/* What the client does not take is truncated all the same. */
		ask.udp_size = 512;
		reply = exchange(program, &ask,
				 cases[i].data > 400 ? RB_TRUNCATED : cases[i].result);
		ldns_pkt_free(reply);
		free(txt);
	}
	program_free(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_large_for_the_client_is_truncated),
		cmocka_unit_test(what_no_frame_takes_is_handed_over_for_a_socket),
	};

	return cmocka_run_group_tests_name("sizes of the XDP program's answers", tests, NULL, NULL);
}
