/* SPDX-License-Identifier: BSD-2-Clause */
/* What the program costs the verifier: of Linux 6.1 in the VM lab, and of the kernel that runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/bpf.h>

#include "lib/program.h"
#include "util/clock.h"

#define STEPS_MAX 300000 /* instructions that the verifier goes through; it gives up at a million */

/* Otherwise: a start takes long, and a few lines more end in a program that 6.1 does not load. */
static void the_verifier_is_done_soon(void **state)
{
	static const struct program_opts settings[] = {
		{0},
		{.use_acl = true},
		{.prefetch = true, .stale_ns = UINT64_MAX},
		{.use_acl = true, .prefetch = true, .stale_ns = 10 * RB_NS_PER_S, .mtu = 1400},
		{.use_acl = true, .trunk = true},
		{.use_acl = true, .prefetch = true, .stale_ns = 10 * RB_NS_PER_S, .log_sample = 10},
		{.use_acl = true, .log_sample = 10, .log_whole = 1},
		{.use_acl = true, .numbering = 1},
		{.use_acl = true, .numbering = 1, .rule4 = RB_ACCESS_ALLOW, .rule6 = 1},
		{.use_acl = true,
		 .numbering = 1,
		 .prefetch = true,
		 .stale_ns = 10 * RB_NS_PER_S,
		 .mtu = 1400},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		struct program *program = program_load(&settings[i]);
		struct bpf_prog_info info = {};
		uint32_t bytes = sizeof(info);

		assert_int_equal(bpf_obj_get_info_by_fd(program_fd(program), &info, &bytes), 0);
		print_message("# settings %zu: the verifier took %u steps\n", i,
			      info.verified_insns);
		assert_in_range(info.verified_insns, 1, STEPS_MAX);
		program_free(program);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verifier_is_done_soon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
