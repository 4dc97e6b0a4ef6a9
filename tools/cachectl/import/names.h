/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of names to be resolved: "name" or "name type" on each line. Thread: one. */
#ifndef IMPORT_NAMES_H
#define IMPORT_NAMES_H

#include "problems.h"
#include "rdata.h"

struct import_question {
	uint8_t *qname; /* wire form */
	uint16_t qname_len;
	uint16_t qtype; /* host order */
	unsigned long line;
};

/* Lists of names mostly have comments of this kind; no name begins so. */
static inline bool import_names_is_comment(const struct import_entry *entry)
{
	return *entry->words[0].text == '#';
}

struct import_names {
	struct import_question *list;
	size_t count, room;
};

/*
 * A name without a type gives two questions, for A and AAAA. A name without a final dot is taken as
 * if it had one, unless there is an origin. What is wrong goes to problems. -ENOMEM.
 */
int import_names_read(struct import_text *text, const char *origin,
		      struct import_problems *problems, struct import_names *ret_names);
void import_names_free(struct import_names *names);

#endif
