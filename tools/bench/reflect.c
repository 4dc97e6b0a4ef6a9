/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attaches the reflector (or, asked to drop, its neighbour) to an interface until told to stop. Asked to
 * redirect, it sends frames back that way.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "skel/bench_reflector.skel.h"
#include "tools/bench/lib/stop.h"

int main(int argc, char **argv)
{
	LIBBPF_OPTS(bpf_link_create_opts, native, .flags = XDP_FLAGS_DRV_MODE);
	struct bench_reflector *skeleton = bench_reflector__open();
	const struct bpf_program *program;

	if (argc < 2 || !skeleton) {
		fprintf(stderr, "usage: reflect INTERFACE [drop|redirect]\n");
		return 2;
	}
	if (argc > 2 && !strcmp(argv[2], "redirect"))
		skeleton->rodata->ifindex = if_nametoindex(argv[1]);
	if (bench_reflector__load(skeleton)) {
		perror("reflect: load");
		return 1;
	}
	program = argc > 2 && !strcmp(argv[2], "drop") ? skeleton->progs.drop
						       : skeleton->progs.reflect;
	if (bpf_link_create(bpf_program__fd(program), (int)if_nametoindex(argv[1]), BPF_XDP,
			    &native) < 0) {
		perror("reflect: attach");
		return 1;
	}
	printf("{}\n");
	bench_wait_for_stop();
	bench_reflector__destroy(skeleton);
	return 0;
}
