// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The program for the peer of a veth that we serve: a veth delivers what XDP_TX sends only to a
 * peer that has a program of its own. With fragments, so that the peer keeps its MTU.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "Dual BSD/GPL";

SEC("xdp.frags")
int rb_pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}
