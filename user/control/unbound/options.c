/* SPDX-License-Identifier: BSD-2-Clause */
/* Options that the operator reads and sets at run time. */
#include "control/unbound/options.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "config/directives.h"
#include "config/set_options.h"
#include "control/unbound/words.h"
#include "control/unbound/zones.h"
#include "util/cleanup.h"
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

/* libunbound's defaults, from 1.17 to 1.26. */
static const struct {
	const char *name, *value;
} defaults[] = {
	{"add-holddown", "2592000"},
	{"aggressive-nsec", "yes"},
	{"del-holddown", "2592000"},
	{"delay-close", "0"},
	{"disable-dnssec-lame-check", "no"},
	{"harden-algo-downgrade", "no"},
	{"harden-below-nxdomain", "yes"},
	{"harden-dnssec-stripped", "yes"},
	{"harden-glue", "yes"},
	{"harden-large-queries", "no"},
	{"harden-referral-path", "no"},
	{"harden-short-bufsize", "yes"},
	{"infra-cache-max-rtt", "120000"},
	{"infra-cache-min-rtt", "50"},
	{"infra-host-ttl", "900"},
	{"infra-keep-probing", "no"},
	{"keep-missing", "31622400"},
	{"prefer-ip4", "no"},
	{"prefer-ip6", "no"},
	{"prefetch-key", "no"},
	{"qname-minimisation-strict", "no"},
	{"ratelimit", "0"},
	{"target-fetch-policy", "3 2 1 0 0"},
	{"tcp-upstream", "no"},
	{"unwanted-reply-threshold", "0"},
	{"use-caps-for-id", "no"},
	{"val-bogus-ttl", "60"},
	{"val-clean-additional", "yes"},
	{"val-permissive-mode", "no"},
};

/* NULL: the default is not known. */
static const char *default_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		if (!strcmp(defaults[i].name, name))
			return defaults[i].value;
	return NULL;
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
	else if (!strcmp(stem, "statistics-interval"))
		fprintf(out, "%" PRIu32 "\n", config->statistics_interval_s);
	else if (rb_zones_print_values(config, stem, rb_set_options_find(stem) >= 0, out))
		return;
	else if (default_of(stem))
		fprintf(out, "%s\n", default_of(stem));
	else
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

/* Refuse an option that the keeper cannot set. */
static void refuse(const struct rb_control_view *view, const char *name, const char *value,
		   FILE *out)
{
	static const char *const clauses[] = {"server", "remote-control", "dnstap"};
	const struct rb_directive *directive = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(clauses) && !directive; i++)
		directive = rb_directive_find(rb_clause_find(clauses[i]), name);
	if (!directive)
		fprintf(out, "error set_option: unknown option '%s'\n", name);
	else if (directive->effect == RB_EFFECT_IGNORED || directive->effect == RB_EFFECT_REFUSED)
		fprintf(out, "error set_option: %s: not supported: %s\n", name, directive->note);
	else if (directive->effect == RB_EFFECT_NONE)
		fprintf(out, "error set_option: %s has no effect in runbound\n", name);
	else
		fprintf(out,
			"error set_option: %s is read from the file alone: write '%s: %s' into %s "
			"and use reload, or restart where reload says so\n",
			name, name, value,
			view->config->file_count ? view->config->files[0] : "the configuration");
}

/* What follows the name, without the blanks around it. */
static char *value_of(char *words)
{
	size_t len;

	words += strspn(words, " \t");
	len = strlen(words);
	while (len && strchr(" \t\n", words[len - 1]))
		len--;
	words[len] = '\0';
	return words;
}

/* Ask the keeper to set the option: true. If that is not possible, out says why: false. */
static bool set(const struct rb_control_view *view, char *name, const char *value, int client_fd,
		FILE *out)
{
	struct rb_set_options checked;
	size_t len = strlen(name);
	int number, err;

	if (len < 2 || name[len - 1] != ':' || !*value) {
		fputs("error set_option: expected NAME: VALUE\n", out);
		return false;
	}
	name[len - 1] = '\0';
	if (!strcmp(name, "verbosity")) {
		rb_option_set_verbosity(value, out);
		return false;
	}
	number = rb_set_options_find(name);
	if (number < 0) {
		refuse(view, name, value, out);
		return false;
	}
	if (!rb_set_options_put(&checked, (unsigned int)number, value)) {
		fprintf(out, "error set_option: %s: its value is too long, or has quotes\n", name);
		return false;
	}
	err = view->set_option(view->context, (unsigned int)number, value, client_fd);
	if (err)
		fprintf(out, "error set_option: %s: %s\n", name, strerror(-err));
	return !err;
}

bool rb_option_set(struct rb_command_call *call)
{
	char *name = rb_word_next(&call->words);
	int fd = call->upload->fd;

	if (!set(call->view, name, value_of(call->words), fd, call->out))
		return false;
	close(fd);
	return true;
}
