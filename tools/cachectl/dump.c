/* SPDX-License-Identifier: BSD-2-Clause */
/* `dump`: every fresh record of the table. */
#include <stdio.h>

#include "cachectl.h"
#include "json.h"
#include "verbs.h"
#include "view.h"

struct dump {
	const struct cachectl *ctl;
	int first; /* for json_comma() */
};

/* Non-zero ends the dump: nobody reads it any more. */
static int visit(const struct rb_table *table, struct rb_table_place place,
		 const struct rb_record *record, void *context)
{
	struct dump *dump = context;
	struct view view;

	(void)table;
	if (!cachectl_is_fresh(dump->ctl, record) || view_open(&view, dump->ctl, place, record))
		return 0;
	if (dump->ctl->output == OUTPUT_JSON) {
		json_comma(stdout, &dump->first);
		putchar('\n');
		view_print_json(&view);
	} else {
		view_print_zone(&view);
	}
	view_close(&view);
	return ferror(stdout);
}

static enum cachectl_exit run(const struct cachectl *ctl, const struct verb_args *args)
{
	struct dump dump = {.ctl = ctl, .first = 1};

	(void)args;
	if (ctl->output == OUTPUT_JSON)
		fputs("{\"records\":[", stdout);
	rb_table_iterate(ctl->table, visit, &dump);
	if (ctl->output == OUTPUT_JSON)
		puts("\n]}");
	return EXIT_OK;
}

const struct verb verb_dump = {
	.name = "dump",
	.summary = "every fresh record, as lines of a zone file",
	.need = NEED_TABLE,
	.run = run,
};
