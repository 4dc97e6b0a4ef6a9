/* SPDX-License-Identifier: BSD-2-Clause */
/* Zone file text, cut into entries and words. */
#include "import/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

#define ENTRY_BYTES_MAX (512UL << 10) /* 64 KiB of data, each byte as \ddd, and then some */
#define LOST_MAX        100           /* unclosed parentheses, each of which is read in vain */
#define WORDS_MAX       16384
#define READ_BYTES      (1UL << 20)

/* What a byte does to the word that is being read. */
enum kind {
	KIND_WORD, /* belongs to it */
	KIND_SPACE,
	KIND_NEWLINE,
	KIND_COMMENT,
	KIND_QUOTE,
	KIND_OPEN,
	KIND_CLOSE,
	KIND_ESCAPE,
	KIND_ZERO, /* the end, or no text */
};

static const uint8_t kinds[256] = {
	['\0'] = KIND_ZERO,    [' '] = KIND_SPACE,   ['\t'] = KIND_SPACE, ['\r'] = KIND_SPACE,
	['\n'] = KIND_NEWLINE, [';'] = KIND_COMMENT, ['"'] = KIND_QUOTE,  ['('] = KIND_OPEN,
	[')'] = KIND_CLOSE,    ['\\'] = KIND_ESCAPE,
};

static enum kind kind_of(const char *at)
{
	return kinds[(unsigned char)*at];
}

static int text_grow(struct rb_import_text *text, size_t *room)
{
	size_t wanted = *room * 2;
	char *bytes = realloc(text->bytes, wanted + 1);

	if (!bytes)
		return -ENOMEM;
	text->bytes = bytes;
	*room = wanted;
	return 0;
}

static int fill(int fd, size_t room, const struct rb_import_listener *listener,
		struct rb_import_text *text)
{
	ssize_t got;
	int err;

	text->bytes = malloc(room + 1);
	if (!text->bytes)
		return -ENOMEM;
	while ((got = read(fd, text->bytes + text->len, room - text->len)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		text->len += (size_t)got;
		listener->tell(text->len, listener->context);
		err = text->len == room ? text_grow(text, &room) : 0;
		if (err)
			return err;
	}
	text->bytes[text->len] = '\0';
	return 0;
}

int rb_import_text_read(const char *path, const struct rb_import_listener *listener,
			struct rb_import_text *ret_text)
{
	bool is_stdin = !strcmp(path, "-");
	_cleanup_close_ int opened = is_stdin ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	int fd = is_stdin ? STDIN_FILENO : opened;
	struct rb_import_text text = {.line = 1};
	struct stat facts;
	size_t room = READ_BYTES;
	int err;

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &facts) && S_ISREG(facts.st_mode) && (size_t)facts.st_size >= room)
		room = (size_t)facts.st_size + 1;
	err = fill(fd, room, listener, &text);
	if (err) {
		rb_import_text_free(&text);
		return err;
	}
	*ret_text = text;
	return 0;
}

int rb_import_text_copy(const void *bytes, size_t len, struct rb_import_text *ret_text)
{
	char *copy = malloc(len + 1);

	if (!copy)
		return -ENOMEM;
	if (len)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	*ret_text = (struct rb_import_text){.bytes = copy, .len = len, .line = 1};
	return 0;
}

void rb_import_text_free(struct rb_import_text *text)
{
	free(text->bytes);
	free(text->words);
}

/* What is read of one entry. */
struct scan {
	struct rb_import_text *text;
	const char *at;
	const char *end;    /* of the text */
	size_t count;       /* of words */
	unsigned int depth; /* of parentheses */
	unsigned long line;
	const char *problem;
};

static int word_add(struct scan *scan, const char *begin, bool quoted)
{
	struct rb_import_text *text = scan->text;

	if (scan->count == text->words_room) {
		size_t room = text->words_room ? text->words_room * 2 : 64;
		struct rb_import_word *words = realloc(text->words, room * sizeof(*words));

		if (!words)
			return -ENOMEM;
		text->words = words;
		text->words_room = room;
	}
	text->words[scan->count++] =
		(struct rb_import_word){begin, (uint32_t)(scan->at - begin), quoted};
	return 0;
}

static int complain(struct scan *scan, const char *problem)
{
	scan->problem = problem;
	return -EBADMSG;
}

