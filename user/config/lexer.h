/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of unbound.conf: attributes that end with a colon, and their values.
 *
 * As in Unbound a '#' begins a comment only where a word could begin, a value may stand on a later
 * line than its attribute, and a backslash protects the next character but stays in the value.
 *
 * Thread: any. Lifetime: tokens point into the text.
 */
#ifndef RB_CONFIG_LEXER_H
#define RB_CONFIG_LEXER_H

#include <stddef.h>

struct rb_lexer {
	const char *cursor, *end;
	unsigned int line;
};

enum rb_token_kind {
	RB_TOKEN_END,
	RB_TOKEN_WORD,     /* an attribute without its colon, or a value without its quotes */
	RB_TOKEN_STRAY,    /* something else where an attribute must be */
	RB_TOKEN_UNCLOSED, /* a quote that is not closed on its line */
};

struct rb_token {
	enum rb_token_kind kind;
	const char *start;
	size_t length;
	char quote; /* '"', '\'' or 0 */
	unsigned int line;
};

struct rb_token rb_lexer_attribute(struct rb_lexer *lexer);
struct rb_token rb_lexer_value(struct rb_lexer *lexer);

/* Continue with the next line, after an error. */
void rb_lexer_skip_line(struct rb_lexer *lexer);

#endif
