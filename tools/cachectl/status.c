/* SPDX-License-Identifier: BSD-2-Clause */
/* `status`: what the daemon is doing. */
#include <stdio.h>
#include <string.h>

#include "cachectl.h"
#include "command.h"
#include "daemon.h"
#include "util/json.h"
#include "util/cleanup.h"
#include "verbs.h"

/* Of which there may be any number, so that they are lists, however many there are. */
static const struct {
	const char *name;
	int has_words; /* name=value, which make an object */
} lists[] = {{"listen", 0}, {"interface", 1}, {"queue", 1}, {"pin", 0}};

static int is_list(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lists); i++)
		if (!strcmp(name, lists[i].name))
			return 1;
	return 0;
}

static int is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

static void print_value(const char *value)
{
	if (is_number(value))
		fputs(value, stdout);
	else
		rb_json_string(stdout, value);
}

/* Changes the words. */
static void print_words(char *words)
{
	char *word, *value;
	int first = 1;

	putchar('{');
	while (words) {
		/* A reason is prose, and the last. */
		word = strncmp(words, "reason=", strlen("reason=")) != 0 ? strsep(&words, " ")
									 : words;
		if (word == words)
			words = NULL;
		value = strchr(word, '=');
		if (!value)
			continue;
		*value++ = '\0';
		rb_json_comma(stdout, &first);
		rb_json_string(stdout, word);
		putchar(':');
		print_value(value);
	}
	putchar('}');
}

static void print_list(const struct daemon_answer *answer, size_t list)
{
	int first = 1;
	size_t i;

	printf(",\"%s\":[", lists[list].name);
	for (i = 0; i < answer->count; i++) {
		if (strcmp(answer->lines[i].name, lists[list].name) != 0)
			continue;
		rb_json_comma(stdout, &first);
		if (lists[list].has_words)
			print_words(answer->lines[i].value);
		else
			rb_json_string(stdout, answer->lines[i].value);
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
		rb_json_comma(stdout, &first);
		rb_json_string(stdout, answer->lines[i].name);
		putchar(':');
		print_value(answer->lines[i].value);
	}
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		print_list(answer, i);
	puts("}");
}

static enum cachectl_exit run(const struct cachectl *ctl, const struct verb_args *args)
{
	struct daemon_answer answer;
	size_t i;
	int err;

	(void)args;
	err = daemon_ask(ctl->socket, "status", ':', &answer);
	if (err)
		return command_unheard(ctl, err);
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
