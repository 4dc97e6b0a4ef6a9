/* SPDX-License-Identifier: BSD-2-Clause */
/* A function for each kind of field. */
#include "dns/fields.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "dns/bytes.h"
#include "dns/name.h"
#include "dns/svcparams.h"
#include "util/cleanup.h"

#define STRING_MAX 255

/* RFC 7218. */
static const ldns_lookup_table certificate_usages[] = {{0, "PKIX-TA"},    {1, "PKIX-EE"},
						       {2, "DANE-TA"},    {3, "DANE-EE"},
						       {255, "PrivCert"}, {0, NULL}};
static const ldns_lookup_table selectors[] = {
	{0, "Cert"}, {1, "SPKI"}, {255, "PrivSel"}, {0, NULL}};
static const ldns_lookup_table matching_types[] = {
	{0, "Full"}, {1, "SHA2-256"}, {2, "SHA2-512"}, {255, "PrivMatch"}, {0, NULL}};

/* What is too large wraps, as for Unbound: MX 70000. */
static int number_put(const struct rb_word *word, size_t bytes, uint8_t *out, size_t room)
{
	uint64_t number;

	if (!rb_word_number(word, &number) || room < bytes)
		return -EINVAL;
	for (size_t i = bytes; i-- > 0; number >>= 8)
		out[i] = (uint8_t)number;
	return (int)bytes;
}

/* A number, or one of these names. */
static int named_put(const struct rb_word *word, const ldns_lookup_table *names, size_t bytes,
		     uint8_t *out, size_t room)
{
	for (; names->name; names++) {
		if (!rb_word_is(word, names->name))
			continue;
		if (room < bytes)
			return -EINVAL;
		if (bytes == 2)
			rb_bytes_put16(out, (uint16_t)names->id);
		else
			*out = (uint8_t)names->id;
		return (int)bytes;
	}
	return number_put(word, bytes, out, room);
}

static int period_put(const struct rb_word *word, uint8_t *out, size_t room)
{
	uint32_t seconds;

	if (room < 4 || !rb_word_period(word, &seconds))
		return -EINVAL;
	rb_bytes_put32(out, seconds);
	return 4;
}

/* YYYYMMDDhhmmss, or seconds since 1970: RFC 4034 3.2. */
static int time_put(const struct rb_word *word, uint8_t *out, size_t room)
{
	struct tm date = {0};
	uint64_t number;

	if (room < 4 || !rb_word_number(word, &number))
		return -EINVAL;
	if (word->len == 14) {
		date.tm_sec = (int)(number % 100);
		date.tm_min = (int)(number / 100 % 100);
		date.tm_hour = (int)(number / 10000 % 100);
		date.tm_mday = (int)(number / 1000000 % 100);
		date.tm_mon = (int)(number / 100000000 % 100) - 1;
		date.tm_year = (int)(number / 10000000000) - 1900;
		number = (uint64_t)timegm(&date);
	}
	rb_bytes_put32(out, (uint32_t)number);
	return 4;
}

static int address_put(const struct rb_word *word, int family, uint8_t *out, size_t room)
{
	size_t bytes = family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
	char text[INET6_ADDRSTRLEN];

	if (word->len >= sizeof(text) || room < bytes)
		return -EINVAL;
	memcpy(text, word->text, word->len);
	text[word->len] = '\0';
	return inet_pton(family, text, out) == 1 ? (int)bytes : -EINVAL;
}

/* With its length in front. */
static int string_put(const struct rb_word *word, uint8_t *out, size_t room)
{
	size_t most = room && room - 1 < STRING_MAX ? room - 1 : STRING_MAX;
	int len = room ? rb_word_bytes(word, out + 1, most) : -EINVAL;

	if (len < 0)
		return len;
	out[0] = (uint8_t)len;
	return 1 + len;
}

static int salt_put(const struct rb_word *word, uint8_t *out, size_t room)
{
	int len = 0;

	if (!room)
		return -EINVAL;
	if (!rb_word_is(word, "-"))
		len = rb_word_hex(word, out + 1, room - 1);
	if (len < 0 || len > STRING_MAX)
		return -EINVAL;
	out[0] = (uint8_t)len;
	return 1 + len;
}

