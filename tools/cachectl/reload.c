/* SPDX-License-Identifier: BSD-2-Clause */
/* `reload`: the daemon reads its configuration again. */
#include "command.h"
#include "verbs.h"

static enum cachectl_exit run(const struct cachectl *ctl, const struct verb_args *args)
{
	(void)args;
	return command_run(ctl, "reload");
}

const struct verb verb_reload = {
	.name = "reload",
	.summary = "have the daemon read its configuration again",
	.help = "What is wrong with a configuration is printed, and the daemon goes on with the one\n"
		"that it has: exit code 5.\n",
	.need = NEED_DAEMON,
	.run = run,
};
