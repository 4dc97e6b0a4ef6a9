/* SPDX-License-Identifier: BSD-2-Clause */
/* From a question to the place of its record. */
#include "table/table.h"

#include <errno.h>
#include <string.h>

#include "dns/name.h"

int rb_table_key_init(const struct rb_table *table, const uint8_t *qname, size_t qname_len,
		      uint16_t qtype, uint8_t view, struct rb_table_key *ret_key)
{
	uint64_t sum;

	if (!qname_len || qname_len > RB_NAME_MAX || !rb_name_is_scannable(qname, qname_len))
		return -EINVAL;
	memset(ret_key->qname, 0, sizeof(ret_key->qname));
	rb_name_lower(qname, qname_len, ret_key->qname);
	ret_key->qname_len = (uint16_t)qname_len;
	ret_key->qtype = qtype;
	ret_key->view = view;
	sum = rb_name_hash_sum(ret_key->qname, qname_len, &table->control->key);
	ret_key->hash = rb_hash_finish(sum, RB_HTONS(qtype), view);
	return 0;
}
