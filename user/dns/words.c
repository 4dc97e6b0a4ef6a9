/* SPDX-License-Identifier: BSD-2-Clause */
/* Cuts text into words, and reads numbers, names and encoded bytes from them. */
#include "dns/words.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "dns/name.h"

static bool is_blank(char c)
{
	return isspace((unsigned char)c) || c == '(' || c == ')';
}

/* Behind blanks and comments. */
static const char *blanks_skip(const char *at)
{
	for (;;) {
		while (*at && is_blank(*at))
			at++;
		if (*at != ';')
			return at;
		at += strcspn(at, "\n");
	}
}

/* What begins with a quote ends with the next one. */
bool rb_word_next(const char **cursor, struct rb_word *ret_word)
{
	const char *begin = blanks_skip(*cursor), *at = begin;
	bool quoted = false;

	for (; *at && (quoted || (!is_blank(*at) && *at != ';')); at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (*at == '\\' && at[1])
			at++;
		if (*begin == '"' && !quoted) {
			at++;
			break;
		}
	}
	*cursor = at;
	*ret_word = (struct rb_word){begin, (size_t)(at - begin)};
	return at > begin;
}

bool rb_word_is(const struct rb_word *word, const char *text)
{
	return word->len == strlen(text) && !strncasecmp(word->text, text, word->len);
}

/* A byte, which may be escaped. How many characters it takes; -EINVAL. */
static int byte_read(const char *text, const char *end, uint8_t *ret_byte)
{
	unsigned int value = 0;

	if (*text != '\\' || end - text < 2) {
		*ret_byte = (uint8_t)*text;
		return 1;
	}
	if (!isdigit((unsigned char)text[1])) {
		*ret_byte = (uint8_t)text[1];
		return 2;
	}
	for (int i = 1; i < 4; i++) {
		if (text + i >= end || !isdigit((unsigned char)text[i]))
			return -EINVAL;
		value = value * 10 + (unsigned int)(text[i] - '0');
	}
	*ret_byte = (uint8_t)value;
	return value <= UINT8_MAX ? 4 : -EINVAL;
}

int rb_word_bytes(const struct rb_word *word, uint8_t *out, size_t room)
{
	const char *at = word->text, *end = at + word->len;
	size_t len = 0;

	while (at < end) {
		uint8_t byte;
		int taken = byte_read(at, end, &byte);

		if (taken < 0)
			return taken;
		if (*at != '"') {
			if (len == room)
				return -EINVAL;
			out[len++] = byte;
		}
		at += taken;
	}
	return (int)len;
}

bool rb_word_number(const struct rb_word *word, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (!word->len || word->len > 18)
		return false;
	for (size_t i = 0; i < word->len; i++) {
		if (!isdigit((unsigned char)word->text[i]))
			return false;
		number = number * 10 + (uint64_t)(word->text[i] - '0');
	}
	*ret_number = number;
	return true;
}

static uint32_t unit_of(char c)
{
	switch (tolower((unsigned char)c)) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 7 * 86400;
	default:
		return 0;
	}
}

bool rb_word_period(const struct rb_word *word, uint32_t *ret_seconds)
{
	uint64_t seconds = 0, number = 0;

	if (!word->len || word->len > 18 || !isdigit((unsigned char)*word->text))
		return false;
	for (size_t i = 0; i < word->len; i++) {
		char c = word->text[i];

		if (isdigit((unsigned char)c)) {
			number = number * 10 + (uint64_t)(c - '0');
			continue;
		}
		if (!unit_of(c))
			return false;
		seconds += number * unit_of(c);
		number = 0;
	}
	if (seconds + number > UINT32_MAX)
		return false;
	*ret_seconds = (uint32_t)(seconds + number);
	return true;
}

