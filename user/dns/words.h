/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of a resource record in presentation format (RFC 1035 5.1), and their values.
 *
 * Thread: any; pure functions without state. Errors: -EINVAL.
 */
#ifndef RB_DNS_WORDS_H
#define RB_DNS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../kern/wire.h"

/* As written, with quotes and escapes. */
struct rb_word {
	const char *text;
	size_t len;
};

/*
 * Read the next word and advance *cursor past it; false: no more words. Parentheses are blanks, and
 * a semicolon starts a comment.
 */
bool rb_word_next(const char **cursor, struct rb_word *ret_word);

bool rb_word_is(const struct rb_word *word, const char *text); /* any case */

/*
 * The word without quotes and escapes. Returns the length; -EINVAL: more than room, or a wrong
 * escape.
 */
int rb_word_bytes(const struct rb_word *word, uint8_t *out, size_t room);

/* The whole word as a decimal number. */
bool rb_word_number(const struct rb_word *word, uint64_t *ret_number);

/* A number of seconds, or 1w2d3h4m5s, of at most 32 bits. */
bool rb_word_period(const struct rb_word *word, uint32_t *ret_seconds);

/*
 * A domain name, to which the origin is appended if it does not end in a dot; "@" is the origin
 * itself. The origin is in wire format. Returns the length.
 */
int rb_word_name(const struct rb_word *word, const uint8_t *origin, uint8_t out[RB_NAME_MAX]);

/* All words that are left, together: hexadecimal digits or base64. Returns the number of bytes. */
int rb_words_hex(const char **cursor, uint8_t *out, size_t room);
int rb_words_base64(const char **cursor, uint8_t *out, size_t room);

/* The same for one word, or for a part of one. */
int rb_word_hex(const struct rb_word *word, uint8_t *out, size_t room);
int rb_word_base64(const struct rb_word *word, uint8_t *out, size_t room);

#endif
