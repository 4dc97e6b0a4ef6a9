/* SPDX-License-Identifier: BSD-2-Clause */
/* `fetch`: the daemon looks whether there is something newer of what it fetches. */
#include <stdio.h>

#include "command.h"
#include "verbs.h"

#define COMMAND_MAX 320

static enum cachectl_exit run(const struct cachectl *ctl, const struct verb_args *args)
{
	char command[COMMAND_MAX];

	snprintf(command, sizeof(command), "fetch%s%s", args->count ? " " : "",
		 args->count ? args->words[0] : "");
	return command_run(ctl, command);
}

const struct verb verb_fetch = {
	.name = "fetch",
	.words = "[NAME]",
	.summary = "have a list fetched now that has a url:, or all",
	.help = "It is asked for within a second or so, whatever its refresh: says; `status` and the\n"
		"log tell what came of it.\n",
	.words_min = 0,
	.words_max = 1,
	.need = NEED_DAEMON,
	.run = run,
};
