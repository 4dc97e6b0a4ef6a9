/* SPDX-License-Identifier: BSD-2-Clause */
/* `preload`: answers, or names to be resolved, from a file into the table. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "import/names.h"
#include "preload_report.h"
#include "progress.h"
#include "resolve.h"
#include "upload.h"
#include "util/cleanup.h"
#include "verbs.h"

enum {
	PRELOAD_FORMAT,
	PRELOAD_ORIGIN,
	PRELOAD_PIN,
	PRELOAD_TRUST,
	PRELOAD_STRICT,
	PRELOAD_CHECK,
	PRELOAD_RESOLVE,
	PRELOAD_SERVER,
	PRELOAD_IN_FLIGHT,
};

static const struct verb_option options[] = {
	[PRELOAD_FORMAT] = {"format", 0, "FORMAT",
			    "zone, dump_cache (unbound-control's), dump (our own) or\n"
			    "names; else it is found out"},
	[PRELOAD_ORIGIN] = {"origin", 0, "NAME",
			    "what relative names are relative to, and the zone\n"
			    "out of which no name may lead"},
	[PRELOAD_PIN] = {"pin", 0, NULL, "what is loaded does not give way to other records"},
	[PRELOAD_TRUST] = {"trust", 0, NULL,
			   "you vouch for FILE: load what the daemon would\n"
			   "validate, too"},
	[PRELOAD_STRICT] = {"strict", 0, NULL, "load nothing if anything is wrong with FILE"},
	[PRELOAD_CHECK] = {"check", 0, NULL, "only say what is wrong with FILE"},
	[PRELOAD_RESOLVE] = {"resolve", 0, NULL, "FILE has names; have the daemon resolve them"},
	[PRELOAD_SERVER] = {"server", 0, "IP[@PORT]",
			    "where to ask, with --resolve; else an address that the\n"
			    "daemon says it serves"},
	[PRELOAD_IN_FLIGHT] = {"in-flight", 0, "N", "with --resolve: questions at a time (100)"},
	{NULL, 0, NULL, NULL},
};

static enum cachectl_exit misused(const struct cachectl *ctl, const char *about,
				  const char *problem)
{
	complain(ctl->output, "%s: %s", about, problem);
	return EXIT_USAGE;
}

struct preload {
	const struct cachectl *ctl;
	const struct verb_args *args;
	enum rb_import_format format;
	struct rb_import_text text;
	struct rb_import_problems problems;
};

static bool has(const struct preload *preload, unsigned int option)
{
	return preload->args->options[option];
}

static int put_nowhere(const struct rb_store_record *record, void *context)
{
	(void)record;
	(*(uint64_t *)context)++;
	return 0;
}

/* All that can be wrong with the input, found without a daemon. */
static int rehearse(struct preload *preload, struct rb_import_input *input, uint64_t *ret_answers)
{
	const struct rb_import_sink sink = {put_nowhere, ret_answers};

	*ret_answers = 0;
	return rb_import_input_put(input, preload->ctl->now_ns, &preload->problems, &sink);
}

static enum cachectl_exit answers_send(struct preload *preload, struct rb_import_input *input)
{
	const struct upload_opts opts = {
		.pinned = has(preload, PRELOAD_PIN),
		.trusted = has(preload, PRELOAD_TRUST),
	};
	struct upload_result result = {};
	enum cachectl_exit exit;
	int err = upload(preload->ctl, input, &opts, &preload->problems, &result);

	if (err)
		return command_unheard(preload->ctl, err);
	exit = preload_report_answers(preload->ctl, preload->format, &preload->problems,
				      result.sent, result.answer);
	free(result.answer);
	return exit;
}

static enum cachectl_exit answers_load(struct preload *preload)
{
	_cleanup_(rb_import_input_closep) struct rb_import_input *input = NULL;
	uint64_t answers;
	int err = rb_import_input_open(preload->format, preload->args->options[PRELOAD_ORIGIN],
				       &preload->text, &preload->problems, &input);

	if (err == -EINVAL)
		return misused(preload->ctl, preload->args->options[PRELOAD_ORIGIN],
			       "no domain name");
	if (!err && (has(preload, PRELOAD_STRICT) || has(preload, PRELOAD_CHECK)))
		err = rehearse(preload, input, &answers);
	if (err) {
		misused(preload->ctl, preload->problems.source, strerror(-err));
		return EXIT_NO_TABLE;
	}
	if (has(preload, PRELOAD_CHECK))
		return preload_report_check(preload->ctl, preload->format, &preload->problems,
					    answers);
	if (has(preload, PRELOAD_STRICT) && preload->problems.total)
		return preload_report_strict(preload->ctl, preload->format, &preload->problems);
	return answers_send(preload, input);
}

