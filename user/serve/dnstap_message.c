/* SPDX-License-Identifier: BSD-2-Clause */
/* Encodes messages for dnstap. */
#include "serve/dnstap_message.h"

#include <string.h>

#include "dns/bytes.h"

/* How a field's value is encoded: the lower bits of its tag. */
enum wire {
	WIRE_VARINT = 0,
	WIRE_BYTES = 2,
	WIRE_FIXED32 = 5,
};

/* Numbers of fields in dnstap.proto. */
enum {
	TAP_IDENTITY = 1,
	TAP_VERSION = 2,
	TAP_MESSAGE = 14,
	TAP_TYPE = 15,
	MESSAGE_TYPE = 1,
	MESSAGE_FAMILY = 2,
	MESSAGE_PROTOCOL = 3,
	MESSAGE_QUERY_ADDRESS = 4,
	MESSAGE_RESPONSE_ADDRESS = 5,
	MESSAGE_QUERY_PORT = 6,
	MESSAGE_RESPONSE_PORT = 7,
	MESSAGE_QUERY_SEC = 8,
	MESSAGE_QUERY = 10,
	MESSAGE_QUERY_ZONE = 11,
	MESSAGE_RESPONSE_SEC = 12,
	MESSAGE_RESPONSE = 14,
};

#define TYPE_MESSAGE 1 /* of a Dnstap */
#define FAMILY_INET  1
#define FAMILY_INET6 2
#define TEXT_MAX     255
#define NS_PER_S     1000000000ULL
#define LENGTH_BYTES 4  /* of a frame */
#define MAPPED_BYTES 12 /* ahead of an IPv4-mapped address */

static uint8_t *varint_put(uint8_t *out, uint64_t value)
{
	for (; value > 0x7f; value >>= 7)
		*out++ = (uint8_t)(value | 0x80);
	*out++ = (uint8_t)value;
	return out;
}

static uint8_t *number_put(uint8_t *out, unsigned int field, uint64_t value)
{
	return varint_put(varint_put(out, field << 3 | WIRE_VARINT), value);
}

static uint8_t *fixed_put(uint8_t *out, unsigned int field, uint32_t value)
{
	out = varint_put(out, field << 3 | WIRE_FIXED32);
	for (int i = 0; i < 4; i++)
		*out++ = (uint8_t)(value >> 8 * i);
	return out;
}

static uint8_t *bytes_put(uint8_t *out, unsigned int field, const void *bytes, size_t len)
{
	out = varint_put(varint_put(out, field << 3 | WIRE_BYTES), len);
	memcpy(out, bytes, len);
	return out + len;
}

static uint8_t *text_put(uint8_t *out, unsigned int field, const char *text)
{
	return text ? bytes_put(out, field, text, strnlen(text, TEXT_MAX)) : out;
}

static uint8_t *address_put(uint8_t *out, unsigned int field, const uint8_t *addr, bool is_v4)
{
	return bytes_put(out, field, addr + (is_v4 ? MAPPED_BYTES : 0), is_v4 ? 4 : 16);
}

/* The field of nanoseconds follows that of seconds. */
static uint8_t *time_put(uint8_t *out, unsigned int field, uint64_t wall_ns)
{
	out = number_put(out, field, wall_ns / NS_PER_S);
	return fixed_put(out, field + 1, (uint32_t)(wall_ns % NS_PER_S));
}

static uint8_t *message_put(const struct rb_tapped *tapped, uint8_t *out)
{
	static const uint8_t mapped[MAPPED_BYTES] = {[10] = 0xff, [11] = 0xff};
	bool is_v4 = !memcmp(tapped->server ?: tapped->client, mapped, sizeof(mapped));

	out = number_put(out, MESSAGE_TYPE, tapped->kind);
	out = number_put(out, MESSAGE_FAMILY, is_v4 ? FAMILY_INET : FAMILY_INET6);
	out = number_put(out, MESSAGE_PROTOCOL, tapped->protocol);
	out = address_put(out, MESSAGE_QUERY_ADDRESS, tapped->client, is_v4);
	if (tapped->server)
		out = address_put(out, MESSAGE_RESPONSE_ADDRESS, tapped->server, is_v4);
	out = number_put(out, MESSAGE_QUERY_PORT, tapped->client_port);
	if (tapped->server)
		out = number_put(out, MESSAGE_RESPONSE_PORT, tapped->server_port);
	if (tapped->query_ns)
		out = time_put(out, MESSAGE_QUERY_SEC, tapped->query_ns);
	if (tapped->zone)
		out = bytes_put(out, MESSAGE_QUERY_ZONE, tapped->zone, tapped->zone_len);
	if (tapped->response_ns)
		out = time_put(out, MESSAGE_RESPONSE_SEC, tapped->response_ns);
	return bytes_put(out, rb_tapped_is_query(tapped->kind) ? MESSAGE_QUERY : MESSAGE_RESPONSE,
			 tapped->message, tapped->len);
}

/* Bytes of a number in that form. */
static size_t varint_bytes(size_t value)
{
	uint8_t room[10];

	return (size_t)(varint_put(room, value) - room);
}

size_t rb_tapped_write(const struct rb_tapped *tapped, uint8_t *out)
{
	uint8_t *at = out + LENGTH_BYTES, *message;
	size_t len, head;

	at = text_put(at, TAP_IDENTITY, tapped->identity);
	at = text_put(at, TAP_VERSION, tapped->version);
	at = number_put(at, TAP_TYPE, TYPE_MESSAGE);
	/* The length comes first but is known last: the message is moved behind it. */
	message = at;
	len = (size_t)(message_put(tapped, message) - message);
	head = 1 + varint_bytes(len);
	memmove(message + head, message, len);
	varint_put(varint_put(message, TAP_MESSAGE << 3 | WIRE_BYTES), len);
	at = message + head + len;
	rb_bytes_put32(out, (uint32_t)(at - out - LENGTH_BYTES));
	return (size_t)(at - out);
}
