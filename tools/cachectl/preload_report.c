/* SPDX-License-Identifier: BSD-2-Clause */
/* The summary of a preload. */
#include "preload_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "util/json.h"
#include "util/cleanup.h"
#include "util/text.h"

static void print_problems_text(const struct rb_import_problems *problems)
{
	unsigned int reason;

	rb_import_problems_print(problems, stderr);
	for (reason = 0; reason < RB_IMPORT_REASON_COUNT; reason++)
		if (problems->counts[reason])
			printf("  %-24lu %s\n", problems->counts[reason],
			       rb_import_reason_text(reason));
}

static void print_problems_json(const struct rb_import_problems *problems)
{
	unsigned int reason;
	int first = 1;
	size_t i;

	printf(",\"skipped\":%lu,\"reasons\":{", problems->total);
	for (reason = 0; reason < RB_IMPORT_REASON_COUNT; reason++) {
		if (!problems->counts[reason])
			continue;
		rb_json_comma(stdout, &first);
		printf("\"%s\":%lu", rb_import_reason_name(reason), problems->counts[reason]);
	}
	fputs("},\"problems\":[", stdout);
	for (i = 0, first = 1; i < problems->listed; i++) {
		const struct rb_import_problem *problem = &problems->list[i];

		rb_json_comma(stdout, &first);
		printf("{\"line\":%lu,\"reason\":\"%s\"", problem->line,
		       rb_import_reason_name(problem->reason));
		if (problem->detail) {
			fputs(",\"detail\":", stdout);
			rb_json_string(stdout, problem->detail);
		}
		putchar('}');
	}
	putchar(']');
}

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

/*
 * A line "name: value" of the daemon's. Whether it tells of records that it did not take: then the
 * work is not done as was asked.
 */
static bool line_tells_loss(const char *name, const char *value)
{
	static const char *const losses[] = {"refused", "expired", "too-large", "not-pinned"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(losses); i++)
		if (!strcmp(name, losses[i]) && strcmp(value, "0") != 0)
			return true;
	return false;
}

/* The next line that has a name and a value; NULL: no more. */
static char *line_next(char **rest, char **ret_value)
{
	char *line, *value;

	while ((line = strsep(rest, "\n"))) {
		value = strchr(line, ':');
		if (!value)
			continue;
		*value++ = '\0';
		*ret_value = value + strspn(value, " ");
		return line;
	}
	return NULL;
}

/* Of what came to nothing there is nothing to tell, but of what was loaded. */
static bool print_daemon_text(char *answer)
{
	char *name, *value;
	bool loss = false;

	while ((name = line_next(&answer, &value))) {
		loss |= line_tells_loss(name, value);
		if (!strcmp(name, "problem"))
			fprintf(stderr, "runbound: %s\n", value);
		else if (!strcmp(name, "loaded") || strcmp(value, "0") != 0)
			printf("%s: %s\n", name, value);
	}
	return loss;
}

/* Lines may come many times only if they tell of a problem: those become a list. */
static bool print_daemon_json(char *answer)
{
	_cleanup_free_ char *list = NULL;
	struct rb_text *memory;
	FILE *problems = NULL;
	size_t list_len;
	char *name, *value;
	int first = 1, first_problem = 1;
	bool loss = false;

	(void)rb_text_open(&memory, &problems);
	fputs(",\"daemon\":{", stdout);
	while ((name = line_next(&answer, &value))) {
		loss |= line_tells_loss(name, value);
		if (!strcmp(name, "problem") && problems) {
			rb_json_comma(problems, &first_problem);
			rb_json_string(problems, value);
			continue;
		}
		rb_json_comma(stdout, &first);
		rb_json_string(stdout, name);
		putchar(':');
		if (is_number(value))
			fputs(value, stdout);
		else
			rb_json_string(stdout, value);
	}
	if (problems)
		(void)rb_text_close(memory, &list, &list_len);
	printf("},\"daemon_problems\":[%s]", list ? list : "");
	return loss;
}

enum cachectl_exit preload_report_answers(const struct cachectl *ctl, enum rb_import_format format,
					  const struct rb_import_problems *problems, uint64_t sent,
					  char *answer)
{
	const char *error = command_error(answer);
	bool loss = false;

	if (ctl->output == OUTPUT_JSON) {
		printf("{\"format\":\"%s\",\"sent\":%" PRIu64, rb_import_format_name(format), sent);
		print_problems_json(problems);
		if (error) {
			fputs(",\"error\":", stdout);
			answer[strcspn(answer, "\n")] = '\0';
			rb_json_string(stdout, error);
		} else {
			loss = print_daemon_json(answer);
		}
		puts("}");
	} else {
		printf("%s: %" PRIu64 " answers sent, %lu skipped\n", problems->source, sent,
		       problems->total);
		print_problems_text(problems);
		if (error)
			fprintf(stderr, "runbound-cachectl: the daemon says: %s", error);
		else
			loss = print_daemon_text(answer);
	}
	if (error)
		return EXIT_REFUSED;
	return loss || problems->total ? EXIT_NOT_FOUND : EXIT_OK;
}

enum cachectl_exit preload_report_strict(const struct cachectl *ctl, enum rb_import_format format,
					 const struct rb_import_problems *problems)
{
	if (ctl->output == OUTPUT_JSON) {
		printf("{\"format\":\"%s\",\"sent\":0", rb_import_format_name(format));
		print_problems_json(problems);
		puts("}");
	} else {
		print_problems_text(problems);
		fprintf(stderr, "runbound-cachectl: %s: nothing loaded, as --strict asks\n",
			problems->source);
	}
	return EXIT_NOT_FOUND;
}

enum cachectl_exit preload_report_check(const struct cachectl *ctl, enum rb_import_format format,
					const struct rb_import_problems *problems, uint64_t answers)
{
	if (ctl->output == OUTPUT_JSON) {
		printf("{\"format\":\"%s\",\"answers\":%" PRIu64, rb_import_format_name(format),
		       answers);
		print_problems_json(problems);
		puts("}");
	} else {
		printf("%s: %s, %" PRIu64 " %s, %lu skipped\n", problems->source,
		       rb_import_format_name(format), answers,
		       format == RB_IMPORT_NAMES ? "questions" : "answers", problems->total);
		print_problems_text(problems);
	}
	return problems->total ? EXIT_NOT_FOUND : EXIT_OK;
}

enum cachectl_exit preload_report_names(const struct cachectl *ctl,
					const struct rb_import_problems *problems,
					const struct resolve_result *result)
{
	if (ctl->output == OUTPUT_JSON) {
		printf("{\"format\":\"names\",\"resolved\":%" PRIu64 ",\"negative\":%" PRIu64
		       ",\"failed\":%" PRIu64 ",\"retries\":%" PRIu64 ",\"truncated\":%" PRIu64,
		       result->resolved, result->negative, result->failed, result->retries,
		       result->truncated);
		print_problems_json(problems);
		puts("}");
	} else {
		printf("%s: %" PRIu64 " resolved, of these %" PRIu64 " without data, %" PRIu64
		       " failed\n",
		       problems->source, result->resolved, result->negative, result->failed);
		print_problems_text(problems);
	}
	return problems->total ? EXIT_NOT_FOUND : EXIT_OK;
}
