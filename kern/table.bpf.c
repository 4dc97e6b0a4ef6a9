// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The hot table's maps alone, without a program: from here userspace creates them, with their BTF.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "table_maps.bpf.h"

struct {
	RB_TABLE_MAP(struct rb_control);
} rb_control SEC(".maps");

char _license[] SEC("license") = "Dual BSD/GPL";