static enum cachectl_exit names_load(struct preload *preload)
{
	const char *server = preload->args->options[PRELOAD_SERVER];
	const char *in_flight = preload->args->options[PRELOAD_IN_FLIGHT];
	struct resolve_result result = {};
	struct rb_import_names names;
	enum cachectl_exit exit;
	int err;

	if (!has(preload, PRELOAD_RESOLVE) && !has(preload, PRELOAD_CHECK))
		return misused(preload->ctl, preload->problems.source,
			       "names alone; add --resolve");
	err = rb_import_names_read(&preload->text, preload->args->options[PRELOAD_ORIGIN],
				   &preload->problems, &names);
	if (err == -EINVAL)
		return misused(preload->ctl, preload->args->options[PRELOAD_ORIGIN],
			       "no domain name");
	if (err) {
		misused(preload->ctl, preload->problems.source, strerror(-err));
		return EXIT_NO_TABLE;
	}
	if (has(preload, PRELOAD_CHECK))
		exit = preload_report_check(preload->ctl, preload->format, &preload->problems,
					    names.count);
	else if (has(preload, PRELOAD_STRICT) && preload->problems.total)
		exit = preload_report_strict(preload->ctl, preload->format, &preload->problems);
	else
		exit = resolve(preload->ctl, server, in_flight, &names, &preload->problems,
			       &result);
	if (exit == EXIT_OK && !has(preload, PRELOAD_CHECK))
		exit = preload_report_names(preload->ctl, &preload->problems, &result);
	rb_import_names_free(&names);
	return exit;
}

static void read_tell(size_t bytes, void *context)
{
	progress_reach(context, bytes);
}

/* A pipe may be slow. */
static int text_read(struct preload *preload, const char *path)
{
	struct progress progress;
	const struct rb_import_listener listener = {read_tell, &progress};
	int err;

	progress_begin(&progress, "bytes read:", 0);
	err = rb_import_text_read(path, &listener, &preload->text);
	progress_end(&progress);
	return err;
}

/* false: said why not. */
static bool format_find(struct preload *preload)
{
	const char *name = preload->args->options[PRELOAD_FORMAT];

	if (!name) {
		preload->format = has(preload, PRELOAD_RESOLVE)
					  ? RB_IMPORT_NAMES
					  : rb_import_format_guess(&preload->text);
		return true;
	}
	if (rb_import_format_parse(name, &preload->format)) {
		misused(preload->ctl, name, "none of zone, dump_cache, dump, names");
		return false;
	}
	if (has(preload, PRELOAD_RESOLVE) && preload->format != RB_IMPORT_NAMES) {
		misused(preload->ctl, name, "is not what --resolve reads");
		return false;
	}
	return true;
}

static enum cachectl_exit run(const struct cachectl *ctl, const struct verb_args *args)
{
	const char *path = args->words[0];
	struct preload preload = {
		.ctl = ctl,
		.args = args,
		.problems = {.source = strcmp(path, "-") ? path : "<stdin>"},
	};
	enum cachectl_exit exit;
	int err;

	if (!ctl->socket && !args->options[PRELOAD_CHECK])
		return misused(ctl, "preload", "which daemon, with --pin-dir? Give its --socket");
	if (args->options[PRELOAD_PIN] && args->options[PRELOAD_RESOLVE])
		return misused(ctl, "--pin", "what the daemon resolves it also replaces");
	err = text_read(&preload, path);
	if (err) {
		misused(ctl, preload.problems.source, strerror(-err));
		return EXIT_NO_TABLE;
	}
	if (!format_find(&preload))
		exit = EXIT_USAGE;
	else if (preload.format == RB_IMPORT_NAMES)
		exit = names_load(&preload);
	else
		exit = answers_load(&preload);
	rb_import_problems_free(&preload.problems);
	rb_import_text_free(&preload.text);
	return exit;
}

const struct verb verb_preload = {
	.name = "preload",
	.words = "FILE|-",
	.summary = "load records from a file, or resolve its names",
	.help = "FILE is a zone file, the output of 'unbound-control dump_cache' or of\n"
		"'runbound-cachectl dump', or a list of names (\"name\" or \"name type\" a line).\n"
		"What cannot be loaded is reported with its line, and left out: exit code 1.\n",
	.words_min = 1,
	.words_max = 1,
	.need = NEED_NOTHING,
	.options = options,
	.run = run,
};
