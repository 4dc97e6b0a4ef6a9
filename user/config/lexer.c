/* SPDX-License-Identifier: BSD-2-Clause */
/* Cuts the text of a configuration file into attributes and values. */
#include "config/lexer.h"

#include <stdbool.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void rb_lexer_skip_line(struct rb_lexer *lexer)
{
	const char *newline = memchr(lexer->cursor, '\n', (size_t)(lexer->end - lexer->cursor));

	lexer->cursor = newline ? newline : lexer->end;
}

static void skip_blanks(struct rb_lexer *lexer)
{
	while (lexer->cursor < lexer->end) {
		if (*lexer->cursor == '#') {
			rb_lexer_skip_line(lexer);
			continue;
		}
		if (!is_space(*lexer->cursor))
			return;
		if (*lexer->cursor == '\n')
			lexer->line++;
		lexer->cursor++;
	}
}

/* The length of an unquoted word; attribute: ends before a colon too. */
static size_t word_length(const char *cursor, const char *end, bool attribute)
{
	const char *start = cursor;

	while (cursor < end && !is_space(*cursor) && *cursor != '"' && *cursor != '\'') {
		if (attribute && *cursor == ':')
			break;
		if (*cursor == '\\' && cursor + 1 < end && cursor[1] != '\n' && cursor[1] != '\r')
			cursor++;
		cursor++;
	}
	return (size_t)(cursor - start);
}

struct rb_token rb_lexer_attribute(struct rb_lexer *lexer)
{
	struct rb_token token = {.kind = RB_TOKEN_END};

	skip_blanks(lexer);
	token.start = lexer->cursor;
	token.line = lexer->line;
	if (lexer->cursor == lexer->end)
		return token;
	token.length = word_length(lexer->cursor, lexer->end, true);
	lexer->cursor += token.length;
	if (token.length && lexer->cursor < lexer->end && *lexer->cursor == ':') {
		token.kind = RB_TOKEN_WORD;
		lexer->cursor++;
		return token;
	}
	token.kind = RB_TOKEN_STRAY;
	if (!token.length) /* a quote or a colon: show it */
		token.length = 1;
	return token;
}

static struct rb_token quoted(struct rb_lexer *lexer)
{
	struct rb_token token = {.kind = RB_TOKEN_UNCLOSED, .line = lexer->line};
	const char *cursor = lexer->cursor + 1;

	token.quote = *lexer->cursor;
	token.start = cursor;
	while (cursor < lexer->end && *cursor != token.quote && *cursor != '\n' &&
	       *cursor != '\r') {
		if (*cursor == '\\' && cursor + 1 < lexer->end && cursor[1] != '\n' &&
		    cursor[1] != '\r')
			cursor++;
		cursor++;
	}
	token.length = (size_t)(cursor - token.start);
	if (cursor < lexer->end && *cursor == token.quote) {
		token.kind = RB_TOKEN_WORD;
		cursor++;
	}
	lexer->cursor = cursor;
	return token;
}

struct rb_token rb_lexer_value(struct rb_lexer *lexer)
{
	struct rb_token token = {.kind = RB_TOKEN_END};

	skip_blanks(lexer);
	token.start = lexer->cursor;
	token.line = lexer->line;
	if (lexer->cursor == lexer->end)
		return token;
	if (*lexer->cursor == '"' || *lexer->cursor == '\'')
		return quoted(lexer);
	token.kind = RB_TOKEN_WORD;
	token.length = word_length(lexer->cursor, lexer->end, false);
	lexer->cursor += token.length;
	return token;
}
