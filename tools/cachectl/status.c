/* SPDX-License-Identifier: BSD-2-Clause */
/* `status`: what the daemon is doing. */
#include <stdio.h>
#include <string.h>

#include "cachectl.h"
#include "daemon.h"
#include "json.h"
#include "verbs.h"

/* Of which there may be any number: lists, however many there are. */
static int is_list(const char *name)
{
	return !strcmp(name, "listen") || !strcmp(name, "interface");
}

static void print_list(const struct daemon_answer *answer, const char *name)
{
	int first = 1;
	size_t i;

	printf(",\"%s\":[", name);
	for (i = 0; i < answer->count; i++) {
		if (strcmp(answer->lines[i].name, name) != 0)
			continue;
		json_comma(stdout, &first);
		json_string(stdout, answer->lines[i].value);
	}
	putchar(']');
}

static void print_json(const struct daemon_answer *answer)
{
	int first = 1;
	size_t i;

	putchar('{');
	for (i = 0; i < answer->count; i++) {
		if (is_list(answer->lines[i].name))
			continue;
		json_comma(stdout, &first);
		json_string(stdout, answer->lines[i].name);
		putchar(':');
		json_string(stdout, answer->lines[i].value);
	}
	print_list(answer, "listen");
	print_list(answer, "interface");
	puts("}");
}

static enum cachectl_exit run(const struct cachectl *ctl, const struct verb_args *args)
{
	struct daemon_answer answer;
	size_t i;
	int err;

	(void)args;
	err = daemon_ask(ctl->socket, "status", ':', &answer);
	if (err) {
		fprintf(stderr, "runbound-cachectl: %s: no daemon answers there (%s)\n",
			ctl->socket, strerror(-err));
		return EXIT_NO_DAEMON;
	}
	if (ctl->output == OUTPUT_JSON)
		print_json(&answer);
	else
		for (i = 0; i < answer.count; i++)
			printf("%s: %s\n", answer.lines[i].name, answer.lines[i].value);
	daemon_answer_free(&answer);
	return EXIT_OK;
}

const struct verb verb_status = {
	.name = "status",
	.summary = "what the daemon is doing: interfaces, programs, table",
	.need = NEED_DAEMON,
	.run = run,
};
