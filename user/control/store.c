/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands that fill the table and empty it. */
#include "control/store.h"

#include <errno.h>
#include <inttypes.h>
#include <ldns/ldns.h>
#include <string.h>

#include "control/commands.h"
#include "dns/name.h"
#include "store/flush.h"
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

bool rb_preload_take(const struct rb_clients_upload *upload, FILE *out, const void *context)
{
	const struct rb_control_view *view = context;
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

/* What a flush command is asked to remove. */
struct request {
	uint8_t name[RB_NAME_MAX];
	int name_len;
	uint16_t type;
};

static int64_t flush_type(struct rb_table *table, const struct request *request)
{
	return rb_flush_type(table, request->name, (size_t)request->name_len, request->type);
}

static int64_t flush_name(struct rb_table *table, const struct request *request)
{
	return rb_flush_name(table, request->name, (size_t)request->name_len);
}

static int64_t flush_zone(struct rb_table *table, const struct request *request)
{
	return rb_flush_zone(table, request->name, (size_t)request->name_len);
}

static const struct {
	const char *name;
	int64_t (*run)(struct rb_table *table, const struct request *request);
	bool name_word, type_word;
} flushes[] = {
	{"flush", flush_name, true, false},
	{"flush_type", flush_type, true, true},
	{"flush_zone", flush_zone, true, false},
	{"flush_all", flush_zone, false, false},
};

static bool name_parse(const char **words, struct request *request, FILE *out)
{
	char text[RB_NAME_TEXT_MAX];
	const char *word;
	size_t len = word_next(words, &word);

	snprintf(text, sizeof(text), "%.*s", (int)len, word);
	request->name_len = len && len < sizeof(text) ? rb_name_from_text(text, request->name)
						      : -EINVAL;
	if (request->name_len > 0 && rb_name_is_scannable(request->name, (size_t)request->name_len))
		return true;
	if (!len)
		fputs("error expected a name\n", out);
	else
		fprintf(out, "error '%.*s' is not a name that the table can hold\n", (int)len,
			word);
	return false;
}

static bool type_parse(const char **words, struct request *request, FILE *out)
{
	char text[16];
	const char *word;
	size_t len = word_next(words, &word);

	snprintf(text, sizeof(text), "%.*s", (int)len, word);
	request->type = len && len < sizeof(text) ? (uint16_t)ldns_get_rr_type_by_name(text) : 0;
	if (request->type)
		return true;
	if (!len)
		fputs("error expected a type\n", out);
	else
		fprintf(out, "error unknown type '%.*s'\n", (int)len, word);
	return false;
}

/*
 * New contexts first: what the old ones are about to find is not published any more, so that it
 * cannot come after the removal.
 */
static void flush_do(const struct rb_control_view *view, size_t number,
		     const struct request *request, FILE *out)
{
	int err = rb_resolvers_renew(view->resolvers, view->config);
	int64_t removed = flushes[number].run(view->table, request);

	if (removed < 0) {
		fprintf(out, "error %s\n", strerror((int)-removed));
		return;
	}
	if (err)
		fprintf(out,
			"error the resolvers' own caches stay as they are (%s); removed %" PRId64
			" record%s of the hot table\n",
			strerror(-err), removed, removed == 1 ? "" : "s");
	else
		fprintf(out, "ok removed %" PRId64 " record%s\n", removed, removed == 1 ? "" : "s");
}

bool rb_flush_run(const struct rb_control_view *view, const char *command, size_t command_len,
		  const char *words, FILE *out)
{
	struct request request = {.name_len = 1};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flushes); i++)
		if (strlen(flushes[i].name) == command_len &&
		    !strncmp(flushes[i].name, command, command_len))
			break;
	if (i == ARRAY_SIZE(flushes))
		return false;
	if (flushes[i].name_word && !name_parse(&words, &request, out))
		return true;
	if (flushes[i].type_word && !type_parse(&words, &request, out))
		return true;
	words += strspn(words, " ");
	if (*words)
		fprintf(out, "error %s: nothing is expected behind '%s'\n", flushes[i].name, words);
	else
		flush_do(view, i, &request, out);
	return true;
}
