/* SPDX-License-Identifier: BSD-2-Clause */
/* Trust anchors from the value of trust-anchor: and from files. */
#include "config/anchor_files.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/handlers.h"
#include "config/record.h"
#include "dns/words.h"
#include "util/cleanup.h"

/* A file that is being read, and what a message about it begins with. */
struct source {
	const struct rb_reader *reader;
	struct rb_location location; /* of the directive */
	const char *directive, *path;
	const char *cursor, *end;
	unsigned int line;        /* at the cursor */
	unsigned int record_line; /* where the record begins */
	char *record;        /* room for the whole file: a record, or as much of it as is read */
	const char *comment; /* the last of the record, up to comment_len */
	size_t comment_len;
	struct rb_record_context context;
};

static int say_error(const struct source *source, const char *what)
{
	return rb_config_error(source->reader->config, source->location, "%s: %s:%u: %s",
			       source->directive, source->path, source->record_line, what);
}

/* ret_wrong: what is wrong with the record; NULL: nothing. 0 or -ENOMEM. */
static int record_parse(const char *text, struct rb_record_context *context,
			struct rb_text_record *ret_record, const char **ret_wrong)
{
	int err = rb_record_parse(text, context, ret_record, ret_wrong);

	return err == -EINVAL ? 0 : err;
}

/* What is no key at all is wrong. As record_parse(). */
static int key_add(struct rb_anchors *anchors, struct rb_location location,
		   const struct rb_text_record *record, const char **ret_wrong)
{
	int err = rb_anchors_add(anchors, record);

	if (!err && record->owner_len == 1) {
		anchors->root_file = location.file;
		anchors->root_line = location.line;
	}
	*ret_wrong = err == -EINVAL ? "expected a DS or DNSKEY record" : NULL;
	return err == -EINVAL ? 0 : err;
}

int rb_handle_trust_anchor(struct rb_reader *reader, const struct rb_directive *directive,
			   const struct rb_value *values)
{
	struct rb_text_record record;
	const char *wrong;
	int err;

	if (!*values[0].text)
		return 0;
	err = record_parse(values[0].text, NULL, &record, &wrong);
	if (!err && !wrong)
		err = key_add(&reader->config->anchors, reader->location, &record, &wrong);
	if (err || !wrong)
		return err;
	return rb_config_error(reader->config, reader->location, "%s: '%s': %s", directive->name,
			       values[0].text, wrong);
}

/*
 * The next record, on however many lines, without its comments and parentheses. False: there is no
 * more.
 */
static bool record_next(struct source *source)
{
	unsigned int depth = 0;
	bool quoted = false;
	char *out = source->record;

	source->record_line = source->line;
	source->comment_len = 0;
	if (source->cursor == source->end)
		return false;
	while (source->cursor < source->end) {
		char c = *source->cursor++;

		if (c == '\n') {
			source->line++;
			if (!depth)
				break;
			c = ' ';
		} else if (c == '"') {
			quoted = !quoted;
		} else if (c == ';' && !quoted) {
			const char *end = memchr(source->cursor, '\n',
						 (size_t)(source->end - source->cursor));

			source->comment = source->cursor;
			source->cursor = end ? end : source->end;
			source->comment_len = (size_t)(source->cursor - source->comment);
			continue;
		} else if ((c == '(' || c == ')') && !quoted) {
			depth = c == '(' ? depth + 1 : depth ? depth - 1 : 0;
			c = ' ';
		}
		*out++ = c;
	}
	*out = '\0';
	return true;
}

static bool is_blank(const char *text)
{
	return !text[strspn(text, " \t\r")];
}

static bool has_comment(const struct source *source, const char *what)
{
	return source->comment_len >= strlen(what) && !memcmp(source->comment, what, strlen(what));
}

