/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks requests over HTTP. */
#include "serve/http_request.h"

#include <string.h>
#include <strings.h>

#include "util/cleanup.h"

#define MEDIA_TYPE "application/dns-message"
#define PARAMETER  "dns="

static bool is_text(const uint8_t *bytes, size_t len, const char *text)
{
	return len == strlen(text) && !memcmp(bytes, text, len);
}

enum rb_http_method rb_http_method_of(const uint8_t *name, size_t len)
{
	static const char *const others[] = {"HEAD",    "PUT",   "DELETE", "CONNECT",
					     "OPTIONS", "TRACE", "PATCH"};

	if (is_text(name, len, "GET"))
		return RB_HTTP_GET;
	if (is_text(name, len, "POST"))
		return RB_HTTP_POST;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (is_text(name, len, others[i]))
			return RB_HTTP_OTHER;
	return RB_HTTP_UNKNOWN;
}

bool rb_http_is_dns_message(const uint8_t *value, size_t len)
{
	size_t type_len = strlen(MEDIA_TYPE);

	if (len < type_len || strncasecmp((const char *)value, MEDIA_TYPE, type_len) != 0)
		return false;
	/* Parameters may follow (RFC 9110 8.3.1). */
	return len == type_len || value[type_len] == ';' || value[type_len] == ' ';
}

bool rb_http_is_endpoint(const char *path, size_t len, const char *endpoint)
{
	const char *query = memchr(path, '?', len);
	size_t path_len = query ? (size_t)(query - path) : len;

	return path_len == strlen(endpoint) && !memcmp(path, endpoint, path_len);
}

/* -1: not a digit of base64url (RFC 4648 5). */
static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

static bool base64url_decode(const char *text, size_t len, uint8_t *out, size_t *ret_len)
{
	uint32_t bits = 0;
	size_t count = 0;

	/* RFC 8484 4.1 has no padding, but it does no harm. */
	while (len && text[len - 1] == '=')
		len--;
	if (len % 4 == 1)
		return false;
	for (size_t i = 0; i < len; i++) {
		int digit = digit_of(text[i]);

		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		if (i % 4)
			out[count++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
	}
	*ret_len = count;
	return true;
}

enum rb_http_status rb_http_path_decode(const char *path, size_t len, uint8_t *out, size_t *ret_len)
{
	const char *end = path + len, *at = memchr(path, '?', len);

	while (at && at < end) {
		const char *next;
		size_t parameter_len;

		at++;
		next = memchr(at, '&', (size_t)(end - at));
		parameter_len = (size_t)((next ? next : end) - at);
		if (parameter_len > strlen(PARAMETER) && !memcmp(at, PARAMETER, strlen(PARAMETER)))
			return base64url_decode(at + strlen(PARAMETER),
						parameter_len - strlen(PARAMETER), out, ret_len)
				       ? RB_HTTP_OK
				       : RB_HTTP_BAD_REQUEST;
		at = next;
	}
	return RB_HTTP_BAD_REQUEST;
}
