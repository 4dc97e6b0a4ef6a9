/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The hot table's maps. Userspace creates them with the configured size, writes them through its
 * own mapping and pins them; the XDP program gets them by descriptor and only reads them (except
 * marks). Arrays, because a memory-mapped array costs no syscall to write and its slots are never
 * recycled under a reader's feet.
 */
#ifndef RB_TABLE_MAPS_BPF_H
#define RB_TABLE_MAPS_BPF_H

#include "abi.h"

#define RB_TABLE_MAP(value_type)                                                                   \
	__uint(type, BPF_MAP_TYPE_ARRAY);                                                          \
	__uint(map_flags, BPF_F_MMAPABLE);                                                         \
	__uint(max_entries, 1);                                                                    \
	__type(key, __u32);                                                                        \
	__type(value, value_type)

struct {
	RB_TABLE_MAP(struct rb_bucket);
} rb_tags_small SEC(".maps"), rb_tags_medium SEC(".maps"), rb_tags_large SEC(".maps");

struct {
	RB_TABLE_MAP(union rb_small);
} rb_recs_small SEC(".maps");

struct {
	RB_TABLE_MAP(union rb_medium);
} rb_recs_medium SEC(".maps");

struct {
	RB_TABLE_MAP(union rb_large);
} rb_recs_large SEC(".maps");

#endif
