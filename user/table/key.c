/* SPDX-License-Identifier: BSD-2-Clause */
/* From a question to the hash that leads to its record. */
#include "table/table.h"

#include <errno.h>
#include <string.h>

#include "dns/name.h"
#include "table/audience.h"

int rb_table_key_init(const struct rb_table *table, const uint8_t *qname, size_t qname_len,
		      uint16_t qtype, struct rb_table_key *ret_key)
{
	uint64_t sum;

	if (!qname_len || qname_len > RB_NAME_MAX || !rb_name_is_scannable(qname, qname_len))
		return -EINVAL;
	memset(ret_key->qname, 0, sizeof(ret_key->qname));
	rb_name_lower(qname, qname_len, ret_key->qname);
	ret_key->qname_len = (uint16_t)qname_len;
	ret_key->qtype = qtype;
	ret_key->audience = RB_AUDIENCE_ALL;
	ret_key->client_class = 0;
	ret_key->numbering = rb_table_numbering(table);
	sum = rb_name_hash_sum(ret_key->qname, qname_len, &table->control->key);
	ret_key->hash = rb_hash_finish(sum, RB_HTONS(qtype));
	return 0;
}

int rb_table_key_of(const struct rb_table *table, const struct rb_record *record,
		    struct rb_table_key *ret_key)
{
	int err = rb_table_key_init(table, rb_table_record_qname(record), record->qname_len,
				    RB_HTONS(record->qtype), ret_key);

	if (!err)
		ret_key->audience = record->audience;
	return err;
}
