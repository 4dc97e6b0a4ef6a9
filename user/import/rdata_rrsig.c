/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data of RRSIG (RFC 4034 3.2) in their usual form, fast: half of the records of a signed zone
 * and of a validating resolver's cache are signatures.
 */
#include "import/rdata_rrsig.h"

#include <errno.h>
#include <string.h>

#include "dns/bytes.h"

/* Words of an RRSIG. */
enum {
	WORD_COVERED,
	WORD_ALGORITHM,
	WORD_LABELS,
	WORD_TTL,
	WORD_EXPIRATION,
	WORD_INCEPTION,
	WORD_KEY_TAG,
	WORD_SIGNER,
	WORD_SIGNATURE,
};

#define DATE_DIGITS 14 /* YYYYMMDDHHmmSS */

static int number_parse(const char *text, size_t len, uint64_t max, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t i;

	if (!len || len > 10)
		return -ENOTSUP;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -ENOTSUP;
		number = number * 10 + (uint64_t)(text[i] - '0');
	}
	if (number > max)
		return -ENOTSUP;
	*ret_number = number;
	return 0;
}

static int word_parse(const struct rb_import_word *word, uint64_t max, uint64_t *ret_number)
{
	return number_parse(word->text, word->len, max, ret_number);
}

/* Days since 1970, of the proleptic Gregorian calendar; years begin in March, leap days end them.
 */
static uint64_t days_of(uint64_t year, uint64_t month, uint64_t day)
{
	uint64_t years = month > 2 ? year : year - 1;
	uint64_t months = month > 2 ? month - 3 : month + 9;

	return years * 365 + years / 4 - years / 100 + years / 400 + (months * 153 + 2) / 5 + day -
	       719469;
}

/* RFC 4034 3.1.5: seconds modulo 2^32. */
static int date_parse(const struct rb_import_word *word, uint32_t *ret_s)
{
	static const struct {
		uint8_t len, min, max;
	} parts[] = {{4, 0, 0}, {2, 1, 12}, {2, 1, 31}, {2, 0, 23}, {2, 0, 59}, {2, 0, 59}};
	const char *at = word->text;
	uint64_t values[sizeof(parts) / sizeof(parts[0])];
	size_t i;

	if (word->len != DATE_DIGITS)
		return -ENOTSUP;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (number_parse(at, parts[i].len, i ? parts[i].max : 9999, &values[i]) ||
		    values[i] < parts[i].min)
			return -ENOTSUP;
		at += parts[i].len;
	}
	if (values[0] < 1970)
		return -ENOTSUP;
	*ret_s = (uint32_t)(days_of(values[0], values[1], values[2]) * 86400 + values[3] * 3600 +
			    values[4] * 60 + values[5]);
	return 0;
}

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Base64 (RFC 4648 4) over any number of words. Its length, or -ENOTSUP. */
static int base64_parse(const struct rb_import_word *words, size_t count, uint8_t *out, size_t room)
{
	uint32_t bits = 0, digits = 0, padding = 0;
	size_t len = 0, word, i;

	for (word = 0; word < count; word++) {
		for (i = 0; i < words[word].len; i++) {
			char c = words[word].text[i];
			int digit = digit_of(c);

			if (c == '=' && ++padding <= 2)
				continue;
			if (digit < 0 || padding)
				return -ENOTSUP;
			bits = bits << 6 | (uint32_t)digit;
			if (++digits % 4)
				continue;
			if (len + 3 > room)
				return -ENOTSUP;
			out[len++] = (uint8_t)(bits >> 16);
			out[len++] = (uint8_t)(bits >> 8);
			out[len++] = (uint8_t)bits;
		}
	}
	if ((digits + padding) % 4 || len + 2 > room)
		return -ENOTSUP;
	if (digits % 4 >= 2)
		out[len++] = (uint8_t)(digits % 4 == 2 ? bits >> 4 : bits >> 10);
	if (digits % 4 == 3)
		out[len++] = (uint8_t)(bits >> 2);
	return (int)len;
}

int rb_import_rrsig_parse(const struct rb_import_word *words, size_t count,
			  const struct rb_import_name *origin, uint8_t *out)
{
	uint64_t algorithm, labels, ttl_s, key_tag;
	uint32_t expiration_s, inception_s;
	struct rb_import_name signer;
	uint16_t covered;
	int len;

	if (count <= WORD_SIGNATURE)
		return -ENOTSUP;
	covered = rb_import_type_parse(&words[WORD_COVERED]);
	if (!covered || word_parse(&words[WORD_ALGORITHM], UINT8_MAX, &algorithm) ||
	    word_parse(&words[WORD_LABELS], UINT8_MAX, &labels) ||
	    word_parse(&words[WORD_TTL], UINT32_MAX, &ttl_s) ||
	    date_parse(&words[WORD_EXPIRATION], &expiration_s) ||
	    date_parse(&words[WORD_INCEPTION], &inception_s) ||
	    word_parse(&words[WORD_KEY_TAG], UINT16_MAX, &key_tag) ||
	    rb_import_name_parse(&words[WORD_SIGNER], origin, &signer))
		return -ENOTSUP;
	rb_bytes_put16(out, covered);
	out[2] = (uint8_t)algorithm;
	out[3] = (uint8_t)labels;
	rb_bytes_put32(out + 4, (uint32_t)ttl_s);
	rb_bytes_put32(out + 8, expiration_s);
	rb_bytes_put32(out + 12, inception_s);
	rb_bytes_put16(out + 16, (uint16_t)key_tag);
	memcpy(out + 18, signer.bytes, signer.len);
	len = base64_parse(words + WORD_SIGNATURE, count - WORD_SIGNATURE, out + 18 + signer.len,
			   RB_IMPORT_RDATA_MAX - 18U - signer.len);
	return len < 0 ? len : 18 + signer.len + len;
}
