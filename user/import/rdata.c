/* SPDX-License-Identifier: BSD-2-Clause */
/* Names, types and the data of frequent types from zone file text, fast. */
#include "import/rdata.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ldns/ldns.h>
#include <string.h>
#include <strings.h>

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "import/rdata_rrsig.h"
#include "util/cleanup.h"

#define STRING_MAX 255 /* bytes of a character-string */

/* A byte of text, its escape resolved: how many characters it took; -EINVAL. */
static int byte_parse(const char *text, const char *end, uint8_t *ret_byte)
{
	unsigned int value = 0;
	int i;

	if (*text != '\\') {
		*ret_byte = (uint8_t)*text;
		return 1;
	}
	if (end - text < 2)
		return -EINVAL;
	if (text[1] < '0' || text[1] > '9') {
		*ret_byte = (uint8_t)text[1];
		return 2;
	}
	if (end - text < 4)
		return -EINVAL;
	for (i = 1; i < 4; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		value = value * 10 + (unsigned int)(text[i] - '0');
	}
	if (value > 255)
		return -EINVAL;
	*ret_byte = (uint8_t)value;
	return 4;
}

/* A label at *at, up to its dot or the end. Its length; -EINVAL. */
static int label_parse(const char **at, const char *end, uint8_t *label, size_t room)
{
	const char *text = *at;
	size_t len = 0;

	while (text < end && *text != '.') {
		int taken;

		if (len == room || len == RB_LABEL_MAX)
			return -EINVAL;
		taken = byte_parse(text, end, &label[len]);
		if (taken < 0)
			return taken;
		len++;
		text += taken;
	}
	*at = text;
	return len ? (int)len : -EINVAL;
}

static int name_append(struct rb_import_name *name, const struct rb_import_name *origin)
{
	if (!origin->len || name->len + origin->len > RB_NAME_MAX)
		return -EINVAL;
	memcpy(name->bytes + name->len, origin->bytes, origin->len);
	name->len += origin->len;
	return 0;
}

int rb_import_name_parse(const struct rb_import_word *word, const struct rb_import_name *origin,
			 struct rb_import_name *ret_name)
{
	static const struct rb_import_name root = {.len = 1};
	const char *at = word->text, *end = word->text + word->len;
	struct rb_import_name name;

	name.len = 0;
	if (word->len == 1 && *at == '@') {
		if (!origin->len)
			return -EINVAL;
		*ret_name = *origin;
		return 0;
	}
	if (word->len == 1 && *at == '.') {
		*ret_name = root;
		return 0;
	}
	for (;;) {
		size_t room = RB_NAME_MAX - 1U - name.len; /* but for the label's length */
		int len = name.len >= RB_NAME_MAX - 1
				  ? -EINVAL
				  : label_parse(&at, end, name.bytes + name.len + 1, room);

		if (len < 0)
			return len;
		name.bytes[name.len] = (uint8_t)len;
		name.len += (uint16_t)(1 + len);
		if (at == end)
			break;
		at++;
		if (at == end) {
			origin = &root;
			break;
		}
	}
	if (name_append(&name, origin))
		return -EINVAL;
	memcpy(ret_name->bytes, name.bytes, name.len);
	ret_name->len = name.len;
	return 0;
}

uint16_t rb_import_type_parse(const struct rb_import_word *word)
{
	static const struct {
		const char *name;
		uint16_t type;
	} frequent[] = {
		{"A", RB_TYPE_A},         {"AAAA", RB_TYPE_AAAA},   {"CNAME", RB_TYPE_CNAME},
		{"RRSIG", RB_TYPE_RRSIG}, {"NS", RB_TYPE_NS},       {"TXT", RB_TYPE_TXT},
		{"MX", RB_TYPE_MX},       {"PTR", RB_TYPE_PTR},     {"NSEC", RB_TYPE_NSEC},
		{"SOA", RB_TYPE_SOA},     {"NSEC3", RB_TYPE_NSEC3}, {"DS", RB_TYPE_DS},
	};
	char text[32];
	size_t i;

	if (word->quoted || word->len >= sizeof(text))
		return 0;
	for (i = 0; i < ARRAY_SIZE(frequent); i++)
		if (rb_import_word_is(word, frequent[i].name))
			return frequent[i].type;
	memcpy(text, word->text, word->len);
	text[word->len] = '\0';
	return (uint16_t)ldns_get_rr_type_by_name(text);
}

