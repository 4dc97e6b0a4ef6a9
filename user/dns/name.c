/* SPDX-License-Identifier: BSD-2-Clause */
/* Domain names in wire form and in presentation form. */
#include "dns/name.h"

#include <errno.h>
#include <string.h>

#include "util/word.h"

#define LABEL_MAX 63

int rb_name_len(const uint8_t *name, size_t room)
{
	size_t at = 0;

	if (room > RB_NAME_MAX)
		room = RB_NAME_MAX;
	while (at < room) {
		/* More than 63: a compression pointer, or a label type that nobody uses. */
		if (name[at] > LABEL_MAX)
			return -EBADMSG;
		if (!name[at])
			return (int)at + 1;
		at += 1 + (size_t)name[at];
	}
	return -EBADMSG;
}

void rb_name_lower(const uint8_t *name, size_t len, uint8_t *out)
{
	size_t at;

	for (at = 0; at < len; at += 8)
		rb_word_store(out + at, len - at, rb_word_lower(rb_word_load(name + at, len - at)));
}

bool rb_name_equal(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	size_t at;

	if (a_len != b_len)
		return false;
	for (at = 0; at < a_len; at += 8) {
		uint64_t a_word = rb_word_load(a + at, a_len - at);
		uint64_t b_word = rb_word_load(b + at, a_len - at);

		if (rb_word_lower(a_word) != rb_word_lower(b_word))
			return false;
	}
	return true;
}

/* Where the labels begin, the root's first. How many there are. */
static unsigned int labels_of(const uint8_t *name, size_t len, uint8_t starts[RB_NAME_MAX / 2 + 1])
{
	unsigned int count = 0, i;

	for (size_t at = 0; at < len; at += 1 + (size_t)name[at])
		starts[count++] = (uint8_t)at;
	for (i = 0; i < count / 2; i++) {
		uint8_t other = starts[i];

		starts[i] = starts[count - 1 - i];
		starts[count - 1 - i] = other;
	}
	return count;
}

static int label_compare(const uint8_t *a, const uint8_t *b)
{
	uint8_t len = a[0] < b[0] ? a[0] : b[0];
	uint8_t lower_a[LABEL_MAX], lower_b[LABEL_MAX];
	int order;

	rb_name_lower(a + 1, len, lower_a);
	rb_name_lower(b + 1, len, lower_b);
	order = memcmp(lower_a, lower_b, len);
	return order ? order : (int)a[0] - (int)b[0];
}

int rb_name_compare(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	uint8_t starts_a[RB_NAME_MAX / 2 + 1], starts_b[RB_NAME_MAX / 2 + 1];
	unsigned int count_a = labels_of(a, a_len, starts_a);
	unsigned int count_b = labels_of(b, b_len, starts_b);

	for (unsigned int i = 0; i < count_a && i < count_b; i++) {
		int order = label_compare(a + starts_a[i], b + starts_b[i]);

		if (order)
			return order;
	}
	return (int)count_a - (int)count_b;
}

bool rb_name_is_under(const uint8_t *name, size_t name_len, const uint8_t *zone, size_t zone_len)
{
	/* Only at a label's start: example.com. ends in the bytes of le.com. but is not below it.
	 */
	while (name_len > zone_len) {
		size_t label = 1 + (size_t)name[0];

		if (label >= name_len)
			return false;
		name += label;
		name_len -= label;
	}
	return rb_name_equal(name, name_len, zone, zone_len);
}

bool rb_name_is_scannable(const uint8_t *name, size_t len)
{
	return len && memchr(name, 0, len) == name + len - 1;
}

uint64_t rb_name_hash_sum(const uint8_t *name, size_t len, const struct rb_hash_key *key)
{
	uint64_t sum = 0, word;
	size_t left, i = 0;

	for (left = len; left >= 8; left -= 8, i++)
		sum += rb_hash_step(rb_word_load(name + left - 8, 8), key->nh[i]);
	word = left ? rb_word_load(name, left) << (64 - 8 * left) : 0;
	return sum + rb_hash_step(word, key->nh[i]);
}

/* One byte of a label, escaped where a reader of presentation form would take it for something
 * else. */
static char *byte_to_text(uint8_t byte, char *out)
{
	if (byte <= ' ' || byte > '~') {
		*out++ = '\\';
		*out++ = (char)('0' + byte / 100);
		*out++ = (char)('0' + byte / 10 % 10);
		*out++ = (char)('0' + byte % 10);
		return out;
	}
	if (strchr(".\\\"();@$", byte))
		*out++ = '\\';
	*out++ = (char)byte;
	return out;
}

void rb_name_to_text(const uint8_t *name, size_t len, char *out)
{
	size_t at = 0;

	if (len <= 1)
		*out++ = '.';
	while (at < len && name[at]) {
		size_t end = at + 1 + name[at];

		for (at++; at < end && at < len; at++)
			out = byte_to_text(name[at], out);
		*out++ = '.';
	}
	*out = '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What follows a backslash: \DDD or \c. How many characters were taken, or -EINVAL. */
static int escape_from_text(const char *text, uint8_t *ret_byte)
{
	int value;

	if (!text[0])
		return -EINVAL;
	if (!is_digit(text[0])) {
		*ret_byte = (uint8_t)text[0];
		return 1;
	}
	if (!is_digit(text[1]) || !is_digit(text[2]))
		return -EINVAL;
	value = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
	if (value > 255)
		return -EINVAL;
	*ret_byte = (uint8_t)value;
	return 3;
}

int rb_name_from_text(const char *text, uint8_t *out)
{
	uint8_t name[RB_NAME_MAX];
	size_t label = 0, len = 1; /* where the label begins, and its end so far */

	if (!strcmp(text, "."))
		text++;
	else if (!*text)
		return -EINVAL;
	while (*text) {
		uint8_t byte = (uint8_t)*text++;

		if (byte == '.') {
			if (len == label + 1)
				return -EINVAL;
			name[label] = (uint8_t)(len - label - 1);
			label = len++;
			continue;
		}
		if (byte == '\\') {
			int taken = escape_from_text(text, &byte);

			if (taken < 0)
				return taken;
			text += taken;
		}
		/* One more byte, for the root label that is to follow. */
		if (len - label > LABEL_MAX || len + 1 >= RB_NAME_MAX)
			return -EINVAL;
		name[len++] = byte;
	}
	if (len > label + 1) {
		name[label] = (uint8_t)(len - label - 1);
		label = len;
	}
	name[label] = 0;
	memcpy(out, name, label + 1);
	return (int)label + 1;
}
