/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of who is asked. */
#include "control/unbound/upstreams.h"

#include <errno.h>
#include <string.h>

#include "config/resolver_edit.h"
#include "control/unbound/words.h"
#include "util/cleanup.h"

#define SERVERS_MAX 32

static const struct verb {
	const char *name;
	enum rb_resolver_zone zone;
	bool adds;
	const char *flags; /* that it takes */
} verbs[] = {
	{"forward_add", RB_RESOLVER_FORWARD, true, "i"},
	{"forward_remove", RB_RESOLVER_FORWARD, false, "i"},
	{"stub_add", RB_RESOLVER_STUB, true, "ip"},
	{"stub_remove", RB_RESOLVER_STUB, false, "i"},
	{"insecure_add", RB_RESOLVER_INSECURE, true, ""},
	{"insecure_remove", RB_RESOLVER_INSECURE, false, ""},
};

/* "+ip", if that comes first. */
static bool flags_take(const struct verb *verb, char **words, struct rb_resolver_edit *edit,
		       FILE *out)
{
	const char *flags;

	*words += strspn(*words, " \t");
	if (**words != '+')
		return true;
	for (flags = rb_word_next(words) + 1; *flags; flags++) {
		if (*flags == 't') {
			fprintf(out,
				"error %s: +t: who is asked over TLS is read from the file alone: "
				"write it there and use reload\n",
				verb->name);
			return false;
		}
		if (!strchr(verb->flags, *flags)) {
			fprintf(out, "error %s: unknown flag '%c'\n", verb->name, *flags);
			return false;
		}
		edit->insecure |= *flags == 'i';
		edit->primes |= *flags == 'p';
	}
	return true;
}

static bool name_take(const struct verb *verb, const char *text, struct rb_resolver_edit *edit,
		      FILE *out)
{
	int len = *text && !strpbrk(text, "\"'\\#") ? rb_name_from_text(text, edit->name) : -1;

	if (len <= 0) {
		fprintf(out, "error %s: cannot parse name '%s'\n", verb->name, text);
		return false;
	}
	edit->name_len = (size_t)len;
	return true;
}

static bool servers_take(const struct verb *verb, char **words, const char **servers,
			 struct rb_resolver_edit *edit, FILE *out)
{
	const char *server;
	bool is_address;

	while (*(server = rb_word_next(words))) {
		if (!rb_resolver_edit_takes(server, &is_address)) {
			fprintf(out, "error %s: cannot parse address or name '%s'\n", verb->name,
				server);
			return false;
		}
		if (edit->server_count == SERVERS_MAX) {
			fprintf(out, "error %s: more than %d servers\n", verb->name, SERVERS_MAX);
			return false;
		}
		servers[edit->server_count++] = server;
	}
	edit->servers = servers;
	if (edit->server_count || !verb->adds || verb->zone == RB_RESOLVER_INSECURE)
		return true;
	fprintf(out, "error %s: it takes a zone and its servers\n", verb->name);
	return false;
}

static void change(const struct rb_control_view *view, const struct verb *verb,
		   const struct rb_resolver_edit *edit, FILE *out)
{
	struct rb_flush flush = {.reach = RB_FLUSH_ZONE, .name_len = (uint16_t)edit->name_len};
	char *text;
	int err = rb_resolver_edit(view->config->resolver_text, edit, &text);

	memcpy(flush.name, edit->name, edit->name_len);
	if (!err)
		err = view->ask_by(view->context, text, &flush);
	if (err)
		fprintf(out, "error %s: nothing has changed (%s)\n", verb->name, strerror(-err));
	else
		fputs("ok\n", out);
}

static void run(const struct rb_control_view *view, const struct verb *verb, char *words, FILE *out)
{
	struct rb_resolver_edit edit = {.zone = verb->zone, .adds = verb->adds};
	const char *servers[SERVERS_MAX];

	if (flags_take(verb, &words, &edit, out) &&
	    name_take(verb, rb_word_next(&words), &edit, out) &&
	    servers_take(verb, &words, servers, &edit, out))
		change(view, verb, &edit, out);
}

/* forward: of the root. "off" is nobody. */
static void run_root(const struct rb_control_view *view, char *words, FILE *out)
{
	static const struct verb all = {"forward", RB_RESOLVER_FORWARD, true, ""};
	static const struct verb none = {"forward", RB_RESOLVER_FORWARD, false, ""};
	bool is_off = !strncmp(words, "off", 3) && !words[3 + strspn(words + 3, " \t\n")];
	const struct verb *verb = is_off ? &none : &all;
	struct rb_resolver_edit edit = {.zone = verb->zone, .adds = verb->adds};
	const char *servers[SERVERS_MAX];

	edit.name_len = 1;
	if (is_off || servers_take(verb, &words, servers, &edit, out))
		change(view, verb, &edit, out);
}

bool rb_upstreams_run(const struct rb_control_view *view, const char *name, char *words, FILE *out)
{
	words += strspn(words, " \t\n");
	if (!strcmp(name, "forward") && *words) {
		run_root(view, words, out);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(verbs[i].name, name) != 0)
			continue;
		run(view, &verbs[i], words, out);
		return true;
	}
	return false;
}
