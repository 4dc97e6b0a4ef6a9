/* SPDX-License-Identifier: BSD-2-Clause */
/* `explain`: which rule decides on a name, and what the answer will be. */
#include <stdio.h>

#include "command.h"
#include "complain.h"
#include "dns/name.h"
#include "present.h"
#include "util/cleanup.h"
#include "verbs.h"

#define CLIENT_MAX 64

enum {
	EXPLAIN_CLIENT,
};

static const struct verb_option options[] = {
	[EXPLAIN_CLIENT] = {"client", 'c', "ADDRESS",
			    "as for this client; without it, as for one of\n"
			    "whom the configuration says nothing"},
	{NULL, 0, NULL, NULL},
};

static enum cachectl_exit run(const struct cachectl *ctl, const struct verb_args *args)
{
	const char *client = args->options[EXPLAIN_CLIENT] ?: "";
	char command[2 * RB_NAME_TEXT_MAX + CLIENT_MAX], name[RB_NAME_TEXT_MAX];
	_cleanup_free_ char *type = NULL;
	uint8_t wire[RB_NAME_MAX];
	int len = rb_name_from_text(args->words[0], wire);
	uint16_t number = 1;

	if (len < 0) {
		complain(ctl->output, "'%s' is no domain name", args->words[0]);
		return EXIT_USAGE;
	}
	if (args->count > 1 && present_type_from_text(args->words[1], &number)) {
		complain(ctl->output, "'%s' is no record type", args->words[1]);
		return EXIT_USAGE;
	}
	rb_name_to_text(wire, (size_t)len, name);
	type = present_type(number);
	snprintf(command, sizeof(command), "explain %s %s %.*s", name, type ?: "A", CLIENT_MAX - 1,
		 client);
	return command_run(ctl, command);
}

const struct verb verb_explain = {
	.name = "explain",
	.words = "NAME [TYPE]",
	.summary = "which rule decides on a name, and what is answered",
	.help = "Local zones and data, views and tags, response policy zones and blocklists are\n"
		"asked as for a query (of type A, where none is given); the line that decides is\n"
		"named, with its file. Nothing is resolved.\n",
	.words_min = 1,
	.words_max = 2,
	.need = NEED_DAEMON,
	.options = options,
	.run = run,
};
