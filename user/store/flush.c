/* SPDX-License-Identifier: BSD-2-Clause */
/* Records taken out of the hot table by name. */
#include "store/flush.h"

#include "../kern/hash.h"
#include "../kern/wire.h"
#include "dns/name.h"

#define BOTH (RB_SERVES_DO0 | RB_SERVES_DO1)

int64_t rb_flush_type(struct rb_table *table, const uint8_t *qname, size_t qname_len,
		      uint16_t qtype)
{
	struct rb_table_key key;
	int err = rb_table_key_init(table, qname, qname_len, qtype, 0, &key);

	return err ? err : rb_table_remove(table, &key, BOTH);
}

int64_t rb_flush_name(struct rb_table *table, const uint8_t *qname, size_t qname_len)
{
	int64_t removed = 0;
	struct rb_table_key key;
	uint32_t qtype;
	uint64_t sum;
	int err = rb_table_key_init(table, qname, qname_len, 0, 0, &key);

	if (err)
		return err;
	/* Types hash apart. To try them all takes some milliseconds; to look at all records takes
	 * longer the larger the table is. */
	sum = rb_name_hash_sum(key.qname, qname_len, &table->control->key);
	for (qtype = 1; qtype <= UINT16_MAX; qtype++) {
		key.qtype = (uint16_t)qtype;
		key.hash = rb_hash_finish(sum, RB_HTONS(qtype), 0);
		removed += rb_table_remove(table, &key, BOTH);
	}
	return removed;
}

struct zone {
	struct rb_table *table;
	const uint8_t *name;
	size_t len;
	int64_t removed;
};

static int record_remove(const struct rb_table *table, struct rb_table_place place,
			 const struct rb_record *record, void *context)
{
	const uint8_t *qname = rb_table_record_qname(record);
	struct zone *zone = context;
	struct rb_table_key key;

	(void)place;
	if (rb_name_is_under(qname, record->qname_len, zone->name, zone->len) &&
	    !rb_table_key_init(table, qname, record->qname_len, RB_HTONS(record->qtype),
			       record->view, &key))
		zone->removed +=
			rb_table_remove(zone->table, &key, record->traits & RB_SERVES_MASK);
	return 0;
}

int64_t rb_flush_zone(struct rb_table *table, const uint8_t *zone_name, size_t zone_len)
{
	struct zone zone = {.table = table, .name = zone_name, .len = zone_len};

	rb_table_iterate(table, record_remove, &zone);
	return zone.removed;
}
