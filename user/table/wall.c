/* SPDX-License-Identifier: BSD-2-Clause */
/* Records whose signatures limit their lifetime, when the wall clock is set. */
#include "table/wall.h"

#include "../kern/wire.h"
#include "table/overflow.h"
#include "util/clock.h"

#define STEP_NS RB_NS_PER_S /* what adjusts the clock without a step moves both clocks */

struct removal {
	struct rb_table *table;
	uint64_t removed;
};

static int signed_remove(const struct rb_table *table, struct rb_table_ref ref,
			 const struct rb_record *record, void *context)
{
	struct removal *removal = context;
	struct rb_table_key key;
	int removed;

	(void)ref;
	if (record->stale_limit == RB_STALE_ENDLESS || rb_table_key_of(table, record, &key))
		return 0;
	removed = rb_table_remove(removal->table, &key, record->traits & RB_SERVES_MASK);
	removal->removed += removed > 0 ? (uint64_t)removed : 0;
	return 0;
}

uint64_t rb_wall_follow(struct rb_table *table, uint64_t wall_ns, uint64_t boot_ns)
{
	struct removal removal = {.table = table};
	struct rb_control *control = table->control;
	uint64_t began_ns = wall_ns - boot_ns;
	bool is_set = control->wall_began_ns && began_ns > control->wall_began_ns + STEP_NS;

	/* Small steps add up. */
	if (is_set || !control->wall_began_ns || began_ns < control->wall_began_ns)
		control->wall_began_ns = began_ns;
	if (!is_set)
		return 0;
	rb_overflow_clear(table->overflow);
	rb_table_iterate_all(table, signed_remove, &removal);
	return removal.removed;
}
