/* SPDX-License-Identifier: BSD-2-Clause */
/* runbound-cachectl: options, the table, and which verb is meant. See verbs.h for the verbs. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cachectl.h"
#include "complain.h"
#include "config/config.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "verbs.h"

/* values: of the options, as far as they were read. */
static enum cachectl_exit misused(const char **values, const char *format, const char *word)
{
	char text[160];

	snprintf(text, sizeof(text), format, word);
	complain(values[OPTION_JSON] ? OUTPUT_JSON : OUTPUT_TEXT, "%s", text);
	fputs("Try 'runbound-cachectl --help'.\n", stderr);
	return EXIT_USAGE;
}

static const char *open_error_text(int err)
{
	switch (-err) {
	case ENOENT:
		return "no table is pinned there; is runbound running?";
	case EPERM:
	case EACCES:
		return "no permission; it takes root, or CAP_BPF and a bpffs that you may enter";
	case ESTALE:
		return "the table is of another version of runbound than this program";
	default:
		return strerror(-err);
	}
}

static enum cachectl_exit verb_run(struct cachectl *ctl, const struct verb *verb,
				   const struct verb_args *args)
{
	_cleanup_(rb_table_closep) struct rb_table *table = NULL;
	enum cachectl_exit result;
	int err = 0;

	if (verb->need & NEED_TABLE)
		err = rb_table_open(ctl->pin_dir, RB_TABLE_READ, 0, &table);
	if (err) {
		complain(ctl->output, "%s: %s", ctl->pin_dir, open_error_text(err));
		return EXIT_NO_TABLE;
	}
	ctl->table = table;
	ctl->now_ns = rb_clock_ns();
	result = verb->run(ctl, args);
	/* A full disk or a closed pipe must not look like a short table. */
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "runbound-cachectl: output: %s\n", strerror(errno));
		return EXIT_NO_TABLE;
	}
	return result;
}

/* getopt_long()'s tables: general options first, then the verb's, so that a place tells which. */
struct option_tables {
	struct option longs[OPTIONS_GENERAL + VERB_OPTIONS_MAX + 1];
	char shorts[2 * (OPTIONS_GENERAL + VERB_OPTIONS_MAX) + 2];
	size_t count;
};

/* Values that are no letters, and no getopt's. */
#define OPTION_VALUE(ref) (256 + (int)(ref))

static void tables_add(struct option_tables *tables, const struct verb_option *option)
{
	size_t len = strlen(tables->shorts);

	for (; option->name; option++) {
		tables->longs[tables->count] = (struct option){
			option->name, option->argument ? required_argument : no_argument, NULL,
			OPTION_VALUE(tables->count)};
		tables->count++;
		if (!option->letter)
			continue;
		tables->shorts[len++] = option->letter;
		if (option->argument)
			tables->shorts[len++] = ':';
	}
}

/* The place of an option that getopt found by its letter. */
static size_t place_of_letter(const struct verb *verb, int letter)
{
	size_t i;

	for (i = 0; i < OPTIONS_GENERAL; i++)
		if (verb_options_general[i].letter == letter)
			return i;
	for (i = 0; verb && verb->options && verb->options[i].name; i++)
		if (verb->options[i].letter == letter)
			break;
	return OPTIONS_GENERAL + i;
}

/*
 * Values by place, general options first. Before the verb is known only general ones count, and the
 * first word ends them (a '+' as getopt's first letter). false: getopt has said what is wrong.
 */
static bool options_parse(int argc, char **argv, const struct verb *verb, const char **values)
{
	struct option_tables tables = {.shorts = "+"};
	int option;

	if (verb)
		tables.shorts[0] = '\0';
	tables_add(&tables, verb_options_general);
	if (verb && verb->options)
		tables_add(&tables, verb->options);
	while ((option = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
		size_t ref;

		if (option == '?')
			return false;
		ref = option < OPTION_VALUE(0) ? place_of_letter(verb, option)
					       : (size_t)(option - OPTION_VALUE(0));
		values[ref] = optarg ? optarg : "";
	}
	return true;
}

static enum cachectl_exit version(void)
{
	puts("runbound-cachectl " RB_VERSION);
	return EXIT_OK;
}

static enum cachectl_exit help(int argc, char **argv, const char **values)
{
	const struct verb *verb;

	if (!argc) {
		verbs_print_help(stdout);
		return EXIT_OK;
	}
	verb = verb_find(argv[0]);
	if (!verb)
		return misused(values, "there is no verb '%s'", argv[0]);
	verb_print_help(verb, stdout);
	return EXIT_OK;
}

/* argv: the verb, and what follows it. values: those of the options before it. */
static enum cachectl_exit verb_main(int argc, char **argv, const char **values)
{
	const struct verb *verb = verb_find(argv[0]);
	struct verb_args args = {};
	struct cachectl ctl;

	if (!verb)
		return misused(values, "there is no verb '%s'", argv[0]);
	optind = 0; /* glibc's way to begin anew */
	if (!options_parse(argc, argv, verb, values))
		return misused(values, "that is nothing for '%s'", verb->name);
	if (values[OPTION_HELP]) {
		verb_print_help(verb, stdout);
		return EXIT_OK;
	}
	if (values[OPTION_VERSION])
		return version();
	memcpy(args.options, values + OPTIONS_GENERAL, sizeof(args.options));
	args.count = argc - optind;
	args.words = argv + optind;
	if (args.count < verb->words_min || args.count > verb->words_max)
		return misused(values, "wrong number of words for '%s'", verb->name);
	ctl = (struct cachectl){
		.pin_dir = values[OPTION_PIN_DIR],
		.socket = values[OPTION_SOCKET],
		.output = values[OPTION_JSON] ? OUTPUT_JSON : OUTPUT_TEXT,
	};
	/* The daemon at the usual socket is not that of other pins. */
	if (!ctl.socket && !ctl.pin_dir)
		ctl.socket = RB_CONTROL_SOCKET;
	if (!ctl.pin_dir)
		ctl.pin_dir = RB_PIN_DIR;
	if (verb->need & NEED_DAEMON && !ctl.socket)
		return misused(values, "%s: which daemon, with --pin-dir? Give its --socket",
			       verb->name);
	return verb_run(&ctl, verb, &args);
}

int main(int argc, char **argv)
{
	const char *values[OPTIONS_GENERAL + VERB_OPTIONS_MAX] = {};

	if (!options_parse(argc, argv, NULL, values))
		return misused(values, "that is no option%s", "");
	if (values[OPTION_HELP]) {
		verbs_print_help(stdout);
		return EXIT_OK;
	}
	if (values[OPTION_VERSION])
		return version();
	argc -= optind;
	argv += optind;
	if (!argc)
		return misused(values, "what is to be done?%s", "");
	if (!strcmp(argv[0], "help"))
		return help(argc - 1, argv + 1, values);
	return verb_main(argc, argv, values);
}
