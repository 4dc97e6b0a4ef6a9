/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands that fill the table and empty it. */
#include "control/table_commands.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <string.h>

#include "control/flusher.h"
#include "dns/name.h"
#include "store/preload.h"
#include "util/cleanup.h"

/* Cut the next word out of *words. Returns its length; 0: there is none. */
static size_t word_next(const char **words, const char **ret_word)
{
	size_t len;

	*words += strspn(*words, " ");
	len = strcspn(*words, " ");
	*ret_word = *words;
	*words += len;
	return len;
}

static bool preload_flags(const char *words, unsigned int *ret_flags, FILE *out)
{
	unsigned int flags = 0;
	const char *word;
	size_t len;

	while ((len = word_next(&words, &word))) {
		if (len == 3 && !strncmp(word, "pin", len)) {
			flags |= RB_INTAKE_PIN;
		} else if (len == 5 && !strncmp(word, "trust", len)) {
			flags |= RB_INTAKE_TRUST;
		} else {
			fprintf(out, "error preload: expected pin or trust, not '%.*s'\n", (int)len,
				word);
			return false;
		}
	}
	*ret_flags = flags;
	return true;
}

static bool preload(struct rb_command_call *call)
{
	const struct rb_clients_upload *upload = call->upload;
	unsigned int flags;
	int err;

	if (!preload_flags(call->words, &flags, call->out))
		return false;
	err = rb_preload_start(call->view->preload, call->view->config, flags, upload->fd,
			       upload->rest, upload->rest_len);
	if (err == -EBUSY)
		fputs("error busy: another preload is under way\n", call->out);
	else if (err)
		fprintf(call->out, "error %s\n", strerror(-err));
	return !err;
}

/* What a row removes, and what the client is told. */
struct reach {
	enum rb_flush_reach reach;
	enum rb_flush_kind kind;
	enum { NO_WORDS, NAME, NAME_TYPE, SERVER } words;
	enum rb_flush_words told; /* to unbound-control */
};

static bool name_parse(const char **words, struct rb_flush *flush, FILE *out)
{
	char text[RB_NAME_TEXT_MAX];
	const char *word;
	size_t len = word_next(words, &word);
	int name_len;

	snprintf(text, sizeof(text), "%.*s", (int)len, word);
	name_len = len && len < sizeof(text) ? rb_name_from_text(text, flush->name) : -EINVAL;
	if (name_len > 0) {
		flush->name_len = (uint16_t)name_len;
		return true;
	}
	if (!len)
		fputs("error expected a name\n", out);
	else
		fprintf(out, "error '%.*s' is not a name\n", (int)len, word);
	return false;
}

static bool type_parse(const char **words, struct rb_flush *flush, FILE *out)
{
	char text[16];
	const char *word;
	size_t len = word_next(words, &word);

	snprintf(text, sizeof(text), "%.*s", (int)len, word);
	flush->type = len && len < sizeof(text) ? (uint16_t)ldns_get_rr_type_by_name(text) : 0;
	if (flush->type)
		return true;
	if (!len)
		fputs("error expected a type\n", out);
	else
		fprintf(out, "error unknown type '%.*s'\n", (int)len, word);
	return false;
}

static bool flush_parse(const struct rb_command_call *call, struct rb_flush *ret_flush)
{
	const struct reach *reach = call->command->data;
	const char *words = call->words, *server;

	*ret_flush = (struct rb_flush){.name_len = 1, .reach = reach->reach, .kind = reach->kind};
	/* In Unbound 1.24: also from the cachedb, which does not exist here. */
	if (!strncmp(words, "+c", 2) && (!words[2] || words[2] == ' '))
		words += 2;
	/* For one server or all: libunbound can only forget all of them. */
	if (reach->words == SERVER)
		word_next(&words, &server);
	if (reach->words != NO_WORDS && reach->words != SERVER &&
	    !name_parse(&words, ret_flush, call->out))
		return false;
	if (reach->words == NAME_TYPE && !type_parse(&words, ret_flush, call->out))
		return false;
	words += strspn(words, " ");
	if (!*words)
		return true;
	fprintf(call->out, "error %s: nothing is expected behind '%s'\n", call->command->name,
		words);
	return false;
}

static bool flush(struct rb_command_call *call)
{
	const struct reach *reach = call->command->data;
	struct rb_flush parsed;
	int err;

	if (!flush_parse(call, &parsed))
		return false;
	err = rb_flusher_add(call->view->flusher, &parsed,
			     call->dialect == RB_DIALECT_UNBOUND ? reach->told : RB_FLUSH_WORDS_OWN,
			     call->upload->fd);
	if (err)
		fprintf(call->out, "error %s\n",
			err == -EBUSY ? "busy: too many flushes wait already" : strerror(-err));
	return !err;
}

#define FLUSH(its_name, ...)                                                                       \
	{                                                                                          \
		.name = its_name, .take = flush, .data = &(const struct reach)                     \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

static const struct rb_command rows[] = {
	{"preload", .take = preload},
	FLUSH("flush", RB_FLUSH_NAME, RB_FLUSH_ANY, NAME, RB_FLUSH_WORDS_BARE),
	FLUSH("flush_type", RB_FLUSH_TYPE, RB_FLUSH_ANY, NAME_TYPE, RB_FLUSH_WORDS_BARE),
	FLUSH("flush_zone", RB_FLUSH_ZONE, RB_FLUSH_ANY, NAME, RB_FLUSH_WORDS_SETS),
	/* The zone is the root, as in the next ones. */
	FLUSH("flush_all", RB_FLUSH_ZONE, RB_FLUSH_ANY, NO_WORDS, RB_FLUSH_WORDS_SETS),
	FLUSH("flush_bogus", RB_FLUSH_ZONE, RB_FLUSH_FAILED, NO_WORDS, RB_FLUSH_WORDS_SETS),
	FLUSH("flush_negative", RB_FLUSH_ZONE, RB_FLUSH_NEGATIVE, NO_WORDS, RB_FLUSH_WORDS_SETS),
	FLUSH("flush_infra", RB_FLUSH_ZONE, RB_FLUSH_NONE, SERVER, RB_FLUSH_WORDS_BARE),
};

const struct rb_command_set rb_table_commands = RB_COMMAND_SET(rows);
