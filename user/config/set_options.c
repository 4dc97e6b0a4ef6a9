/* SPDX-License-Identifier: BSD-2-Clause */
/* What is set while runbound runs, as lines of a configuration. */
#include "config/set_options.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

/* Those of Unbound, then others that an operator turns for a while. */
static const char *const names[] = {
	"statistics-interval",
	"statistics-cumulative",
	"do-not-query-localhost",
	"harden-short-bufsize",
	"harden-large-queries",
	"harden-glue",
	"harden-dnssec-stripped",
	"harden-below-nxdomain",
	"harden-referral-path",
	"prefetch",
	"prefetch-key",
	"log-queries",
	"hide-identity",
	"hide-version",
	"identity",
	"version",
	"val-log-level",
	"ignore-cd-flag",
	"add-holddown",
	"del-holddown",
	"keep-missing",
	"tcp-upstream",
	"tls-upstream",
	"ssl-upstream",
	"max-udp-size",
	"ratelimit",
	"ip-ratelimit",
	"cache-max-ttl",
	"cache-min-ttl",
	"cache-max-negative-ttl",

	"aggressive-nsec",
	"cache-min-negative-ttl",
	"deny-any",
	"discard-timeout",
	"ede",
	"ede-serve-expired",
	"extended-statistics",
	"hide-trustanchor",
	"infra-host-ttl",
	"infra-keep-probing",
	"jostle-timeout",
	"log-destaddr",
	"log-local-actions",
	"log-replies",
	"log-sample",
	"log-servfail",
	"log-tag-queryreply",
	"minimal-responses",
	"num-queries-per-thread",
	"qname-minimisation",
	"qname-minimisation-strict",
	"root-key-sentinel",
	"rrset-roundrobin",
	"serve-expired",
	"serve-expired-client-timeout",
	"serve-expired-reply-ttl",
	"serve-expired-ttl",
	"serve-expired-ttl-reset",
	"serve-original-ttl",
	"statistics-inhibit-zero",
	"tcp-idle-timeout",
	"top-sample",
	"unwanted-reply-threshold",
	"use-caps-for-id",
	"val-bogus-ttl",
	"val-permissive-mode",
};
static_assert(ARRAY_SIZE(names) <= RB_SET_OPTIONS_MAX, "a place for each");

int rb_set_options_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], name))
			return (int)i;
	return -1;
}

/* Between quotes, on one line. */
static bool is_quotable(const char *value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == '"' || value[i] == 0x7f)
			return false;
	return true;
}

bool rb_set_options_put(struct rb_set_options *options, unsigned int number, const char *value)
{
	size_t len = strnlen(value, RB_SET_OPTION_VALUE_MAX);

	if (number >= ARRAY_SIZE(names) || !len || len == RB_SET_OPTION_VALUE_MAX ||
	    !is_quotable(value, len))
		return false;
	memcpy(options->values[number], value, len + 1);
	return true;
}

void rb_set_options_add(struct rb_set_options *options, const struct rb_set_options *more)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (*more->values[i])
			memcpy(options->values[i], more->values[i], sizeof(options->values[i]));
}

char *rb_set_options_text(const struct rb_set_options *options)
{
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	if (!stream)
		return NULL;
	fputs("server:\n", stream);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (*options->values[i])
			fprintf(stream, "%s: \"%s\"\n", names[i], options->values[i]);
	if (!fclose(stream))
		return text;
	free(text);
	return NULL;
}
