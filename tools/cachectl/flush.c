/* SPDX-License-Identifier: BSD-2-Clause */
/* `flush`: records out of the table and the resolver's cache. */
#include <stdio.h>

#include "command.h"
#include "complain.h"
#include "dns/name.h"
#include "present.h"
#include "util/cleanup.h"
#include "verbs.h"

enum {
	FLUSH_ZONE,
	FLUSH_ALL,
};

static const struct verb_option options[] = {
	[FLUSH_ZONE] = {"zone", 0, "ZONE", "the name, and all names below it"},
	[FLUSH_ALL] = {"all", 0, NULL, "everything"},
	{NULL, 0, NULL, NULL},
};

static enum cachectl_exit misused(const struct cachectl *ctl, const char *problem)
{
	complain(ctl->output, "%s", problem);
	fputs("Try 'runbound-cachectl flush --help'.\n", stderr);
	return EXIT_USAGE;
}

/* In the one way in which the daemon reads names, whatever was typed. */
static enum cachectl_exit name_check(const struct cachectl *ctl, const char *text, char *name)
{
	uint8_t wire[RB_NAME_MAX];
	int len = rb_name_from_text(text, wire);

	if (len < 0) {
		complain(ctl->output, "'%s' is no domain name", text);
		return EXIT_USAGE;
	}
	rb_name_to_text(wire, (size_t)len, name);
	return EXIT_OK;
}

/* command: has room for two names. */
static enum cachectl_exit command_make(const struct cachectl *ctl, const struct verb_args *args,
				       char *command, size_t room)
{
	const char *zone = args->options[FLUSH_ZONE];
	char name[RB_NAME_TEXT_MAX];
	_cleanup_free_ char *type = NULL;
	enum cachectl_exit result;
	uint16_t number;

	if (!!zone + !!args->options[FLUSH_ALL] + (args->count > 0) != 1)
		return misused(ctl, "flush what? One of NAME, --zone ZONE, --all");
	if (args->options[FLUSH_ALL]) {
		snprintf(command, room, "flush_all");
		return EXIT_OK;
	}
	result = name_check(ctl, zone ? zone : args->words[0], name);
	if (result != EXIT_OK)
		return result;
	if (args->count < 2) {
		snprintf(command, room, "%s %s", zone ? "flush_zone" : "flush", name);
		return EXIT_OK;
	}
	if (present_type_from_text(args->words[1], &number))
		return misused(ctl, "that is no record type");
	type = present_type(number);
	snprintf(command, room, "flush_type %s %s", name, type ? type : args->words[1]);
	return EXIT_OK;
}

static enum cachectl_exit run(const struct cachectl *ctl, const struct verb_args *args)
{
	char command[2 * RB_NAME_TEXT_MAX];
	enum cachectl_exit result = command_make(ctl, args, command, sizeof(command));

	return result == EXIT_OK ? command_run(ctl, command) : result;
}

const struct verb verb_flush = {
	.name = "flush",
	.words = "[NAME [TYPE]]",
	.summary = "forget a name, a zone or everything",
	.help = "Without a type every type of the name is forgotten. What was forgotten is resolved\n"
		"anew when it is asked for, past all caches.\n",
	.words_max = 2,
	.need = NEED_DAEMON,
	.options = options,
	.run = run,
};
