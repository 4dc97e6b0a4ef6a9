/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads each parameter behind the others, then puts it where its key belongs. */
#include "dns/svcparams.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "dns/bytes.h"
#include "dns/words.h"
#include "util/cleanup.h"

enum {
	KEY_MANDATORY,
	KEY_ALPN,
	KEY_NO_DEFAULT_ALPN,
	KEY_PORT,
	KEY_IPV4HINT,
	KEY_ECH,
	KEY_IPV6HINT
};

#define HEADER_BYTES  4 /* key, length */
#define VALUE_MAX     4096
#define ADDRESS_CHARS INET6_ADDRSTRLEN

static const char *const key_names[] = {"mandatory", "alpn", "no-default-alpn", "port",
					"ipv4hint",  "ech",  "ipv6hint",        "dohpath"};

/* -1: there is no such key. */
static int key_of(const struct rb_word *name)
{
	struct rb_word digits = {name->text + 3, name->len - 3};
	uint64_t number;

	for (size_t i = 0; i < ARRAY_SIZE(key_names); i++)
		if (rb_word_is(name, key_names[i]))
			return (int)i;
	if (name->len <= 3 || strncasecmp(name->text, "key", 3) != 0 ||
	    !rb_word_number(&digits, &number) || number > UINT16_MAX)
		return -1;
	return (int)number;
}

/* The next part of a list whose commas may be escaped (appendix A.1). False: there is none. */
static bool part_next(const uint8_t **at, const uint8_t *end, uint8_t *part, size_t *ret_len)
{
	*ret_len = 0;
	if (*at >= end)
		return false;
	for (; *at < end && **at != ','; ++*at) {
		if (**at == '\\' && *at + 1 < end)
			++*at;
		part[(*ret_len)++] = **at;
	}
	if (*at < end)
		++*at;
	return true;
}

static int alpn_put(const uint8_t *value, size_t len, uint8_t *out, size_t room)
{
	const uint8_t *at = value, *end = value + len;
	uint8_t part[VALUE_MAX];
	size_t used = 0, part_len;

	while (part_next(&at, end, part, &part_len)) {
		if (!part_len || part_len > UINT8_MAX || used + 1 + part_len > room)
			return -EINVAL;
		out[used] = (uint8_t)part_len;
		memcpy(out + used + 1, part, part_len);
		used += 1 + part_len;
	}
	return used ? (int)used : -EINVAL;
}

static int hints_put(const uint8_t *value, size_t len, int family, uint8_t *out, size_t room)
{
	size_t bytes = family == AF_INET ? 4 : 16, used = 0, part_len;
	const uint8_t *at = value, *end = value + len;
	uint8_t part[VALUE_MAX + 1];

	while (part_next(&at, end, part, &part_len)) {
		part[part_len] = '\0';
		if (part_len >= ADDRESS_CHARS || used + bytes > room ||
		    inet_pton(family, (const char *)part, out + used) != 1)
			return -EINVAL;
		used += bytes;
	}
	return used ? (int)used : -EINVAL;
}

/* In ascending order. */
static int mandatory_put(const uint8_t *value, size_t len, uint8_t *out, size_t room)
{
	const uint8_t *at = value, *end = value + len;
	uint8_t part[VALUE_MAX];
	size_t used = 0, part_len;

	while (part_next(&at, end, part, &part_len)) {
		const struct rb_word name = {(const char *)part, part_len};
		int key = key_of(&name);
		size_t to = used;

		if (key < 0 || used + 2 > room)
			return -EINVAL;
		for (; to && rb_bytes_get16(out + to - 2) > key; to -= 2)
			memmove(out + to, out + to - 2, 2);
		rb_bytes_put16(out + to, (uint16_t)key);
		used += 2;
	}
	return used ? (int)used : -EINVAL;
}

static int port_put(const struct rb_word *value, uint8_t *out, size_t room)
{
	uint64_t port;

	if (!rb_word_number(value, &port) || port > UINT16_MAX || room < 2)
		return -EINVAL;
	rb_bytes_put16(out, (uint16_t)port);
	return 2;
}

static int value_put(int key, const uint8_t *value, size_t len, uint8_t *out, size_t room)
{
	const struct rb_word word = {(const char *)value, len};

	switch (key) {
	case KEY_MANDATORY:
		return mandatory_put(value, len, out, room);
	case KEY_ALPN:
		return alpn_put(value, len, out, room);
	case KEY_NO_DEFAULT_ALPN:
		return len ? -EINVAL : 0;
	case KEY_PORT:
		return port_put(&word, out, room);
	case KEY_IPV4HINT:
		return hints_put(value, len, AF_INET, out, room);
	case KEY_IPV6HINT:
		return hints_put(value, len, AF_INET6, out, room);
	case KEY_ECH:
		return rb_word_base64(&word, out, room);
	default:
		if (len > room)
			return -EINVAL;
		memcpy(out, value, len);
		return (int)len;
	}
}

/* One parameter, with its header. */
static int param_put(const struct rb_word *word, uint8_t *out, size_t room)
{
	const char *equals = memchr(word->text, '=', word->len);
	size_t name_len = equals ? (size_t)(equals - word->text) : word->len;
	const struct rb_word name = {word->text, name_len};
	uint8_t value[VALUE_MAX];
	int key = key_of(&name), value_len = 0, len;

	if (equals) {
		const struct rb_word written = {equals + 1, word->len - name_len - 1};

		value_len = rb_word_bytes(&written, value, sizeof(value));
	}
	if (key < 0 || value_len < 0 || room < HEADER_BYTES)
		return -EINVAL;
	len = value_put(key, value, (size_t)value_len, out + HEADER_BYTES, room - HEADER_BYTES);
	if (len < 0)
		return len;
	rb_bytes_put16(out, (uint16_t)key);
	rb_bytes_put16(out + 2, (uint16_t)len);
	return HEADER_BYTES + len;
}

/* Where a parameter of this key belongs among the first bytes. */
static size_t offset_of(uint16_t key, const uint8_t *params, size_t len)
{
	size_t at = 0;

	while (at < len && rb_bytes_get16(params + at) <= key)
		at += HEADER_BYTES + rb_bytes_get16(params + at + 2);
	return at;
}

int rb_svcparams_read(const char **cursor, uint8_t *out, size_t room)
{
	uint8_t param[HEADER_BYTES + VALUE_MAX];
	struct rb_word word;
	size_t used = 0;

	while (rb_word_next(cursor, &word)) {
		int len = param_put(&word, param, sizeof(param));
		size_t at;

		if (len < 0 || used + (size_t)len > room)
			return -EINVAL;
		at = offset_of(rb_bytes_get16(param), out, used);
		memmove(out + at + len, out + at, used - at);
		memcpy(out + at, param, (size_t)len);
		used += (size_t)len;
	}
	return (int)used;
}
