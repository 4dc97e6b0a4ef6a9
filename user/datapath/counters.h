/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read the XDP programs' counters from their map.
 *
 * Thread: any. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_DATAPATH_COUNTERS_H
#define RB_DATAPATH_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "../kern/abi.h"

#define RB_PIN_COUNTERS "rb_counters"

#define RB_COUNTED_TYPES 256 /* higher types are counted together, behind these */

/* What all CPUs have counted (struct rb_cpu). types and traits are of replies from the table. */
struct rb_counts {
	uint64_t counters[RB_COUNTER_COUNT]; /* enum rb_result, enum rb_event */
	uint64_t types[RB_COUNTED_TYPES + 1];
	uint64_t traits[RB_TRAIT_SETS];
	uint64_t rcodes[16];
};

/* The pinned map. -ENOENT: there is none; -ESTALE: it is of a version with other counters. */
int rb_counters_open(const char *pin_dir, int *ret_fd);

/* map_fd: of rb_counters_open(), or one that was made like it. */
int rb_counters_read(int map_fd, struct rb_counts *ret_counts);

/* Of enum rb_result and enum rb_event. */
static inline const uint64_t *rb_counters_of(const struct rb_counts *counts)
{
	_Static_assert(offsetof(struct rb_counts, counters) == 0, "they come first");
	return (const uint64_t *)(const void *)counts;
}

/* How many replies the programs have sent, over all interfaces. */
uint64_t rb_counters_replies(const uint64_t counters[RB_COUNTER_COUNT]);

/* Sum over CPUs, from the pinned map. Errors: as rb_counters_open(). */
int rb_xdp_counts(const char *pin_dir, struct rb_counts *ret_counts);

/* Only the first of them: those of enum rb_result and enum rb_event. */
int rb_xdp_counters(const char *pin_dir, uint64_t ret_counters[RB_COUNTER_COUNT]);

/* Names for enum rb_result and enum rb_event. */
const char *rb_counter_name(unsigned int counter);
const char *rb_counter_meaning(unsigned int counter);

#endif
