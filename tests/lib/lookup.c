/* SPDX-License-Identifier: BSD-2-Clause */
#include "lib/lookup.h"

#include <errno.h>

int table_lookup(const struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
		 uint64_t now_ns, struct rb_answer **ret_answer, struct rb_table_ref *ret_ref)
{
	struct rb_table_found found;
	int err = rb_table_find(table, key, serves, now_ns, &found);

	if (err == -EMSGSIZE) /* a stub: an answer that is too large */
		return -ENOENT;
	if (!err)
		err = rb_table_record_to_answer(&found.record, ret_answer);
	if (!err && ret_ref)
		*ret_ref = found.ref;
	return err;
}
