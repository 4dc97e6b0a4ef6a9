/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What runbound-cachectl can be told to do. A verb is described once, beside its code: from that
 * come the parsing of its options, its help, and its place in the list of all verbs.
 */
#ifndef CACHECTL_VERBS_H
#define CACHECTL_VERBS_H

#include <stddef.h>
#include <stdio.h>

#include "cachectl.h"

#define VERB_OPTIONS_MAX 16

/* What must be there before run(): bits. */
enum verb_need {
	NEED_NOTHING = 0,
	NEED_TABLE = 1,  /* opened for reading: cachectl.table */
	NEED_DAEMON = 2, /* it is known where to ask: cachectl.socket */
};

/* A list of them ends with a name of NULL. */
struct verb_option {
	const char *name;     /* --name */
	char letter;          /* -l; '\0': none */
	const char *argument; /* what to call it in the help; NULL: the option takes none */
	const char *help;     /* lines of at most 54 characters, with newlines between them */
};

/* What stood behind the verb. */
struct verb_args {
	int count; /* words that are no options */
	char **words;
	/* By their place in the verb's list: NULL where the option was not given, "" for one
	 * without argument. */
	const char *options[VERB_OPTIONS_MAX];
};

struct verb {
	const char *name;
	const char *words;   /* "NAME [TYPE]"; NULL: none */
	const char *summary; /* a line of at most 54 characters */
	const char *help;    /* paragraphs, each line with its newline; NULL: the summary says it */
	int words_min, words_max;
	unsigned int need;                 /* enum verb_need */
	const struct verb_option *options; /* NULL: none of its own */
	/* Results on stdout, complaints on stderr. */
	enum cachectl_exit (*run)(const struct cachectl *ctl, const struct verb_args *args);
};

extern const struct verb verb_status, verb_stats, verb_lookup, verb_dump, verb_verify, verb_top;
extern const struct verb verb_preload, verb_flush, verb_explain, verb_fetch, verb_reload;

/* All of them, in the order of the help; ends with NULL. */
extern const struct verb *const verbs[];

const struct verb *verb_find(const char *name);

/* What every verb takes, by place. */
enum {
	OPTION_JSON,
	OPTION_PIN_DIR,
	OPTION_SOCKET,
	OPTION_HELP,
	OPTION_VERSION,
	OPTIONS_GENERAL,
};

extern const struct verb_option verb_options_general[];

/* The program's help, and one verb's. */
void verbs_print_help(FILE *out);
void verb_print_help(const struct verb *verb, FILE *out);

#endif
