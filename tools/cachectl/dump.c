/* SPDX-License-Identifier: BSD-2-Clause */
/* `dump`: every fresh record of the table, or some, in a form that `preload` reads. */
#include <stdio.h>
#include <string.h>

#include "cachectl.h"
#include "complain.h"
#include "dns/name.h"
#include "import/own.h"
#include "util/json.h"
#include "verbs.h"
#include "view.h"

enum {
	DUMP_TYPE,
	DUMP_SUFFIX,
	DUMP_PRESENTATION,
};

static const struct verb_option options[] = {
	[DUMP_TYPE] = {"type", 0, "TYPE", "answers to questions of this type alone"},
	[DUMP_SUFFIX] = {"suffix", 0, "NAME", "those to the name and to names below it"},
	[DUMP_PRESENTATION] = {"presentation", 0, NULL,
			       "resource records alone, without the comments that\n"
			       "preload needs"},
	{NULL, 0, NULL, NULL},
};

struct dump {
	const struct cachectl *ctl;
	bool any_type;
	uint16_t type;
	uint8_t suffix[RB_NAME_MAX];
	size_t suffix_len; /* 0: any name */
	bool presentation;
	int first; /* for rb_json_comma() */
};

static bool is_wanted(const struct dump *dump, const struct rb_record *record)
{
	if (!dump->any_type && record->qtype != RB_HTONS(dump->type))
		return false;
	return !dump->suffix_len ||
	       rb_name_is_under(rb_table_record_qname(record), record->qname_len, dump->suffix,
				dump->suffix_len);
}

/* Non-zero ends the dump: nobody reads it any more. */
static int visit(const struct rb_table *table, struct rb_table_ref ref,
		 const struct rb_record *record, void *context)
{
	struct dump *dump = context;
	struct view view;

	(void)table;
	if (!cachectl_is_fresh(dump->ctl, record) || !is_wanted(dump, record) ||
	    view_open(&view, dump->ctl, ref, record))
		return 0;
	if (dump->ctl->output == OUTPUT_JSON) {
		rb_json_comma(stdout, &dump->first);
		putchar('\n');
		view_print_json(&view);
	} else {
		if (!dump->presentation)
			view_print_description(&view);
		view_print_records(&view);
	}
	view_close(&view);
	return ferror(stdout);
}

static enum cachectl_exit dump_init(struct dump *dump, const struct verb_args *args)
{
	const char *type = args->options[DUMP_TYPE], *suffix = args->options[DUMP_SUFFIX];
	int len = suffix ? rb_name_from_text(suffix, dump->suffix) : 0;

	dump->any_type = !type;
	dump->presentation = args->options[DUMP_PRESENTATION];
	if (type && present_type_from_text(type, &dump->type)) {
		complain(dump->ctl->output, "'%s' is no record type", type);
		return EXIT_USAGE;
	}
	if (len < 0) {
		complain(dump->ctl->output, "'%s' is no domain name", suffix);
		return EXIT_USAGE;
	}
	dump->suffix_len = (size_t)len;
	return EXIT_OK;
}

static enum cachectl_exit run(const struct cachectl *ctl, const struct verb_args *args)
{
	struct dump dump = {.ctl = ctl, .first = 1};
	enum cachectl_exit usage = dump_init(&dump, args);

	if (usage != EXIT_OK)
		return usage;
	if (ctl->output == OUTPUT_JSON)
		fputs("{\"records\":[", stdout);
	else if (!dump.presentation)
		rb_import_own_title(ctl->table->control->config, stdout);
	rb_table_iterate(ctl->table, visit, &dump);
	if (ctl->output == OUTPUT_JSON)
		puts("\n]}");
	return EXIT_OK;
}

const struct verb verb_dump = {
	.name = "dump",
	.summary = "every fresh record, as lines of a zone file",
	.help = "A comment before each record's lines says which question they answer, and all that\n"
		"preload needs to make the same record of them.\n",
	.need = NEED_TABLE,
	.options = options,
	.run = run,
};
