/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records made into the message of a resolver that would have found them, and that into the answers
 * of the table: one for those who ask with DO=1 and one for the others, where the two differ.
 *
 * Thread: one. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_IMPORT_COMPOSE_H
#define RB_IMPORT_COMPOSE_H

#include "../kern/wire.h"
#include "import/problems.h"
#include "import/sets.h"
#include "store/stream.h"

enum rb_import_section {
	RB_IMPORT_ANSWER,
	RB_IMPORT_AUTHORITY,
	RB_IMPORT_ADDITIONAL,
	RB_IMPORT_SECTIONS,
};

struct rb_import_message {
	size_t len;
	uint16_t counts[RB_IMPORT_SECTIONS];
	const uint8_t *qname; /* wire form, lower case; the caller's */
	uint16_t qname_len;
	uint16_t qtype; /* host order */
	uint8_t bytes[RB_MESSAGE_MAX];
};

/* At that time. Those of a configuration that says nothing: the daemon will look again. */
struct rb_signature_rules rb_import_signature_rules(uint64_t now_ns);

/* flags: host order, RB_FLAG_* and rcode. */
void rb_import_message_begin(struct rb_import_message *message, const uint8_t *qname,
			     uint16_t qname_len, uint16_t qtype, uint16_t flags);

/* Sections in their order. -EMSGSIZE. */
int rb_import_message_add(struct rb_import_message *message, enum rb_import_section section,
			  const struct rb_import_record *record);
int rb_import_message_add_set(struct rb_import_message *message, enum rb_import_section section,
			      const struct rb_import_sets *sets, const struct rb_import_set *set);

/* What takes the answers. A negative result ends the work, and is what the caller gets. */
struct rb_import_sink {
	int (*put)(const struct rb_store_record *record, void *context);
	void *context;
};

/* What the message does not say. */
struct rb_import_meaning {
	bool secure; /* has been validated */
	uint32_t ttl_max_s;
	uint64_t now_ns; /* when the TTLs were right */
};

/* Write the counts: the message is complete. */
void rb_import_message_finish(struct rb_import_message *message);

/*
 * Both variants to the sink. What is no answer, for its own reasons, is reported as of this line
 * and no error. -ENOMEM, or what the sink said.
 */
int rb_import_message_put(struct rb_import_message *message,
			  const struct rb_import_meaning *meaning,
			  const struct rb_import_sink *sink, unsigned long line,
			  struct rb_import_problems *problems);

/* One answer, made elsewhere, in the same way. */
int rb_import_answer_put(const struct rb_import_message *message, const struct rb_answer *answer,
			 const struct rb_import_sink *sink);

#endif
