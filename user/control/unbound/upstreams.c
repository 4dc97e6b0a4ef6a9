/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of upstream servers. */
#include "control/unbound/upstreams.h"

#include <errno.h>
#include <string.h>

#include "config/resolver_edit.h"
#include "control/unbound/words.h"
#include "util/cleanup.h"

#define SERVERS_MAX 32

struct verb {
	const char *name;
	enum rb_resolver_zone zone;
	bool adds;
	const char *flags; /* which the verb accepts */
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

static void upstreams_edit(struct rb_command_call *call)
{
	const struct verb *verb = call->command->data;
	struct rb_resolver_edit edit = {.zone = verb->zone, .adds = verb->adds};
	const char *servers[SERVERS_MAX];

	if (flags_take(verb, &call->words, &edit, call->out) &&
	    name_take(verb, rb_word_next(&call->words), &edit, call->out) &&
	    servers_take(verb, &call->words, servers, &edit, call->out))
		change(call->view, verb, &edit, call->out);
}

/* "off": no servers. */
void rb_upstreams_set_root(struct rb_command_call *call)
{
	static const struct verb all = {"forward", RB_RESOLVER_FORWARD, true, ""};
	static const struct verb none = {"forward", RB_RESOLVER_FORWARD, false, ""};
	bool is_off = !strncmp(call->words, "off", 3) &&
		      !call->words[3 + strspn(call->words + 3, " \t\n")];
	const struct verb *verb = is_off ? &none : &all;
	struct rb_resolver_edit edit = {.zone = verb->zone, .adds = verb->adds, .name_len = 1};
	const char *servers[SERVERS_MAX];

	if (is_off || servers_take(verb, &call->words, servers, &edit, call->out))
		change(call->view, verb, &edit, call->out);
}

#define EDIT(its_name, ...)                                                                        \
	{                                                                                          \
		.name = its_name, .print = upstreams_edit, .data = &(const struct verb)            \
		{                                                                                  \
			its_name, __VA_ARGS__                                                      \
		}                                                                                  \
	}

static const struct rb_command rows[] = {
	EDIT("forward_add", RB_RESOLVER_FORWARD, true, "i"),
	EDIT("forward_remove", RB_RESOLVER_FORWARD, false, "i"),
	EDIT("stub_add", RB_RESOLVER_STUB, true, "ip"),
	EDIT("stub_remove", RB_RESOLVER_STUB, false, "i"),
	EDIT("insecure_add", RB_RESOLVER_INSECURE, true, ""),
	EDIT("insecure_remove", RB_RESOLVER_INSECURE, false, ""),
};

const struct rb_command_set rb_upstream_commands = RB_COMMAND_SET(rows);
