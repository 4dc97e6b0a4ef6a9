/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of names to be resolved: "name" or "name type" on each line. Thread: one. */
#ifndef RB_IMPORT_NAMES_H
#define RB_IMPORT_NAMES_H

#include "import/problems.h"
#include "import/rdata.h"

struct rb_import_question {
	uint8_t *qname; /* wire form */
	uint16_t qname_len;
	uint16_t qtype; /* host order */
	unsigned long line;
};

/* Lists of names mostly have comments of this kind; no name begins so. */
static inline bool rb_import_names_is_comment(const struct rb_import_entry *entry)
{
	return *entry->words[0].text == '#';
}

struct rb_import_names {
	struct rb_import_question *list;
	size_t count, room;
};

/*
 * A name without a type gives two questions, for A and AAAA. A name without a final dot is taken as
 * if it had one, unless there is an origin. What is wrong goes to problems. -ENOMEM.
 */
int rb_import_names_read(struct rb_import_text *text, const char *origin,
			 struct rb_import_problems *problems, struct rb_import_names *ret_names);
void rb_import_names_free(struct rb_import_names *names);

#endif