/* base32 with the extended hex alphabet, RFC 4648 7, without padding. */
static int hash_put(const struct rb_word *word, uint8_t *out, size_t room)
{
	uint32_t kept = 0;
	unsigned int bits = 0;
	size_t len = 1;

	for (size_t i = 0; i < word->len; i++) {
		char c = (char)(word->text[i] | 0x20);
		int value = word->text[i] >= '0' && word->text[i] <= '9' ? word->text[i] - '0'
			    : c >= 'a' && c <= 'v'                       ? c - 'a' + 10
									 : -1;

		if (value < 0)
			return -EINVAL;
		kept = kept << 5 | (uint32_t)value;
		bits += 5;
		if (bits < 8)
			continue;
		if (len == room || len > STRING_MAX)
			return -EINVAL;
		bits -= 8;
		out[len++] = (uint8_t)(kept >> bits);
	}
	if (len == 1 || !room)
		return -EINVAL;
	out[0] = (uint8_t)(len - 1);
	return (int)len;
}

/* 0: there is no such type. */
static uint16_t type_of(const struct rb_word *word)
{
	char text[32];

	if (word->len >= sizeof(text))
		return 0;
	memcpy(text, word->text, word->len);
	text[word->len] = '\0';
	return (uint16_t)ldns_get_rr_type_by_name(text);
}

static int type_put(const struct rb_word *word, uint8_t *out, size_t room)
{
	uint16_t type = type_of(word);

	if (!type || room < 2)
		return -EINVAL;
	rb_bytes_put16(out, type);
	return 2;
}

/* All types that are left, RFC 4034 4.1.2. */
static int bitmap_put(const char **cursor, uint8_t *out, size_t room)
{
	uint8_t bitmap[UINT16_MAX / 8 + 1] = {0};
	struct rb_word word;
	size_t len = 0;

	while (rb_word_next(cursor, &word)) {
		uint16_t type = type_of(&word);

		if (!type)
			return -EINVAL;
		bitmap[type / 8] |= (uint8_t)(0x80 >> type % 8);
	}
	for (size_t window = 0; window < 256; window++) {
		const uint8_t *bytes = bitmap + window * 32;
		size_t used = 32;

		while (used && !bytes[used - 1])
			used--;
		if (!used)
			continue;
		if (len + 2 + used > room)
			return -EINVAL;
		out[len] = (uint8_t)window;
		out[len + 1] = (uint8_t)used;
		memcpy(out + len + 2, bytes, used);
		len += 2 + used;
	}
	return (int)len;
}

static int words_put(ldns_rdf_type kind, const char **cursor, uint8_t *out, size_t room)
{
	switch (kind) {
	case LDNS_RDF_TYPE_HEX:
		return rb_words_hex(cursor, out, room);
	case LDNS_RDF_TYPE_B64:
		return rb_words_base64(cursor, out, room);
	case LDNS_RDF_TYPE_NSEC:
		return bitmap_put(cursor, out, room);
	case LDNS_RDF_TYPE_SVCPARAMS:
		return rb_svcparams_read(cursor, out, room);
	default:
		return -ENOTSUP;
	}
}

static int word_put(const struct rb_field *field, const struct rb_word *word, uint8_t *out,
		    size_t room)
{
	switch (field->kind) {
	case LDNS_RDF_TYPE_DNAME:
		return room < RB_NAME_MAX ? -EINVAL : rb_word_name(word, field->origin, out);
	case LDNS_RDF_TYPE_INT8:
		return number_put(word, 1, out, room);
	case LDNS_RDF_TYPE_INT16:
		return number_put(word, 2, out, room);
	case LDNS_RDF_TYPE_INT32:
		return number_put(word, 4, out, room);
	case LDNS_RDF_TYPE_CERTIFICATE_USAGE:
		return named_put(word, certificate_usages, 1, out, room);
	case LDNS_RDF_TYPE_SELECTOR:
		return named_put(word, selectors, 1, out, room);
	case LDNS_RDF_TYPE_MATCHING_TYPE:
		return named_put(word, matching_types, 1, out, room);
	case LDNS_RDF_TYPE_ALG:
		return named_put(word, ldns_algorithms, 1, out, room);
	case LDNS_RDF_TYPE_CERT_ALG:
		return named_put(word, ldns_cert_algorithms, 2, out, room);
	case LDNS_RDF_TYPE_PERIOD:
		return period_put(word, out, room);
	case LDNS_RDF_TYPE_TIME:
		return time_put(word, out, room);
	case LDNS_RDF_TYPE_A:
		return address_put(word, AF_INET, out, room);
	case LDNS_RDF_TYPE_AAAA:
		return address_put(word, AF_INET6, out, room);
	case LDNS_RDF_TYPE_STR:
	case LDNS_RDF_TYPE_TAG:
		return string_put(word, out, room);
	case LDNS_RDF_TYPE_LONG_STR:
		return rb_word_bytes(word, out, room);
	case LDNS_RDF_TYPE_NSEC3_SALT:
		return salt_put(word, out, room);
	case LDNS_RDF_TYPE_NSEC3_NEXT_OWNER:
		return hash_put(word, out, room);
	case LDNS_RDF_TYPE_TYPE:
		return type_put(word, out, room);
	default:
		return -ENOTSUP;
	}
}

