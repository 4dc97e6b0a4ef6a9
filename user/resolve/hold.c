/* SPDX-License-Identifier: BSD-2-Clause */
/* The zones whose questions wait. */
#include "resolve/hold.h"

#include <string.h>

#include "util/clock.h"

void rb_hold_begin(struct rb_hold *hold, const struct rb_zone_copy *copies, size_t count,
		   uint64_t until_ns)
{
	if (count > RB_HOLD_ZONES_MAX)
		count = RB_HOLD_ZONES_MAX;
	for (size_t i = 0; i < count; i++) {
		memcpy(hold->zones[i].name, copies[i].name, copies[i].name_len);
		hold->zones[i].len = copies[i].name_len;
	}
	hold->until_ns = until_ns;
	atomic_store_explicit(&hold->count, count, memory_order_release);
}

void rb_hold_end(struct rb_hold *hold)
{
	atomic_store(&hold->count, 0);
}

bool rb_hold_asks(const struct rb_hold *hold, const struct rb_table_key *key)
{
	size_t count = atomic_load_explicit(&hold->count, memory_order_acquire);

	for (size_t i = 0; i < count; i++)
		if (rb_name_is_under(key->qname, key->qname_len, hold->zones[i].name,
				     hold->zones[i].len))
			return !rb_hold_is_over(hold);
	return false;
}

bool rb_hold_is_over(const struct rb_hold *hold)
{
	return !atomic_load_explicit(&hold->count, memory_order_acquire) ||
	       rb_clock_ns() > hold->until_ns;
}
