/* SPDX-License-Identifier: BSD-2-Clause */
/* `lookup NAME [TYPE]`: the fresh records of one name. */
#include <stdio.h>
#include <string.h>

#include "cachectl.h"
#include "complain.h"
#include "dns/name.h"
#include "util/json.h"
#include "verbs.h"
#include "view.h"

/* What is looked for, and what has been found of it so far. */
struct search {
	const struct cachectl *ctl;
	uint8_t qname[RB_NAME_MAX];
	size_t qname_len;
	bool any_type;
	uint16_t qtype;
	unsigned int found;
	int first; /* for rb_json_comma() */
};

/* In the whole table and not by its hash: so records of every type, variant and view are found. */
static int visit(const struct rb_table *table, struct rb_table_ref ref,
		 const struct rb_record *record, void *context)
{
	struct search *search = context;
	struct view view;

	(void)table;
	if (!cachectl_is_fresh(search->ctl, record) ||
	    !rb_name_equal(rb_table_record_qname(record), record->qname_len, search->qname,
			   search->qname_len) ||
	    (!search->any_type && record->qtype != RB_HTONS(search->qtype)))
		return 0;
	if (view_open(&view, search->ctl, ref, record))
		return 0;
	search->found++;
	if (search->ctl->output == OUTPUT_JSON) {
		rb_json_comma(stdout, &search->first);
		view_print_json(&view);
	} else {
		view_print_text(&view);
	}
	view_close(&view);
	return 0;
}

static enum cachectl_exit search_init(struct search *search, const struct verb_args *args)
{
	int len = rb_name_from_text(args->words[0], search->qname);

	if (len < 0) {
		complain(search->ctl->output, "'%s' is no domain name", args->words[0]);
		return EXIT_USAGE;
	}
	search->qname_len = (size_t)len;
	search->any_type = args->count < 2;
	if (!search->any_type && present_type_from_text(args->words[1], &search->qtype)) {
		complain(search->ctl->output, "'%s' is no record type", args->words[1]);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

static enum cachectl_exit run(const struct cachectl *ctl, const struct verb_args *args)
{
	struct search search = {.ctl = ctl, .first = 1};
	enum cachectl_exit usage = search_init(&search, args);

	if (usage != EXIT_OK)
		return usage;
	if (ctl->output == OUTPUT_JSON)
		fputs("{\"records\":[", stdout);
	rb_table_iterate(ctl->table, visit, &search);
	if (ctl->output == OUTPUT_JSON)
		puts("]}");
	else if (!search.found)
		fprintf(stderr, "runbound-cachectl: no fresh record of %s%s%s\n", args->words[0],
			args->count > 1 ? " " : "", args->count > 1 ? args->words[1] : "");
	return search.found ? EXIT_OK : EXIT_NOT_FOUND;
}

const struct verb verb_lookup = {
	.name = "lookup",
	.words = "NAME [TYPE]",
	.summary = "the records of a name, and where the kernel has them",
	.help = "Records of every type where none is given. Exit code 1: there are none.\n",
	.words_min = 1,
	.words_max = 2,
	.need = NEED_TABLE,
	.run = run,
};
