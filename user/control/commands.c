/* SPDX-License-Identifier: BSD-2-Clause */
/* Which command is meant. */
#include "control/commands.h"

#include <string.h>
#include <unistd.h>

#include "control/asked.h"
#include "control/explain.h"
#include "control/fetched.h"
#include "control/stats.h"
#include "control/status.h"
#include "control/table_commands.h"
#include "control/view.h"
#include "util/cleanup.h"

static const struct {
	const char *name;
	void (*run)(const struct rb_control_view *view, FILE *out);
} commands[] = {
	{"status", rb_status_print},
	/* Nothing is ever set back to zero, so that two who ask do not disturb each other. */
	{"stats", rb_stats_print},
	{"stats_noreset", rb_stats_print},
};

void rb_command_run(const char *line, FILE *out, const void *view)
{
	const char *command;
	size_t greeting = strlen(RB_CONTROL_GREETING), len, i;

	if (strncmp(line, RB_CONTROL_GREETING, greeting) != 0) {
		fputs("error expected UBCT1 and a command\n", out);
		return;
	}
	command = line + greeting;
	command += strspn(command, " ");
	len = strcspn(command, " ");
	if (len == strlen("explain") && !strncmp(command, "explain", len)) {
		_cleanup_free_ char *words = strdup(command + len);

		if (words)
			rb_explain(((const struct rb_control_view *)view)->config, words, out);
		else
			fputs("error out of memory\n", out);
		return;
	}
	if (len == strlen("fetch") && !strncmp(command, "fetch", len)) {
		rb_fetched_again(view, command + len, out);
		return;
	}
	if (len == strlen("asked") && !strncmp(command, "asked", len)) {
		rb_asked_print(view, command + len, out);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strlen(commands[i].name) != len || strncmp(commands[i].name, command, len) != 0)
			continue;
		if (command[len + strspn(command + len, " ")])
			fprintf(out, "error %s takes no further words\n", commands[i].name);
		else
			commands[i].run(view, out);
		return;
	}
	fprintf(out,
		"error unknown command '%.*s', known are status, stats, asked, reload, explain, fetch, "
		"preload, "
		"flush, flush_type, flush_zone and flush_all\n",
		(int)len, command);
}

/* The cache is kept by both, as far as answers stay the same. */
static bool is_reload(const char *word, size_t len)
{
	static const char *const names[] = {"reload", "reload_keep_cache", "fast_reload"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == len && !strncmp(names[i], word, len))
			return true;
	return false;
}

bool rb_reload_ask(const struct rb_clients_upload *upload, FILE *out,
		   const struct rb_control_view *view)
{
	int err = view->reload(view->context, upload->fd);

	if (err)
		fprintf(out, "error %s\n", strerror(-err));
	else
		close(upload->fd);
	return !err;
}

bool rb_reload_take(const struct rb_clients_upload *upload, FILE *out,
		    const struct rb_control_view *view)
{
	const char *words = upload->line + strlen(RB_CONTROL_GREETING);
	size_t len;

	if (strncmp(upload->line, RB_CONTROL_GREETING, strlen(RB_CONTROL_GREETING)) != 0)
		return false;
	words += strspn(words, " ");
	len = strcspn(words, " ");
	if (!is_reload(words, len))
		return false;
	/* No answer waits for it, whatever the flags of fast_reload say. */
	if (words[len + strspn(words + len, " +pvdn")]) {
		fprintf(out, "error %.*s takes no further words\n", (int)len, words);
		return false;
	}
	return rb_reload_ask(upload, out, view);
}

bool rb_command_take(const struct rb_clients_upload *upload, FILE *out, const void *view)
{
	return rb_reload_take(upload, out, view) || rb_store_take(upload, RB_STORE_OWN, out, view);
}
