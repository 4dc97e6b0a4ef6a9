/* SPDX-License-Identifier: BSD-2-Clause */
/* Options as the operator reads and sets them while we run. */
#include "control/unbound/options.h"

#include <inttypes.h>
#include <string.h>

#include "config/directives.h"
#include "control/unbound/words.h"
#include "control/unbound/zones.h"
#include "util/log.h"

/* The field of struct rb_config that the table names. */
static void field_print(const struct rb_config *config, const struct rb_directive *directive,
			FILE *out)
{
	const char *field = (const char *)config + directive->offset;
	uint64_t number = 0;
	uint32_t word;
	uint16_t half;

	switch (directive->kinds[0]) {
	case RB_VALUE_YESNO:
		fprintf(out, "%s\n", *(const bool *)field ? "yes" : "no");
		return;
	case RB_VALUE_NUMBER:
	case RB_VALUE_SIZE:
		break;
	default:
		fprintf(out, "%s\n", *(char *const *)field ? *(char *const *)field : "");
		return;
	}
	if (directive->width == sizeof(half)) {
		memcpy(&half, field, sizeof(half));
		number = half;
	} else if (directive->width == sizeof(word)) {
		memcpy(&word, field, sizeof(word));
		number = word;
	} else {
		memcpy(&number, field, sizeof(number));
	}
	fprintf(out, "%" PRIu64 "\n", number);
}

void rb_option_print(const struct rb_config *config, const char *name, FILE *out)
{
	char stem[64];
	const struct rb_directive *directive;

	snprintf(stem, sizeof(stem), "%.*s", (int)strcspn(name, ":"), name);
	directive = rb_directive_find(rb_clause_find("server"), stem);
	if (!directive)
		directive = rb_directive_find(rb_clause_find("remote-control"), stem);
	if (!directive)
		fputs("error unknown option\n", out);
	else if (directive->width)
		field_print(config, directive, out);
	else if (!rb_zones_print_values(config, stem, out))
		fprintf(out,
			"error get_option: '%s' is not known here: the file does not set it, or it "
			"is no single value\n",
			stem);
}

void rb_option_set_verbosity(const char *number, FILE *out)
{
	uint64_t verbosity;

	if (!rb_value_number(number, 0, INT32_MAX, &verbosity)) {
		fprintf(out, "error in verbosity number syntax: '%s'\n", number);
		return;
	}
	rb_log_set_verbosity((unsigned int)verbosity);
	fputs("ok\n", out);
}

void rb_option_set(const struct rb_control_view *view, char *words, FILE *out)
{
	const char *name = rb_word_next(&words), *value = rb_word_next(&words);

	if (!strcmp(name, "verbosity:")) {
		rb_option_set_verbosity(value, out);
		return;
	}
	fprintf(out,
		"error set_option: only 'verbosity:' is set while runbound runs; write '%s %s' "
		"into %s and use reload\n",
		name, value,
		view->config->file_count ? view->config->files[0] : "the configuration");
}
