/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records made into the message of a resolver that would have found them, and that into the answers
 * of the table: one for those who ask with DO=1 and one for the others, where the two differ.
 *
 * Thread: one. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef IMPORT_COMPOSE_H
#define IMPORT_COMPOSE_H

#include "../kern/wire.h"
#include "problems.h"
#include "sets.h"
#include "store/stream.h"

enum import_section {
	IMPORT_ANSWER,
	IMPORT_AUTHORITY,
	IMPORT_ADDITIONAL,
	IMPORT_SECTIONS,
};

struct import_message {
	size_t len;
	uint16_t counts[IMPORT_SECTIONS];
	const uint8_t *qname; /* wire form, lower case; the caller's */
	uint16_t qname_len;
	uint16_t qtype; /* host order */
	uint8_t bytes[RB_MESSAGE_MAX];
};

/* At that time. Those of a configuration that says nothing: the daemon will look again. */
struct rb_signature_rules import_signature_rules(uint64_t now_ns);

/* flags: host order, RB_FLAG_* and rcode. */
void import_message_begin(struct import_message *message, const uint8_t *qname, uint16_t qname_len,
			  uint16_t qtype, uint16_t flags);

/* Sections in their order. -EMSGSIZE. */
int import_message_add(struct import_message *message, enum import_section section,
		       const struct import_record *record);
int import_message_add_set(struct import_message *message, enum import_section section,
			   const struct import_sets *sets, const struct import_set *set);

/* What takes the answers. A negative result ends the work, and is what the caller gets. */
struct import_sink {
	int (*put)(const struct rb_store_record *record, void *context);
	void *context;
};

/* What the message does not say. */
struct import_meaning {
	bool secure; /* has been validated */
	uint32_t ttl_max_s;
	uint64_t now_ns; /* when the TTLs were right */
};

/* Write the counts: the message is complete. */
void import_message_finish(struct import_message *message);

/*
 * Both variants to the sink. What is no answer, for its own reasons, is reported as of this line
 * and no error. -ENOMEM, or what the sink said.
 */
int import_message_put(struct import_message *message, const struct import_meaning *meaning,
		       const struct import_sink *sink, unsigned long line,
		       struct import_problems *problems);

/* One answer, made elsewhere, in the same way. */
int import_answer_put(const struct import_message *message, const struct rb_answer *answer,
		      const struct import_sink *sink);

#endif
