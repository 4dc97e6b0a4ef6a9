/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of names, read. */
#include "import/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/wire.h"
#include "dns/name.h"
#include "dns/rdata.h"

static int question_add(struct rb_import_names *names, const struct rb_import_name *name,
			uint16_t qtype, unsigned long line)
{
	uint8_t *qname;

	if (names->count == names->room) {
		size_t room = names->room ? names->room * 2 : 256;
		void *moved = realloc(names->list, room * sizeof(*names->list));

		if (!moved)
			return -ENOMEM;
		names->list = moved;
		names->room = room;
	}
	qname = malloc(name->len);
	if (!qname)
		return -ENOMEM;
	memcpy(qname, name->bytes, name->len);
	names->list[names->count++] = (struct rb_import_question){qname, name->len, qtype, line};
	return 0;
}

static int entry_take(struct rb_import_names *names, const struct rb_import_entry *entry,
		      const struct rb_import_name *origin, struct rb_import_problems *problems)
{
	struct rb_import_name name;
	uint16_t type = 0;
	int err;

	if (entry->count > 2 || rb_import_name_parse(&entry->words[0], origin, &name)) {
		rb_import_problem(problems, entry->line, RB_IMPORT_SYNTAX,
				  "not a name, nor a name and a type");
		return 0;
	}
	if (entry->count == 2) {
		type = rb_import_type_parse(&entry->words[1]);
		if (rb_rdata_is_meta(type)) {
			rb_import_problem(problems, entry->line, RB_IMPORT_TYPE, NULL);
			return 0;
		}
		return question_add(names, &name, type, entry->line);
	}
	err = question_add(names, &name, RB_TYPE_A, entry->line);
	return err ? err : question_add(names, &name, RB_TYPE_AAAA, entry->line);
}

int rb_import_names_read(struct rb_import_text *text, const char *origin_text,
			 struct rb_import_problems *problems, struct rb_import_names *ret_names)
{
	struct rb_import_name origin = {.len = 1};
	struct rb_import_names names = {};
	struct rb_import_entry entry;
	const char *problem;
	int err = 0;

	if (origin_text) {
		int len = rb_name_from_text(origin_text, origin.bytes);

		if (len < 0)
			return len;
		origin.len = (uint16_t)len;
	}
	while ((err = rb_import_text_next(text, &entry, &problem)) != 0) {
		if (err == -EBADMSG)
			rb_import_problem(problems, entry.line, RB_IMPORT_SYNTAX, "%s", problem);
		else if (err == 1 && !rb_import_names_is_comment(&entry))
			err = entry_take(&names, &entry, &origin, problems);
		if (err < 0 && err != -EBADMSG) {
			rb_import_names_free(&names);
			return err;
		}
	}
	*ret_names = names;
	return 0;
}

void rb_import_names_free(struct rb_import_names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		free(names->list[i].qname);
	free(names->list);
}