/* RFC 4025 3: preference, type of the gateway, algorithm, the gateway, and a key if there is one. */
static int ipseckey_put(const struct rb_field *field, const char **cursor, uint8_t *out,
			size_t room)
{
	static const ldns_rdf_type gateways[] = {LDNS_RDF_TYPE_NONE, LDNS_RDF_TYPE_A,
						 LDNS_RDF_TYPE_AAAA, LDNS_RDF_TYPE_DNAME};
	struct rb_field gateway = {LDNS_RDF_TYPE_NONE, field->origin};
	struct rb_word word;
	size_t used;
	int len;

	for (used = 0; used < 3; used++)
		if (!rb_word_next(cursor, &word) ||
		    number_put(&word, 1, out + used, room - used) < 0)
			return -EINVAL;
	if (out[1] >= ARRAY_SIZE(gateways) || !rb_word_next(cursor, &word))
		return -EINVAL;
	gateway.kind = gateways[out[1]];
	if (gateway.kind != LDNS_RDF_TYPE_NONE)
		len = word_put(&gateway, &word, out + used, room - used);
	else
		len = rb_word_is(&word, ".") ? 0 : -EINVAL;
	if (len < 0)
		return len;
	used += (size_t)len;
	len = rb_words_base64(cursor, out + used, room - used);
	return len < 0 ? len : (int)used + len;
}

int rb_field_read(const struct rb_field *field, const char **cursor, uint8_t *out, size_t room)
{
	int len = field->kind == LDNS_RDF_TYPE_IPSECKEY ? ipseckey_put(field, cursor, out, room)
							: words_put(field->kind, cursor, out, room);
	struct rb_word word;

	if (len != -ENOTSUP)
		return len;
	if (!rb_word_next(cursor, &word))
		return field->kind == LDNS_RDF_TYPE_LONG_STR ? 0 : -EINVAL;
	return word_put(field, &word, out, room);
}

int rb_field_len(ldns_rdf_type kind, const uint8_t *bytes, size_t room)
{
	size_t len;

	switch (kind) {
	case LDNS_RDF_TYPE_DNAME:
		return rb_name_len(bytes, room);
	case LDNS_RDF_TYPE_INT8:
	case LDNS_RDF_TYPE_ALG:
	case LDNS_RDF_TYPE_CERTIFICATE_USAGE:
	case LDNS_RDF_TYPE_SELECTOR:
	case LDNS_RDF_TYPE_MATCHING_TYPE:
		len = 1;
		break;
	case LDNS_RDF_TYPE_INT16:
	case LDNS_RDF_TYPE_TYPE:
	case LDNS_RDF_TYPE_CERT_ALG:
		len = 2;
		break;
	case LDNS_RDF_TYPE_INT32:
	case LDNS_RDF_TYPE_PERIOD:
	case LDNS_RDF_TYPE_TIME:
	case LDNS_RDF_TYPE_A:
		len = 4;
		break;
	case LDNS_RDF_TYPE_AAAA:
		len = 16;
		break;
	case LDNS_RDF_TYPE_STR:
	case LDNS_RDF_TYPE_TAG:
	case LDNS_RDF_TYPE_NSEC3_SALT:
	case LDNS_RDF_TYPE_NSEC3_NEXT_OWNER:
		len = room ? 1u + bytes[0] : 1;
		break;
	default:
		len = room;
	}
	return len <= room ? (int)len : -EINVAL;
}
