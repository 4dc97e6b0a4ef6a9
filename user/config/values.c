/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads single values of unbound.conf as strictly as their meaning asks. */
#include "config/values.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_TEXT_MAX (INET6_ADDRSTRLEN + IF_NAMESIZE + 1)
#define BLANKS           " \t"
#define LABEL_MAX        63
#define NAME_MAX_BYTES   255 /* in wire form, RFC 1035 2.3.4 */

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool rb_value_yesno(const char *text, bool *ret)
{
	if (!strcmp(text, "yes"))
		*ret = true;
	else if (!strcmp(text, "no"))
		*ret = false;
	else
		return false;
	return true;
}

static bool digits(const char *text, size_t length, uint64_t *ret)
{
	uint64_t value = 0;
	size_t i;

	if (!length)
		return false;
	for (i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(value, 10U, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value))
			return false;
	}
	*ret = value;
	return true;
}

bool rb_value_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value;

	if (!digits(text, strlen(text), &value) || value < min || value > max)
		return false;
	*ret = value;
	return true;
}

static size_t trimmed(const char *text, size_t length)
{
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	return length;
}

bool rb_value_size(const char *text, uint64_t *ret_bytes)
{
	size_t length = trimmed(text, strlen(text));
	unsigned int shift = 0;
	uint64_t value;

	if (length > 1 && tolower((unsigned char)text[length - 1]) == 'b')
		length--;
	if (length > 1) {
		switch (tolower((unsigned char)text[length - 1])) {
		case 'k':
			shift = 10;
			break;
		case 'm':
			shift = 20;
			break;
		case 'g':
			shift = 30;
			break;
		default:
			break;
		}
		if (shift)
			length = trimmed(text, length - 1);
	}
	if (!digits(text, length, &value) || value > ((uint64_t)INT64_MAX >> shift))
		return false;
	*ret_bytes = value << shift;
	return true;
}

/* Copies the part of text before any of the stops; the rest of it, or NULL where it is too long. */
static const char *head(const char *text, const char *stops, char *buffer, size_t size)
{
	size_t length = strcspn(text, stops);

	if (length >= size)
		return NULL;
	memcpy(buffer, text, length);
	buffer[length] = '\0';
	return text + length;
}

static void mask(uint8_t addr[16], unsigned int prefix)
{
	unsigned int i;

	for (i = 0; i < 16; i++) {
		unsigned int kept = prefix >= 8 * (i + 1) ? 8 : prefix > 8 * i ? prefix - 8 * i : 0;

		addr[i] = (uint8_t)(addr[i] & (0xff00 >> kept));
	}
}

bool rb_value_netblock(const char *text, uint8_t ret_addr[16], uint8_t *ret_prefix)
{
	char ip[INET6_ADDRSTRLEN];
	const char *rest = head(text, "/", ip, sizeof(ip));
	uint64_t width, prefix;
	uint8_t addr[16];

	if (!rest)
		return false;
	if (inet_pton(AF_INET, ip, addr + 12) == 1) {
		memcpy(addr, mapped_prefix, sizeof(mapped_prefix));
		width = 32;
	} else if (inet_pton(AF_INET6, ip, addr) == 1) {
		width = 128;
	} else {
		return false;
	}
	prefix = width;
	if (*rest == '/' && !rb_value_number(rest + 1, 0, width, &prefix))
		return false;
	prefix += 128 - width;
	mask(addr, (unsigned int)prefix);
	memcpy(ret_addr, addr, sizeof(addr));
	*ret_prefix = (uint8_t)prefix;
	return true;
}

static bool ip_parse(char *ip, struct sockaddr_storage *ret)
{
	struct sockaddr_in *in4 = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;
	char *scope = strchr(ip, '%');

	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET, ip, &in4->sin_addr) == 1) {
		ret->ss_family = AF_INET;
		return true;
	}
	if (scope) {
		*scope++ = '\0';
		in6->sin6_scope_id = if_nametoindex(scope);
		if (!in6->sin6_scope_id)
			return false;
	}
	if (inet_pton(AF_INET6, ip, &in6->sin6_addr) != 1)
		return false;
	ret->ss_family = AF_INET6;
	return true;
}

/* [@port][#name] */
static bool port_parse(const char *rest, uint16_t port, uint16_t *ret_port)
{
	char number[8];
	uint64_t value = port;

	if (*rest == '@') {
		rest = head(rest + 1, "#", number, sizeof(number));
		if (!rest || !rb_value_number(number, 1, UINT16_MAX, &value))
			return false;
	}
	if (*rest == '#' && !rb_value_domain(rest + 1))
		return false;
	*ret_port = (uint16_t)value;
	return true;
}

bool rb_value_address(const char *text, uint16_t port, struct sockaddr_storage *ret)
{
	struct sockaddr_storage addr;
	char ip[ADDRESS_TEXT_MAX];
	const char *rest = head(text, "@#", ip, sizeof(ip));

	if (!rest || !port_parse(rest, port, &port) || !ip_parse(ip, &addr))
		return false;
	if (addr.ss_family == AF_INET)
		((struct sockaddr_in *)&addr)->sin_port = htons(port);
	else
		((struct sockaddr_in6 *)&addr)->sin6_port = htons(port);
	*ret = addr;
	return true;
}

/* The bytes that an escape of RFC 1035 5.1 takes: \DDD or \X. 0: there is nothing behind it. */
static size_t escape_length(const char *text)
{
	if (isdigit((unsigned char)text[1]) && isdigit((unsigned char)text[2]) &&
	    isdigit((unsigned char)text[3]))
		return 4;
	return text[1] ? 2 : 0;
}

