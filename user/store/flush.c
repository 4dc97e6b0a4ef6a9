/* SPDX-License-Identifier: BSD-2-Clause */
/* Records taken out of the hot table. */
#include "store/flush.h"

#include <string.h>

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "table/overflow.h"

struct search {
	struct rb_table *table;
	const struct rb_flush *flush;
	uint64_t removed;
};

/* The response that the record is, as a message; its length. */
static size_t message_make(const struct rb_record *record, uint8_t message[RB_LARGE_BYTES])
{
	size_t len = sizeof(struct rb_dns_header);

	memset(message, 0, len);
	rb_bytes_put16(message + 4, 1);
	/* A stub has the question alone. */
	if (!(record->traits & RB_STUB)) {
		rb_bytes_put16(message + 6, record->ancount);
		rb_bytes_put16(message + 8, record->nscount);
		rb_bytes_put16(message + 10, record->arcount);
	}
	memcpy(message + len, rb_table_record_qname(record), record->qname_len);
	len += record->qname_len;
	rb_bytes_put16(message + len, RB_HTONS(record->qtype));
	rb_bytes_put16(message + len + 2, RB_CLASS_IN);
	len += RB_QUESTION_TAIL;
	memcpy(message + len, record->data, record->body_len);
	return len + record->body_len;
}

_Static_assert(sizeof(struct rb_dns_header) + RB_QUESTION_TAIL < RB_RECORD_HEADER,
	       "a message is no longer than its record");

static bool is_of_kind(const struct rb_record *record, enum rb_flush_kind kind)
{
	uint16_t rcode = RB_HTONS(record->flags) & RB_FLAG_RCODE;

	switch (kind) {
	case RB_FLUSH_FAILED:
		return rcode != RB_RCODE_NOERROR && rcode != RB_RCODE_NXDOMAIN;
	case RB_FLUSH_NEGATIVE:
		return rcode == RB_RCODE_NXDOMAIN ||
		       (rcode == RB_RCODE_NOERROR && !record->ancount);
	case RB_FLUSH_NONE:
		return false;
	case RB_FLUSH_ANY:
		break;
	}
	return true;
}

static int record_remove(const struct rb_table *table, struct rb_table_ref ref,
			 const struct rb_record *record, void *context)
{
	struct search *search = context;
	uint8_t message[RB_LARGE_BYTES];
	struct rb_table_key key;
	int removed;

	(void)ref;
	if (!is_of_kind(record, search->flush->kind) ||
	    !rb_flush_concerns(search->flush, 1, message, message_make(record, message)) ||
	    rb_table_key_of(table, record, &key))
		return 0;
	removed = rb_table_remove(search->table, &key, record->traits & RB_SERVES_MASK);
	search->removed += removed > 0 ? (uint64_t)removed : 0;
	return 0;
}

uint64_t rb_flush_table(struct rb_table *table, const struct rb_flush *flush)
{
	struct search search = {.table = table, .flush = flush};

	/* They are few, and soon there again. */
	rb_overflow_clear(table->overflow);
	rb_table_iterate_all(table, record_remove, &search);
	return search.removed;
}
