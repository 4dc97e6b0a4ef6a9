/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of verbs, and the help that follows from it. */
#include "verbs.h"

#include <ctype.h>
#include <string.h>

#include "config/config.h"

#define HELP_COLUMN 24 /* where explanations begin */

const struct verb *const verbs[] = {
	&verb_status,  &verb_stats, &verb_lookup,  &verb_dump,  &verb_verify, &verb_top,
	&verb_preload, &verb_flush, &verb_explain, &verb_fetch, &verb_reload, NULL,
};

const struct verb_option verb_options_general[] = {
	[OPTION_JSON] = {"json", 'j', NULL, "one JSON document instead of text"},
	[OPTION_PIN_DIR] = {"pin-dir", 'p', "DIR", "where the table is pinned\n(" RB_PIN_DIR ")"},
	[OPTION_SOCKET] = {"socket", 's', "PATH",
			   "the daemon's control socket\n(" RB_CONTROL_SOCKET ",\n"
			   "none where --pin-dir is given)"},
	[OPTION_HELP] = {"help", 'h', NULL, "this text; after a verb: the verb's"},
	[OPTION_VERSION] = {"version", 'V', NULL, "the version"},
	[OPTIONS_GENERAL] = {NULL, 0, NULL, NULL},
};

static const char exit_codes[] =
	"Exit code: 0 done, 1 no such record or a fault found, 2 usage, 3 no table or no\n"
	"permission, 4 no daemon, 5 the daemon says no.\n";

const struct verb *verb_find(const char *name)
{
	size_t i;

	for (i = 0; verbs[i]; i++)
		if (!strcmp(verbs[i]->name, name))
			return verbs[i];
	return NULL;
}

/* The term, and its explanation beside it, or below where the term is long. */
static void print_entry(const char *term, const char *text, FILE *out)
{
	int width = HELP_COLUMN - 4;

	fprintf(out, "  %-*s", width, term);
	if (strlen(term) > (size_t)width)
		fprintf(out, "\n%*s", HELP_COLUMN - 2, "");
	fputs("  ", out);
	for (; *text; text++) {
		fputc(*text, out);
		if (*text == '\n')
			fprintf(out, "%*s", HELP_COLUMN, "");
	}
	fputc('\n', out);
}

static void print_options(const struct verb_option *option, FILE *out)
{
	char letter[] = "-x, ", term[80];

	for (; option->name; option++) {
		letter[1] = option->letter;
		snprintf(term, sizeof(term), "%s--%s%s%s", option->letter ? letter : "",
			 option->name, option->argument ? " " : "",
			 option->argument ? option->argument : "");
		print_entry(term, option->help, out);
	}
}

void verbs_print_help(FILE *out)
{
	char term[80];
	size_t i;

	fputs("Usage: runbound-cachectl [OPTION]... VERB [WORD]...\n"
	      "       runbound-cachectl help VERB\n"
	      "\n"
	      "Look into runbound's hot table, from which the kernel answers, and talk to the\n"
	      "daemon.\n"
	      "\n",
	      out);
	for (i = 0; verbs[i]; i++) {
		snprintf(term, sizeof(term), "%s%s%s", verbs[i]->name, verbs[i]->words ? " " : "",
			 verbs[i]->words ? verbs[i]->words : "");
		print_entry(term, verbs[i]->summary, out);
	}
	fputc('\n', out);
	print_options(verb_options_general, out);
	fprintf(out, "\n%s", exit_codes);
}

void verb_print_help(const struct verb *verb, FILE *out)
{
	fprintf(out, "Usage: runbound-cachectl [OPTION]... %s%s%s\n\n", verb->name,
		verb->words ? " " : "", verb->words ? verb->words : "");
	fprintf(out, "%c%s.\n", toupper((unsigned char)*verb->summary), verb->summary + 1);
	if (verb->help)
		fprintf(out, "\n%s", verb->help);
	if (verb->options) {
		fputc('\n', out);
		print_options(verb->options, out);
	}
	fputs("\nOptions of all verbs: see runbound-cachectl --help.\n", out);
}
