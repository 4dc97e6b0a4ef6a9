/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the row of a command, and has it executed. */
#include "control/command.h"

#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

static const struct rb_command *row_find(const struct rb_command_sets *sets, const char *name)
{
	for (size_t s = 0; s < RB_COMMAND_SETS_MAX && sets->sets[s]; s++)
		for (size_t i = 0; i < sets->sets[s]->count; i++)
			if (!strcmp(sets->sets[s]->rows[i].name, name))
				return &sets->sets[s]->rows[i];
	return NULL;
}

/* NULL: it does not begin with the greeting. */
static char *name_cut(char *line, char **ret_words)
{
	size_t greeting = strlen(RB_CONTROL_GREETING), len;
	char *name;

	if (strncmp(line, RB_CONTROL_GREETING, greeting) != 0)
		return NULL;
	name = line + greeting;
	name += strspn(name, " \t");
	len = strcspn(name, " \t");
	*ret_words = name + len + strspn(name + len, " \t");
	name[len] = '\0';
	return name;
}

static bool has_too_many_words(const struct rb_command_call *call)
{
	if (!call->command->is_bare || !*call->words)
		return false;
	fprintf(call->out, "error %s takes no further words\n", call->command->name);
	return true;
}

static void unknown_say(const struct rb_command_sets *sets, const char *name, FILE *out)
{
	const char *before = ", known are ";

	fprintf(out, "error unknown command '%s'", name);
	for (size_t s = 0; sets->dialect == RB_DIALECT_OWN && sets->sets[s]; s++)
		for (size_t i = 0; i < sets->sets[s]->count; i++) {
			fprintf(out, "%s%s", before, sets->sets[s]->rows[i].name);
			before = ", ";
		}
	fputc('\n', out);
}

void rb_command_answer(const struct rb_command_sets *sets, const char *line, FILE *out,
		       const struct rb_control_view *view)
{
	struct rb_command_call call = {.view = view, .dialect = sets->dialect, .out = out};
	_cleanup_free_ char *copy = strdup(line);
	const char *name;

	if (!copy) {
		fputs("error out of memory\n", out);
		return;
	}
	name = name_cut(copy, &call.words);
	if (!name) {
		fputs("error expected UBCT1 and a command\n", out);
		return;
	}
	call.command = row_find(sets, name);
	if (!call.command)
		unknown_say(sets, name, out);
	else if (call.command->refusal)
		fprintf(out, "error %s: not supported: %s\n", name, call.command->refusal);
	else if (!call.command->print)
		fprintf(out, "error %s: there is no connection or memory for it\n", name);
	else if (!has_too_many_words(&call))
		call.command->print(&call);
}

bool rb_command_take(const struct rb_command_sets *sets, const struct rb_clients_upload *upload,
		     FILE *out, const struct rb_control_view *view)
{
	struct rb_command_call call = {
		.view = view, .dialect = sets->dialect, .out = out, .upload = upload};
	_cleanup_free_ char *copy = strdup(upload->line);
	const char *name = copy ? name_cut(copy, &call.words) : NULL;

	call.command = name ? row_find(sets, name) : NULL;
	return call.command && call.command->take && !has_too_many_words(&call) &&
	       call.command->take(&call);
}
