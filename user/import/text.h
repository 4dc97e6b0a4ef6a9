/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text in the form of zone files (RFC 1035 5.1): entries of words, one a line or in parentheses
 * over several, with comments and quoted strings. What the words mean is somebody else's business.
 *
 * Thread:   one.
 * Lifetime: words point into the text, and the list of them belongs to the text.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never prints.
 */
#ifndef RB_IMPORT_TEXT_H
#define RB_IMPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As written: with its escapes, without the quotes. */
struct rb_import_word {
	const char *text;
	uint32_t len;
	bool quoted;
};

/* The whole input. */
struct rb_import_text {
	char *bytes; /* ends with a zero byte that does not count */
	size_t len;
	size_t at;          /* what is read next */
	unsigned long line; /* of what is read next, from 1 */
	unsigned int lost;  /* parentheses that nothing closed */
	struct rb_import_word *words;
	size_t words_room;
};

struct rb_import_entry {
	const struct rb_import_word *words;
	size_t count;
	unsigned long line; /* on which it begins */
	bool indented;      /* begins with white space: the owner is the one before */
};

/* Is told how many bytes have been read, each time that more have come. */
struct rb_import_listener {
	void (*tell)(size_t bytes, void *context);
	void *context;
};

/* All of the file, or of standard input where path is "-". */
int rb_import_text_read(const char *path, const struct rb_import_listener *listener,
			struct rb_import_text *ret_text);

/* A copy of memory. */
int rb_import_text_copy(const void *bytes, size_t len, struct rb_import_text *ret_text);

void rb_import_text_free(struct rb_import_text *text);

/*
 * The next entry with at least one word. 1; 0 at the end; -EBADMSG: there is none, and *ret_problem
 * says why; the next call goes on behind it. ret_entry->line is set then too. -ENOMEM.
 */
int rb_import_text_next(struct rb_import_text *text, struct rb_import_entry *ret_entry,
			const char **ret_problem);

/* The next line, comments and all, without its newline: where comments matter. 1, or 0 at the end.
 */
int rb_import_text_line(struct rb_import_text *text, struct rb_import_word *ret_line);

/* Whether the word, unquoted, is this one; any case. expected is upper case. */
bool rb_import_word_is(const struct rb_import_word *word, const char *expected);

#endif
