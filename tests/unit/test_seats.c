/* SPDX-License-Identifier: BSD-2-Clause */
/* Who gives way when all seats of a listener are taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/seats.h"

#define SEATS 8

struct guest {
	struct rb_seat seat; /* first */
	bool busy;
};

static bool is_idle(const struct rb_seat *seat)
{
	return !((const struct guest *)seat)->busy;
}

static void addr_of(const char *text, uint8_t ret_addr[16])
{
	struct in6_addr addr6;
	char mapped[64];

	if (inet_pton(AF_INET6, text, &addr6) != 1) {
		snprintf(mapped, sizeof(mapped), "::ffff:%s", text);
		assert_int_equal(inet_pton(AF_INET6, mapped, &addr6), 1);
	}
	memcpy(ret_addr, &addr6, 16);
}

/* Who is there in the order in which they came, "*" before those that are busy; who comes; who
 * goes. */
static const struct seats_case {
	const char *name;
	const char *there[SEATS];
	const char *comes;
	int goes; /* number of who is there; -1: the newcomer */
} cases[] = {
	{"oldest_of_the_network_with_most",
	 {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.3", "192.0.2.4"},
	 "192.0.2.9",
	 2},
	{"newcomer_of_that_network_too",
	 {"192.0.2.1", "192.0.2.3", "192.0.2.3", "192.0.2.3"},
	 "192.0.2.3",
	 1},
	{"busy_ones_stay_while_others_are_idle",
	 {"192.0.2.3", "*192.0.2.3", "192.0.2.1"},
	 "192.0.2.1",
	 0},
	{"busy_ones_go_for_a_network_with_fewer",
	 {"192.0.2.1", "*192.0.2.3", "*192.0.2.3"},
	 "192.0.2.1",
	 1},
	{"busy_ones_stay_for_their_own_network", {"*192.0.2.3", "*192.0.2.3"}, "192.0.2.3", -1},
	{"an_ipv6_network_is_one", {"192.0.2.1", "2001:db8::1", "2001:db8::f:2"}, "192.0.2.2", 1},
	{"ipv6_networks_are_apart",
	 {"2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1", "2001:db8:0:3::2"},
	 "192.0.2.2",
	 2},
	{"all_alike_the_oldest", {"192.0.2.1", "192.0.2.2", "192.0.2.3"}, "192.0.2.4", 0},
};

/* Otherwise: one address could keep everybody else from a service. */
static void who_has_most_gives_way(void **state)
{
	const struct seats_case *test = *state;
	/* Networks may share a number, but not in many tries. */
	int right = 0;

	for (int i = 0; i < 100; i++) {
		struct guest guests[SEATS] = {0};
		struct rb_seats seats;
		uint8_t addr[16];
		size_t count = 0;

		rb_seats_init(&seats, SEATS);
		for (; count < SEATS && test->there[count]; count++) {
			guests[count].busy = *test->there[count] == '*';
			addr_of(test->there[count] + guests[count].busy, addr);
			rb_seats_take(&seats, &guests[count].seat, addr);
		}
		addr_of(test->comes, addr);
		right += rb_seats_yielding(&seats, addr, is_idle) ==
			 (test->goes < 0 ? NULL : &guests[test->goes].seat);
		while (count)
			rb_seats_leave(&seats, &guests[--count].seat);
		assert_int_equal(seats.count, 0);
		assert_true(TAILQ_EMPTY(&seats.list));
	}
	assert_true(right > 90);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases)];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){
			.name = cases[i].name,
			.test_func = who_has_most_gives_way,
			.initial_state = (void *)&cases[i],
		};
	return cmocka_run_group_tests_name("seats", tests, NULL, NULL);
}
