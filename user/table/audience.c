/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers for sets of client classes. */
#include "table/audience.h"

#include <errno.h>

static void set_store(struct rb_control *control, unsigned int audience, uint64_t classes)
{
	__atomic_store_n(&control->sets[audience], classes, __ATOMIC_RELAXED);
}

void rb_audience_init(struct rb_control *control)
{
	set_store(control, RB_AUDIENCE_ALL, UINT64_MAX);
	for (unsigned int i = 0; i < RB_CLASSES_MAX; i++)
		set_store(control, i + 1, 1ULL << i);
	for (unsigned int i = RB_AUDIENCE_SETS; i < RB_AUDIENCES; i++)
		set_store(control, i, 0);
	control->set_count = RB_AUDIENCE_SETS;
}

/* Sets are only added, under table->audiences. */
static unsigned int find(const struct rb_control *control, unsigned int count, uint64_t classes)
{
	unsigned int i = RB_AUDIENCE_SETS;

	while (i < count && __atomic_load_n(&control->sets[i], __ATOMIC_RELAXED) != classes)
		i++;
	return i;
}

static int add(struct rb_control *control, uint64_t classes)
{
	unsigned int i = find(control, control->set_count, classes);

	if (i < control->set_count)
		return (int)i;
	if (i == RB_AUDIENCES)
		return -ENOSPC;
	set_store(control, i, classes);
	__atomic_store_n(&control->set_count, i + 1, __ATOMIC_RELEASE);
	return (int)i;
}

int rb_audience_of_set(struct rb_table *table, uint32_t numbering, uint64_t classes)
{
	struct rb_control *control = table->control;
	unsigned int count = __atomic_load_n(&control->set_count, __ATOMIC_ACQUIRE);
	unsigned int known = find(control, count, classes);
	int audience = (int)known;

	if (known == count) {
		pthread_mutex_lock(&table->audiences);
		audience = control->numbering == numbering ? add(control, classes) : -ESTALE;
		pthread_mutex_unlock(&table->audiences);
	}
	return audience < 0 || rb_table_numbering(table) == numbering ? audience : -ESTALE;
}

uint64_t rb_audience_classes(const struct rb_table *table, uint32_t numbering, uint8_t audience)
{
	uint64_t classes = __atomic_load_n(&table->control->sets[audience], __ATOMIC_RELAXED);

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (audience && __atomic_load_n(&table->control->numbering, __ATOMIC_RELAXED) != numbering)
		return 0;
	return classes;
}

/*
 * While the sets and the epoch change, the table has no classes, so that no class gets an answer
 * that is for another.
 */
uint32_t rb_table_renumber(struct rb_table *table, uint32_t numbering)
{
	struct rb_control *control = table->control;
	uint32_t epoch;

	if (control->numbering == numbering)
		return rb_table_bump_epoch(table);
	pthread_mutex_lock(&table->audiences);
	__atomic_store_n(&control->numbering, 0, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	rb_audience_init(control);
	epoch = rb_table_bump_epoch(table);
	__atomic_store_n(&control->numbering, numbering, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&table->audiences);
	return epoch;
}
