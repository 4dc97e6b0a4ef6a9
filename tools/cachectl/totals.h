/* SPDX-License-Identifier: BSD-2-Clause */
/* What the XDP programs did with packets in some time, by group. */
#ifndef CACHECTL_TOTALS_H
#define CACHECTL_TOTALS_H

#include <stdint.h>

#include "../kern/abi.h"

#define TOTALS_GROUPS (RB_GROUP_DROP + 1)

struct totals {
	uint64_t group[TOTALS_GROUPS]; /* by enum rb_result_group */
	uint64_t to_af_xdp;            /* of those handed over */
};

/* before, now: of rb_xdp_counters(). before NULL: since the beginning; now NULL: nothing. */
struct totals totals_between(const uint64_t *before, const uint64_t *now);

/* Packets that were questions to us. */
uint64_t totals_questions(const struct totals *totals);

/* An object: a number per second for each group. */
void totals_print_json(const struct totals *totals, double seconds);

/* "pass", "handover", "reply", "drop", and what that means. */
const char *totals_group_name(unsigned int group);
const char *totals_group_title(unsigned int group);

#endif
