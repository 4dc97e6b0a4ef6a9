/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The XDP programs' counters from their map.
 *
 * Thread: any. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_DATAPATH_COUNTERS_H
#define RB_DATAPATH_COUNTERS_H

#include <stdint.h>

#include "../kern/abi.h"

int rb_counters_read(int map_fd, uint64_t ret_counters[RB_COUNTER_COUNT]);

/* How many replies the programs have sent on their way, over all interfaces. */
uint64_t rb_counters_replies(const uint64_t counters[RB_COUNTER_COUNT]);

/* Sum over CPUs of every counter of enum rb_result and enum rb_event, from the pinned map. */
int rb_xdp_counters(const char *pin_dir, uint64_t ret_counters[RB_COUNTER_COUNT]);

/* Names for enum rb_result and enum rb_event. */
const char *rb_counter_name(unsigned int counter);
const char *rb_counter_meaning(unsigned int counter);

#endif
