/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's counters, added up by what became of the packets. */
#include "totals.h"

#include <stdio.h>

static const struct {
	const char *name, *title;
} groups[TOTALS_GROUPS] = {
	[RB_GROUP_PASS] = {"pass", "left to the kernel's stack"},
	[RB_GROUP_HANDOVER] = {"handover", "handed over to userspace"},
	[RB_GROUP_REPLY] = {"reply", "answered by the kernel"},
	[RB_GROUP_DROP] = {"drop", "dropped"},
};

const char *totals_group_name(unsigned int group)
{
	return groups[group].name;
}

const char *totals_group_title(unsigned int group)
{
	return groups[group].title;
}

/* A counter that has fallen began anew: another program made its map. */
static uint64_t grown(uint64_t before, uint64_t now)
{
	return now >= before ? now - before : now;
}

struct totals totals_between(const uint64_t *before, const uint64_t *now)
{
	struct totals totals = {};
	unsigned int i;

	if (!now)
		return totals;
	for (i = 0; i < RB_RESULT_COUNT; i++)
		totals.group[rb_result_group(i)] += grown(before ? before[i] : 0, now[i]);
	totals.to_af_xdp =
		grown(before ? before[RB_EVENT_REDIRECTED] : 0, now[RB_EVENT_REDIRECTED]);
	return totals;
}

uint64_t totals_questions(const struct totals *totals)
{
	return totals->group[RB_GROUP_HANDOVER] + totals->group[RB_GROUP_REPLY] +
	       totals->group[RB_GROUP_DROP];
}

void totals_print_json(const struct totals *totals, double seconds)
{
	unsigned int group;

	for (group = 0; group < TOTALS_GROUPS; group++)
		printf("%c\"%s\":%.3f", group ? ',' : '{', groups[group].name,
		       (double)totals->group[group] / seconds);
	putchar('}');
}