static int a_parse(const struct rb_import_word *word, uint8_t *out)
{
	const char *at = word->text, *end = at + word->len;
	int part;

	for (part = 0; part < 4; part++) {
		unsigned int value = 0;
		const char *begin = at;

		while (at < end && *at >= '0' && *at <= '9' && at - begin < 3)
			value = value * 10 + (unsigned int)(*at++ - '0');
		/* Some read numbers with leading zeros as octal, so they are refused. */
		if (at == begin || value > 255 || (*begin == '0' && at - begin > 1))
			return -EINVAL;
		out[part] = (uint8_t)value;
		if (part < 3 && (at == end || *at++ != '.'))
			return -EINVAL;
	}
	return at == end ? 4 : -EINVAL;
}

static int aaaa_parse(const struct rb_import_word *word, uint8_t *out)
{
	char text[INET6_ADDRSTRLEN];

	if (word->len >= sizeof(text))
		return -EINVAL;
	memcpy(text, word->text, word->len);
	text[word->len] = '\0';
	return inet_pton(AF_INET6, text, out) == 1 ? 16 : -EINVAL;
}

static int name_rdata_parse(const struct rb_import_word *word, const struct rb_import_name *origin,
			    uint8_t *out)
{
	struct rb_import_name name;
	int err = rb_import_name_parse(word, origin, &name);

	if (err)
		return err;
	memcpy(out, name.bytes, name.len);
	return name.len;
}

static int number_parse(const struct rb_import_word *word, uint16_t *ret_number)
{
	unsigned int number = 0;
	uint32_t i;

	if (!word->len || word->len > 5)
		return -EINVAL;
	for (i = 0; i < word->len; i++) {
		if (word->text[i] < '0' || word->text[i] > '9')
			return -EINVAL;
		number = number * 10 + (unsigned int)(word->text[i] - '0');
	}
	if (number > UINT16_MAX)
		return -EINVAL;
	*ret_number = (uint16_t)number;
	return 0;
}

/* Numbers, then a name: MX, SRV. */
static int numbers_parse(const struct rb_import_word *words, size_t count,
			 const struct rb_import_name *origin, uint8_t *out)
{
	size_t i;
	int len;

	for (i = 0; i + 1 < count; i++) {
		uint16_t number;

		if (number_parse(&words[i], &number))
			return -EINVAL;
		rb_bytes_put16(out + 2 * i, number);
	}
	len = name_rdata_parse(&words[i], origin, out + 2 * i);
	return len < 0 ? len : (int)(2 * i) + len;
}

static int string_parse(const struct rb_import_word *word, uint8_t *out)
{
	const char *at = word->text, *end = at + word->len;
	size_t len = 0;

	while (at < end) {
		int taken;

		if (len == STRING_MAX)
			return -EINVAL;
		taken = byte_parse(at, end, &out[1 + len]);
		if (taken < 0)
			return taken;
		at += taken;
		len++;
	}
	out[0] = (uint8_t)len;
	return 1 + (int)len;
}

static int strings_parse(const struct rb_import_word *words, size_t count, uint8_t *out)
{
	size_t len = 0, i;

	for (i = 0; i < count; i++) {
		int taken;

		if (len + 1 + STRING_MAX > RB_IMPORT_RDATA_MAX)
			return -EINVAL;
		taken = string_parse(&words[i], out + len);
		if (taken < 0)
			return taken;
		len += (size_t)taken;
	}
	return (int)len;
}

int rb_import_rdata_parse(uint16_t type, const struct rb_import_word *words, size_t count,
			  const struct rb_import_name *origin, uint8_t *out, uint16_t *ret_len)
{
	int len = -EINVAL;

	if (!count)
		return -EINVAL;
	/* RFC 3597: any type's data as bytes. */
	if (rb_import_word_is(&words[0], "\\#"))
		return -ENOTSUP;
	switch (type) {
	case RB_TYPE_A:
		len = count == 1 ? a_parse(words, out) : -EINVAL;
		break;
	case RB_TYPE_AAAA:
		len = count == 1 ? aaaa_parse(words, out) : -EINVAL;
		break;
	case RB_TYPE_NS:
	case RB_TYPE_CNAME:
	case RB_TYPE_PTR:
	case RB_TYPE_DNAME:
		len = count == 1 ? name_rdata_parse(words, origin, out) : -EINVAL;
		break;
	case RB_TYPE_MX:
		len = count == 2 ? numbers_parse(words, count, origin, out) : -EINVAL;
		break;
	case LDNS_RR_TYPE_SRV:
		len = count == 4 ? numbers_parse(words, count, origin, out) : -EINVAL;
		break;
	case RB_TYPE_TXT:
		len = strings_parse(words, count, out);
		break;
	case RB_TYPE_RRSIG:
		len = rb_import_rrsig_parse(words, count, origin, out);
		break;
	default:
		return -ENOTSUP;
	}
	if (len < 0)
		return len;
	*ret_len = (uint16_t)len;
	return 0;
}