/* $ORIGIN and the like. ret_wrong as of record_parse(). */
static bool control_use(struct source *source, const char **ret_wrong)
{
	static const char origin[] = "$ORIGIN";
	const char *name = source->record + strlen(origin);
	static const uint8_t root[] = {0};
	struct rb_word word;

	*ret_wrong = NULL;
	if (*source->record != '$')
		return false;
	if (!strncmp(source->record, origin, strlen(origin))) {
		if (!rb_word_next(&name, &word) ||
		    rb_word_name(&word, root, source->context.origin) < 0)
			*ret_wrong = "$ORIGIN: expected a domain name";
	} else if (strncmp(source->record, "$TTL", 4) != 0) {
		*ret_wrong = "expected a record, $ORIGIN or $TTL";
	}
	return true;
}

/* The record that has been read, if it is a trusted key. Of other types there may be some. */
static int record_use(struct source *source, bool (*is_trusted)(const struct source *source),
		      const char **ret_wrong)
{
	struct rb_anchors *anchors = &source->reader->config->anchors;
	struct rb_text_record record;
	int err;

	if (is_blank(source->record) || control_use(source, ret_wrong))
		return 0;
	err = record_parse(source->record, &source->context, &record, ret_wrong);
	if (err || *ret_wrong)
		return err;
	switch (record.type) {
	case RB_TYPE_DNSKEY:
		return !is_trusted || is_trusted(source)
			       ? key_add(anchors, source->location, &record, ret_wrong)
			       : 0;
	case RB_TYPE_DS:
		return key_add(anchors, source->location, &record, ret_wrong);
	default:
		return 0;
	}
}

/* trust-anchor-file */
static int records_read(struct source *source)
{
	int err = 0;

	while (!err && record_next(source)) {
		const char *wrong = NULL;

		err = record_use(source, NULL, &wrong);
		if (wrong && !err)
			err = say_error(source, wrong);
	}
	return err;
}

/* RFC 5011 4.2: of the states only Valid and Missing trust the key. A record without one does. */
static bool is_trusted_state(const struct source *source)
{
	static const char key[] = "state=";
	const char *end = source->comment + source->comment_len;
	const char *state = memmem(source->comment, source->comment_len, key, strlen(key));

	if (!state)
		return true;
	state += strlen(key);
	return state < end && (*state == '2' || *state == '3');
}

/* auto-trust-anchor-file: libunbound leaves out what it cannot read. */
static int states_read(struct source *source)
{
	int err = 0;

	while (!err && record_next(source)) {
		const char *wrong = NULL;

		if (is_blank(source->record) && has_comment(source, ";REVOKED"))
			return 0;
		err = record_use(source, is_trusted_state, &wrong);
		if (wrong && !err)
			err = rb_config_warn(source->reader->config, source->location,
					     "%s: %s:%u: %s; the record is ignored",
					     source->directive, source->path, source->record_line,
					     wrong);
	}
	return err;
}

/* Past white space and the comments of BIND's grammar. */
static void blanks_skip(struct source *source)
{
	while (source->cursor < source->end) {
		size_t left = (size_t)(source->end - source->cursor);
		const char *end = NULL;

		if (isspace((unsigned char)*source->cursor))
			end = source->cursor + 1;
		else if (*source->cursor == '#' || (left > 1 && !memcmp(source->cursor, "//", 2)))
			end = memchr(source->cursor, '\n', left);
		else if (left > 1 && !memcmp(source->cursor, "/*", 2))
			end = memmem(source->cursor + 2, left - 2, "*/", 2);
		else
			return;
		if (!end)
			end = source->end;
		else if (*source->cursor == '/' && source->cursor[1] == '*')
			end += 2;
		while (source->cursor < end)
			source->line += *source->cursor++ == '\n';
	}
}

/*
 * A word of BIND's grammar, or a string without its quotes, is copied to out, and 'w' returned.
 * Else: one of {};, or 0 at the end.
 */
