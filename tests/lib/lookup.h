/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table has for a question, as an answer of its own. */
#ifndef RB_TESTS_LOOKUP_H
#define RB_TESTS_LOOKUP_H

#include "table/table.h"

/* As rb_table_find(); *ret_answer is to be freed. ret_ref may be NULL. */
int table_lookup(const struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
		 uint64_t now_ns, struct rb_answer **ret_answer, struct rb_table_ref *ret_ref);

#endif