int rb_word_name(const struct rb_word *word, const uint8_t *origin, uint8_t out[RB_NAME_MAX])
{
	static const uint8_t root[] = {0};
	const char *at = word->text, *end = at + word->len;
	int origin_len = rb_name_len(origin, RB_NAME_MAX);
	size_t len = 0;

	if (!word->len || origin_len < 0)
		return -EINVAL;
	if (rb_word_is(word, "@"))
		at = end;
	else if (rb_word_is(word, "."))
		at = end, origin = root, origin_len = 1;
	while (at < end) {
		size_t label = len++;

		for (; at < end && *at != '.'; len++) {
			int taken;

			if (len >= RB_NAME_MAX || len - label > RB_LABEL_MAX)
				return -EINVAL;
			taken = byte_read(at, end, &out[len]);
			if (taken < 0)
				return taken;
			at += taken;
		}
		if (label >= RB_NAME_MAX || len - label < 2)
			return -EINVAL;
		out[label] = (uint8_t)(len - label - 1);
		if (at < end && ++at == end)
			origin = root, origin_len = 1;
	}
	if (len + (size_t)origin_len > RB_NAME_MAX)
		return -EINVAL;
	memcpy(out + len, origin, (size_t)origin_len);
	return (int)len + origin_len;
}

/* A group of bits after the other, the highest first. */
struct bits {
	uint8_t *out;
	size_t room, len;
	uint32_t kept;
	unsigned int count; /* of them in kept */
};

static bool bits_add(struct bits *bits, uint32_t value, unsigned int count)
{
	bits->kept = bits->kept << count | value;
	bits->count += count;
	if (bits->count < 8)
		return true;
	if (bits->len == bits->room)
		return false;
	bits->count -= 8;
	bits->out[bits->len++] = (uint8_t)(bits->kept >> bits->count);
	return true;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return digit ? (int)(digit - digits) : -1;
}

static bool hex_add(struct bits *bits, const struct rb_word *word)
{
	for (size_t i = 0; i < word->len; i++) {
		int value = hex_digit(word->text[i]);

		if (value < 0 || !bits_add(bits, (uint32_t)value, 4))
			return false;
	}
	return true;
}

int rb_word_hex(const struct rb_word *word, uint8_t *out, size_t room)
{
	struct bits bits = {.out = out, .room = room};

	return hex_add(&bits, word) && !bits.count ? (int)bits.len : -EINVAL;
}

int rb_words_hex(const char **cursor, uint8_t *out, size_t room)
{
	struct bits bits = {.out = out, .room = room};
	struct rb_word word;

	while (rb_word_next(cursor, &word))
		if (!hex_add(&bits, &word))
			return -EINVAL;
	return bits.count ? -EINVAL : (int)bits.len;
}

/* In padding there are no more than two '=', and nothing comes behind them. */
static bool base64_add(struct bits *bits, const struct rb_word *word, size_t *padding,
		       size_t *digits)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < word->len; i++, ++*digits) {
		const char *found = strchr(alphabet, word->text[i]);

		if (word->text[i] == '=') {
			++*padding;
			continue;
		}
		if (!found || !*found || *padding ||
		    !bits_add(bits, (uint32_t)(found - alphabet), 6))
			return false;
	}
	return true;
}

static int base64_end(const struct bits *bits, size_t padding, size_t digits)
{
	return padding > 2 || digits % 4 ? -EINVAL : (int)bits->len;
}

int rb_word_base64(const struct rb_word *word, uint8_t *out, size_t room)
{
	struct bits bits = {.out = out, .room = room};
	size_t padding = 0, digits = 0;

	return base64_add(&bits, word, &padding, &digits) ? base64_end(&bits, padding, digits)
							  : -EINVAL;
}

int rb_words_base64(const char **cursor, uint8_t *out, size_t room)
{
	struct bits bits = {.out = out, .room = room};
	size_t padding = 0, digits = 0;
	struct rb_word word;

	while (rb_word_next(cursor, &word))
		if (!base64_add(&bits, &word, &padding, &digits))
			return -EINVAL;
	return base64_end(&bits, padding, digits);
}