bool rb_value_domain(const char *text)
{
	size_t label = 0, wire = 1;

	if (!strcmp(text, "."))
		return true;
	if (!*text)
		return false;
	while (*text) {
		size_t step = *text == '\\' ? escape_length(text) : 1;

		if (!step)
			return false;
		if (*text == '.') {
			if (!label)
				return false;
			wire += label + 1;
			label = 0;
		} else if (++label > LABEL_MAX) {
			return false;
		}
		text += step;
	}
	wire += label ? label + 1 : 0;
	return wire <= NAME_MAX_BYTES;
}

static bool host_matches(const char *text)
{
	char name[4 * NAME_MAX_BYTES];
	const char *rest = head(text, "@#", name, sizeof(name));
	uint16_t port;

	return rest && rb_value_domain(name) && port_parse(rest, 0, &port);
}

static bool ports_match(const char *text)
{
	char low[8];
	const char *rest = head(text, "-", low, sizeof(low));
	uint64_t first, last;

	if (!rest || !rb_value_number(low, 0, UINT16_MAX, &first))
		return false;
	return !*rest || rb_value_number(rest + 1, first, UINT16_MAX, &last);
}

static bool numbers_match(const char *text)
{
	size_t count = 0;

	for (text += strspn(text, BLANKS); *text; text += strspn(text, BLANKS), count++) {
		size_t length;
		uint64_t value;

		text += *text == '-';
		length = strcspn(text, BLANKS);
		if (!digits(text, length, &value))
			return false;
		text += length;
	}
	return count;
}

bool rb_value_matches(enum rb_value_kind kind, const char *text)
{
	struct sockaddr_storage address;
	uint8_t addr[16], prefix;
	uint64_t number;
	bool yes;

	switch (kind) {
	case RB_VALUE_YESNO:
		return rb_value_yesno(text, &yes);
	case RB_VALUE_NUMBER:
		return rb_value_number(text, 0, UINT64_MAX, &number);
	case RB_VALUE_SIZE:
		return rb_value_size(text, &number);
	case RB_VALUE_NUMBERS:
		return numbers_match(text);
	case RB_VALUE_PORTS:
		return ports_match(text);
	case RB_VALUE_NETBLOCK:
		return rb_value_netblock(text, addr, &prefix);
	case RB_VALUE_ADDRESS:
		return rb_value_address(text, 0, &address);
	case RB_VALUE_DOMAIN:
		return rb_value_domain(text);
	case RB_VALUE_HOST:
		return host_matches(text);
	case RB_VALUE_PATH:
		return *text == '/';
	case RB_VALUE_NONE:
	case RB_VALUE_TEXT:
	case RB_VALUE_FILE:
		break;
	}
	return true;
}

const char *rb_value_expected(enum rb_value_kind kind)
{
	switch (kind) {
	case RB_VALUE_YESNO:
		return "'yes' or 'no'";
	case RB_VALUE_NUMBER:
		return "a number";
	case RB_VALUE_NUMBERS:
		return "numbers with blanks between them, such as '3 2 1 0 0'";
	case RB_VALUE_SIZE:
		return "a size in bytes, such as 4096, 50m or 1g";
	case RB_VALUE_PORTS:
		return "a port or a range of ports, such as 1024-65535";
	case RB_VALUE_NETBLOCK:
		return "an address or a netblock, such as 192.0.2.0/24 or 2001:db8::/32";
	case RB_VALUE_ADDRESS:
		return "an address, such as 192.0.2.1, 192.0.2.1@5353 or 192.0.2.1@853#dns.example";
	case RB_VALUE_DOMAIN:
		return "a domain name";
	case RB_VALUE_HOST:
		return "a host's name, such as ns.example or ns.example@5353";
	case RB_VALUE_PATH:
		return "a path that begins with '/'";
	case RB_VALUE_NONE:
	case RB_VALUE_TEXT:
	case RB_VALUE_FILE:
		break;
	}
	return "a value";
}

bool rb_netblock_has(const struct rb_netblock *block, const uint8_t addr[16])
{
	size_t whole = block->prefix / 8;
	uint8_t mask = (uint8_t)(0xff00 >> block->prefix % 8);

	return !memcmp(block->addr, addr, whole) &&
	       (whole == sizeof(block->addr) || !((block->addr[whole] ^ addr[whole]) & mask));
}

bool rb_address_is_localhost(const uint8_t addr[16])
{
	static const struct rb_netblock localhost[] = {
		{{[10] = 0xff, 0xff, 127}, 96 + 8},
		{{[15] = 1}, 128},
	};

	return rb_netblock_has(&localhost[0], addr) || rb_netblock_has(&localhost[1], addr);
}

void rb_address_mapped(const struct sockaddr_storage *addr, uint8_t ret_addr[16])
{
	const struct sockaddr_in *addr4 = (const void *)addr;
	const struct sockaddr_in6 *addr6 = (const void *)addr;

	if (addr->ss_family == AF_INET6) {
		memcpy(ret_addr, &addr6->sin6_addr, sizeof(addr6->sin6_addr));
		return;
	}
	memset(ret_addr, 0, 10);
	memset(ret_addr + 10, 0xff, 2);
	memcpy(ret_addr + 12, &addr4->sin_addr, sizeof(addr4->sin_addr));
}