static char word_next(struct source *source, char *out)
{
	static const char special[] = "{};";
	char quote = '\0';

	blanks_skip(source);
	if (source->cursor == source->end)
		return '\0';
	if (*source->cursor && strchr(special, *source->cursor))
		return *source->cursor++;
	if (*source->cursor == '"')
		quote = *source->cursor++;
	while (source->cursor < source->end) {
		char c = *source->cursor;

		if (quote ? c == quote : isspace((unsigned char)c) || strchr("{};\"", c))
			break;
		source->line += c == '\n';
		*out++ = c;
		source->cursor++;
	}
	if (quote && source->cursor < source->end)
		source->cursor++;
	*out = '\0';
	return 'w';
}

/* Up to its semicolon: name, flags, protocol, algorithm, key. Returns what ended it. */
static char bind_key_collect(struct source *source, unsigned int *ret_words)
{
	char *out = source->record, end;

	*ret_words = 0;
	source->record_line = source->line;
	while ((end = word_next(source, out)) == 'w') {
		if (!(*ret_words)++)
			source->record_line = source->line;
		out = stpcpy(out + strlen(out), *ret_words == 1 ? " DNSKEY " : " ");
	}
	*out = '\0';
	return end;
}

/* Behind the word trusted-keys. */
static int bind_clause_read(struct source *source)
{
	const char *wrong = NULL;
	unsigned int words;
	int err = 0;
	char end;

	source->record_line = source->line;
	if (word_next(source, source->record) != '{')
		return say_error(source, "expected '{' behind trusted-keys");
	while ((end = bind_key_collect(source, &words)) == ';' && !err) {
		wrong = "expected a name, flags, protocol, algorithm and key";
		if (words >= 5)
			err = record_use(source, NULL, &wrong);
		if (wrong && !err)
			return say_error(source, wrong);
	}
	if (err)
		return err;
	if (end != '}' || words)
		return say_error(source, end ? "expected ';' behind a key" : "expected '}'");
	if (word_next(source, source->record) != ';')
		return say_error(source, "expected ';' behind '}'");
	return 0;
}

/* trusted-keys-file: what else a named.conf says is not for us. */
static int bind_read(struct source *source)
{
	int err = 0;
	char kind;

	while (!err && (kind = word_next(source, source->record)))
		if (kind == 'w' && !strcmp(source->record, "trusted-keys"))
			err = bind_clause_read(source);
	return err;
}

static const struct form {
	const char *directive;
	int (*read)(struct source *source);
} forms[] = {
	{"trust-anchor-file", records_read},
	{"auto-trust-anchor-file", states_read},
	{"trusted-keys-file", bind_read},
};

static const struct form *form_of(const char *directive)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (!strcmp(directive, forms[i].directive))
			return &forms[i];
	return NULL;
}

bool rb_anchor_file_is(const char *directive)
{
	return form_of(directive);
}

int rb_anchors_finish(const struct rb_reader *reader)
{
	struct rb_config *config = reader->config;
	const struct rb_anchors *anchors = &config->anchors;

	config->lacks_root_key = rb_anchors_lack_root_key(anchors) &&
				 (!reader->modules || strstr(reader->modules, "validator"));
	if (!config->lacks_root_key)
		return 0;
	return rb_config_warn(config, (struct rb_location){anchors->root_file, anchors->root_line},
			      RB_ANCHORS_LACK_ROOT_KEY);
}

int rb_anchor_file_read(const struct rb_reader *reader, const char *directive, const char *path,
			struct rb_location location)
{
	_cleanup_free_ char *text = NULL, *record = NULL;
	struct source source = {reader,
				location,
				directive,
				path,
				.line = 1,
				.comment = "",
				.context.ttl_s = RB_RECORD_TTL_S};
	const struct form *form = form_of(directive);
	size_t bytes;
	int err = form ? rb_reader_load(path, RB_FILE_PLAIN, &text, &bytes) : -EINVAL;

	if (err == -ENOMEM)
		return err;
	if (err)
		return rb_config_error(reader->config, location, "%s: cannot read '%s': %s",
				       directive, path, rb_file_strerror(err));
	record = malloc(bytes + sizeof(" DNSKEY "));
	if (!record)
		return -ENOMEM;
	source.cursor = text;
	source.end = text + bytes;
	source.record = record;
	return form->read(&source);
}
