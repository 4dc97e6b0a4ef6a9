/* SPDX-License-Identifier: BSD-2-Clause */
/* Who gets how many descriptors where there are few. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "daemon/descriptors.h"
#include "util/cleanup.h"

static const struct fit_case {
	const char *name;
	rlim_t limit;
	unsigned int threads, incoming, range;
	bool prefetch;
	unsigned int incoming_fit, range_fit;
} cases[] = {
	{"enough_for_all", 16384, 4, 10, 1024, true, 10, 1024},
	{"many_connections_give_way", 4096, 1, 4000, 1024, false, 3800, 1024},
	{"upstream_sockets_have_a_limit_of_their_own", 1024, 1, 10, 1024, false, 10, 933},
	{"contexts_for_refreshes_count", 1024, 1, 10, 1024, true, 10, 453},
	{"so_few_that_little_fits", 300, 4, 10, 1024, false, 1, 206},
	{"less_than_nothing", 64, 4, 10, 1024, false, 1, 16},
};

/* Otherwise: TCP clients could keep the resolvers from asking. */
static void shares_fit_into_the_limit(void **state)
{
	const struct fit_case *test = *state;
	struct rb_config config = {
		.num_threads = test->threads,
		.incoming_num_tcp = test->incoming,
		.outgoing_range = test->range,
		.outgoing_num_tcp = 10,
		.prefetch = test->prefetch,
		.listen_count = 2,
		.resolver_text = strdup("server:\n\toutgoing-range: 1024\n\toutgoing-range: 1024\n"
					"\tdo-ip6: no\n"),
	};
	struct rlimit limit, before;
	char text[128];

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = (struct rlimit){test->limit, before.rlim_max};
	if (test->limit > before.rlim_max)
		skip();
	limit.rlim_max = test->limit;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(rb_descriptors_fit(&config, test->threads), 0);
	assert_int_equal(config.incoming_num_tcp, test->incoming_fit);
	assert_int_equal(config.outgoing_range, test->range_fit);
	/* Line by line as before, since errors are told by the number of the line. */
	snprintf(text, sizeof(text),
		 "server:\n\toutgoing-range: 1024\n\toutgoing-range: %u\n\tdo-ip6: no\n",
		 test->range_fit);
	assert_string_equal(config.resolver_text, text);
	free(config.resolver_text);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases)];

	/* By falling limits, since they cannot be raised again. */
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){
			.name = cases[i].name,
			.test_func = shares_fit_into_the_limit,
			.initial_state = (void *)&cases[i],
		};
	return cmocka_run_group_tests_name("descriptors", tests, NULL, NULL);
}