static int quoted_scan(struct scan *scan)
{
	const char *begin = ++scan->at;
	int err;

	while (kind_of(scan->at) != KIND_QUOTE) {
		if (kind_of(scan->at) == KIND_ESCAPE)
			scan->at++;
		if (kind_of(scan->at) == KIND_NEWLINE || kind_of(scan->at) == KIND_ZERO)
			return complain(scan, "a quote that the line does not close");
		scan->at++;
	}
	err = word_add(scan, begin, true);
	scan->at++;
	return err;
}

static int plain_scan(struct scan *scan)
{
	const char *begin = scan->at;

	for (;;) {
		while (kind_of(scan->at) == KIND_WORD)
			scan->at++;
		if (kind_of(scan->at) != KIND_ESCAPE)
			return word_add(scan, begin, false);
		scan->at++;
		if (kind_of(scan->at) == KIND_NEWLINE || kind_of(scan->at) == KIND_ZERO)
			return complain(scan, "a backslash before the end of the line");
		scan->at++;
	}
}

/* An entry, or an empty line. 1: it ends here. 0: more of it follows. */
static int step(struct scan *scan)
{
	switch (kind_of(scan->at)) {
	case KIND_WORD:
	case KIND_ESCAPE:
		return plain_scan(scan);
	case KIND_QUOTE:
		return quoted_scan(scan);
	case KIND_SPACE:
		scan->at++;
		return 0;
	case KIND_COMMENT:
		scan->at += strcspn(scan->at, "\n");
		return 0;
	case KIND_NEWLINE:
		scan->at++;
		scan->line++;
		return !scan->depth;
	case KIND_OPEN:
		scan->at++;
		scan->depth++;
		return 0;
	case KIND_CLOSE:
		scan->at++;
		if (!scan->depth)
			return complain(scan, "a closing parenthesis that nothing opened");
		scan->depth--;
		return 0;
	default:
		if (scan->at < scan->end)
			return complain(scan, "a zero byte");
		return scan->depth ? complain(scan, "a parenthesis that nothing closes") : 1;
	}
}

static int entry_scan(struct scan *scan, const char *begin)
{
	int ended = 0;

	while (!ended) {
		ended = step(scan);
		if (ended >= 0 && scan->count > WORDS_MAX)
			ended = complain(scan, "too many words");
		if (ended >= 0 && (size_t)(scan->at - begin) > ENTRY_BYTES_MAX)
			ended = complain(scan, "longer than any record, perhaps a parenthesis "
					       "that nothing closes");
	}
	return ended;
}

/*
 * Go on after the line on which the bad entry begins; after too many unclosed parentheses, at the
 * end.
 */
static void resume(struct rb_import_text *text, const struct scan *scan, const char *begin)
{
	const char *newline = memchr(begin, '\n', (size_t)(scan->end - begin));

	if (scan->depth)
		text->lost++;
	if (!newline || text->lost > LOST_MAX) {
		text->at = text->len;
		return;
	}
	text->at = (size_t)(newline + 1 - text->bytes);
	text->line++;
}

int rb_import_text_next(struct rb_import_text *text, struct rb_import_entry *ret_entry,
			const char **ret_problem)
{
	while (text->at < text->len) {
		const char *begin = text->bytes + text->at;
		struct scan scan = {
			.text = text,
			.at = begin,
			.end = text->bytes + text->len,
			.line = text->line,
		};
		int err = entry_scan(&scan, begin);

		ret_entry->line = text->line;
		if (err == -EBADMSG) {
			resume(text, &scan, begin);
			*ret_problem =
				text->lost > LOST_MAX
					? "too many unclosed parentheses: the rest is not read"
					: scan.problem;
		}
		if (err < 0)
			return err;
		text->at = (size_t)(scan.at - text->bytes);
		text->line = scan.line;
		if (!scan.count)
			continue;
		ret_entry->words = text->words;
		ret_entry->count = scan.count;
		ret_entry->indented = kind_of(begin) == KIND_SPACE;
		return 1;
	}
	return 0;
}

int rb_import_text_line(struct rb_import_text *text, struct rb_import_word *ret_line)
{
	const char *begin = text->bytes + text->at;
	const char *newline;
	size_t len;

	if (text->at >= text->len)
		return 0;
	newline = memchr(begin, '\n', text->len - text->at);
	len = newline ? (size_t)(newline - begin) : text->len - text->at;
	text->at += len + (newline ? 1 : 0);
	text->line++;
	*ret_line = (struct rb_import_word){begin, (uint32_t)len, false};
	return 1;
}

bool rb_import_word_is(const struct rb_import_word *word, const char *expected)
{
	return !word->quoted && strlen(expected) == word->len &&
	       !strncasecmp(word->text, expected, word->len);
}
