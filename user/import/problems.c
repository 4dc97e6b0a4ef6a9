/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines that were skipped, and why. */
#include "import/problems.h"

#include <stdarg.h>
#include <stdlib.h>

#define LISTED_MAX 100 /* nobody reads more; the rest is counted */

static const struct {
	const char *name, *text;
} reasons[] = {
#define X(id, name, text) [RB_IMPORT_##id] = {name, text},
	RB_IMPORT_REASONS(X)
#undef X
};

void rb_import_problem(struct rb_import_problems *problems, unsigned long line,
		       enum rb_import_reason reason, const char *detail, ...)
{
	struct rb_import_problem problem = {.line = line, .reason = reason};
	va_list args;

	problems->counts[reason]++;
	problems->total++;
	if (problems->listed == LISTED_MAX)
		return;
	if (!problems->list)
		problems->list = calloc(LISTED_MAX, sizeof(*problems->list));
	if (!problems->list)
		return;
	if (detail) {
		va_start(args, detail);
		if (vasprintf(&problem.detail, detail, args) < 0)
			problem.detail = NULL;
		va_end(args);
	}
	problems->list[problems->listed++] = problem;
}

void rb_import_problems_print(const struct rb_import_problems *problems, FILE *out)
{
	size_t i;

	for (i = 0; i < problems->listed; i++) {
		const struct rb_import_problem *problem = &problems->list[i];

		fprintf(out, "%s:%lu: %s%s%s\n", problems->source, problem->line,
			rb_import_reason_text(problem->reason), problem->detail ? ": " : "",
			problem->detail ? problem->detail : "");
	}
	if (problems->total > problems->listed)
		fprintf(out, "%s: and %lu more\n", problems->source,
			problems->total - problems->listed);
}

void rb_import_problems_free(struct rb_import_problems *problems)
{
	size_t i;

	for (i = 0; i < problems->listed; i++)
		free(problems->list[i].detail);
	free(problems->list);
}

const char *rb_import_reason_name(enum rb_import_reason reason)
{
	return reasons[reason].name;
}

const char *rb_import_reason_text(enum rb_import_reason reason)
{
	return reasons[reason].text;
}
