/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands of the control socket. */
#include "control/commands.h"

#include <string.h>
#include <unistd.h>

#include "control/asked.h"
#include "control/explain.h"
#include "control/fetched.h"
#include "control/stats.h"
#include "control/status.h"
#include "control/table_commands.h"
#include "util/cleanup.h"

static void status(struct rb_command_call *call)
{
	rb_status_print(call->view, call->out);
}

/* Counters are never reset, so that two readers do not disturb each other. */
static void stats(struct rb_command_call *call)
{
	rb_stats_print(call->view, call->out);
}

static void asked(struct rb_command_call *call)
{
	rb_asked_print(call->view, call->words, call->out);
}

static void explain(struct rb_command_call *call)
{
	rb_explain(call->view->config, call->words, call->out);
}

static void fetch(struct rb_command_call *call)
{
	rb_fetched_again(call->view, call->words, call->out);
}

static const struct rb_command rows[] = {
	{"status", .print = status, .is_bare = true},
	{"stats", .print = stats, .is_bare = true},
	{"stats_noreset", .print = stats, .is_bare = true},
	{"asked", .print = asked},
	{"explain", .print = explain},
	{"fetch", .print = fetch},
};

static const struct rb_command_set commands = RB_COMMAND_SET(rows);

static const struct rb_command_sets own = {
	RB_DIALECT_OWN,
	{&commands, &rb_reload_commands, &rb_table_commands},
};

void rb_own_answer(const char *line, FILE *out, const void *view)
{
	rb_command_answer(&own, line, out, view);
}

bool rb_own_take(const struct rb_clients_upload *upload, FILE *out, const void *view)
{
	return rb_command_take(&own, upload, out, view);
}

bool rb_reload_ask(const struct rb_command_call *call, bool keeps)
{
	int err = call->view->reload(call->view->context, keeps, call->upload->fd);

	if (err)
		fprintf(call->out, "error %s\n", strerror(-err));
	else
		close(call->upload->fd);
	return !err;
}

/* No answer waits for it, whatever the flags of fast_reload say. */
static bool reload(struct rb_command_call *call)
{
	if (!call->words[strspn(call->words, " +pvdn")])
		return rb_reload_ask(call, false);
	fprintf(call->out, "error %s takes no further words\n", call->command->name);
	return false;
}

/* All of them keep the cache, as far as answers stay the same. */
static const struct rb_command reloads[] = {
	{"reload", .take = reload},
	{"reload_keep_cache", .take = reload},
	{"fast_reload", .take = reload},
};

const struct rb_command_set rb_reload_commands = RB_COMMAND_SET(reloads);
