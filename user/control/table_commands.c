/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands that fill the table and empty it. */
#include "control/table_commands.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <string.h>

#include "control/commands.h"
#include "control/flusher.h"
#include "dns/name.h"
#include "store/preload.h"
#include "util/cleanup.h"

#define PRELOAD RB_CONTROL_GREETING "preload"

/* Cut the next word out of *words; its length, 0: there is none. */
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

static bool preload_take(const struct rb_clients_upload *upload, FILE *out,
			 const struct rb_control_view *view)
{
	const char *words = upload->line + strlen(PRELOAD);
	unsigned int flags;
	int err;

	if (strncmp(upload->line, PRELOAD, strlen(PRELOAD)) != 0 || (*words && *words != ' '))
		return false;
	if (!preload_flags(words, &flags, out))
		return false;
	err = rb_preload_start(view->preload, view->config, flags, upload->fd, upload->rest,
			       upload->rest_len);
	if (err == -EBUSY)
		fputs("error busy: another preload is under way\n", out);
	else if (err)
		fprintf(out, "error %s\n", strerror(-err));
	return !err;
}

static const struct {
	const char *name;
	enum rb_flush_reach reach;
	enum rb_flush_kind kind;
	enum { NO_WORDS, NAME, NAME_TYPE, SERVER } words;
	enum rb_flush_words told; /* to unbound-control */
} flushes[] = {
	{"flush", RB_FLUSH_NAME, RB_FLUSH_ANY, NAME, RB_FLUSH_WORDS_BARE},
	{"flush_type", RB_FLUSH_TYPE, RB_FLUSH_ANY, NAME_TYPE, RB_FLUSH_WORDS_BARE},
	{"flush_zone", RB_FLUSH_ZONE, RB_FLUSH_ANY, NAME, RB_FLUSH_WORDS_SETS},
	/* The root's, as the next ones. */
	{"flush_all", RB_FLUSH_ZONE, RB_FLUSH_ANY, NO_WORDS, RB_FLUSH_WORDS_SETS},
	{"flush_bogus", RB_FLUSH_ZONE, RB_FLUSH_FAILED, NO_WORDS, RB_FLUSH_WORDS_SETS},
	{"flush_negative", RB_FLUSH_ZONE, RB_FLUSH_NEGATIVE, NO_WORDS, RB_FLUSH_WORDS_SETS},
	{"flush_infra", RB_FLUSH_ZONE, RB_FLUSH_NONE, SERVER, RB_FLUSH_WORDS_BARE},
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

static bool flush_parse(const char *command, FILE *out, struct rb_flush *ret_flush,
			enum rb_flush_words *ret_told)
{
	size_t len = strcspn(command, " "), i;
	const char *words = command + len, *server;

	*ret_flush = (struct rb_flush){.name_len = 1};
	for (i = 0; i < ARRAY_SIZE(flushes); i++)
		if (strlen(flushes[i].name) == len && !strncmp(flushes[i].name, command, len))
			break;
	if (i == ARRAY_SIZE(flushes))
		return false;
	ret_flush->reach = flushes[i].reach;
	ret_flush->kind = flushes[i].kind;
	*ret_told = flushes[i].told;
	/* Of Unbound 1.24: also from the cachedb, which there is not. */
	if (!strncmp(words, " +c", 3) && (!words[3] || words[3] == ' '))
		words += 3;
	/* Of one server or all: libunbound forgets them together. */
	if (flushes[i].words == SERVER)
		word_next(&words, &server);
	if (flushes[i].words != NO_WORDS && flushes[i].words != SERVER &&
	    !name_parse(&words, ret_flush, out))
		return false;
	if (flushes[i].words == NAME_TYPE && !type_parse(&words, ret_flush, out))
		return false;
	words += strspn(words, " ");
	if (!*words)
		return true;
	fprintf(out, "error %s: nothing is expected behind '%s'\n", flushes[i].name, words);
	return false;
}

static bool flush_take(const struct rb_clients_upload *upload, enum rb_store_style style, FILE *out,
		       const struct rb_control_view *view)
{
	const char *command = upload->line + strlen(RB_CONTROL_GREETING);
	enum rb_flush_words told;
	struct rb_flush flush;
	int err;

	if (strncmp(upload->line, RB_CONTROL_GREETING, strlen(RB_CONTROL_GREETING)) != 0)
		return false;
	command += strspn(command, " ");
	if (!flush_parse(command, out, &flush, &told))
		return false;
	err = rb_flusher_add(view->flusher, &flush,
			     style == RB_STORE_UNBOUND ? told : RB_FLUSH_WORDS_OWN, upload->fd);
	if (err)
		fprintf(out, "error %s\n",
			err == -EBUSY ? "busy: too many flushes wait already" : strerror(-err));
	return !err;
}

bool rb_store_take(const struct rb_clients_upload *upload, enum rb_store_style style, FILE *out,
		   const void *view)
{
	/* What is wrong with the one is no other command: neither takes the other's name. */
	return preload_take(upload, out, view) || flush_take(upload, style, out, view);
}
