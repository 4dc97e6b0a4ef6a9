// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sends the frame that it is run on out of an interface, by the way that replies take with
 * RB_EGRESS_REDIRECT. It is run by userspace (BPF_PROG_TEST_RUN) and never attached.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "Dual BSD/GPL";

const volatile __u32 rb_probe_ifindex;

SEC("xdp")
int rb_probe(struct xdp_md *ctx)
{
	return bpf_redirect(rb_probe_ifindex, 0);
}
