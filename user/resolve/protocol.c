/* SPDX-License-Identifier: BSD-2-Clause */
/* The form of questions and responses between the server and a resolver process. */
#include "resolve/protocol.h"

#include <errno.h>
#include <string.h>

#define RCODE_MAX    15
#define SECURITY_MAX 2  /* secure */
#define HEADER_BYTES 12 /* of a DNS message */

/* The heads of messages; comments say what follows. Padding is explicit, so that it is zero. */
struct request_head {
	uint64_t id;
	uint16_t qtype, qclass;
	uint8_t context;
	uint8_t zero[3];
	/* the name */
};

struct response_head {
	uint64_t id;
	int32_t rcode;
	uint32_t security;
	uint32_t packet_len;
	uint32_t why_len;
	/* the packet; why, without its end */
};

static size_t pair_bytes(void)
{
	return rb_channel_bytes(RB_QUESTIONS_BYTES) + rb_channel_bytes(RB_RESPONSES_BYTES);
}

size_t rb_exchange_bytes(unsigned int workers)
{
	return sizeof(struct rb_exchange) + workers * pair_bytes() +
	       rb_channel_bytes(RB_SEEN_BYTES);
}

struct rb_channel *rb_exchange_questions(struct rb_exchange *exchange, unsigned int worker)
{
	uint8_t *pairs = (uint8_t *)(exchange + 1);

	return (void *)(pairs + worker * pair_bytes());
}

struct rb_channel *rb_exchange_responses(struct rb_exchange *exchange, unsigned int worker)
{
	uint8_t *questions = (uint8_t *)rb_exchange_questions(exchange, worker);

	return (void *)(questions + rb_channel_bytes(RB_QUESTIONS_BYTES));
}

struct rb_channel *rb_exchange_seen(struct rb_exchange *exchange, unsigned int workers)
{
	return rb_exchange_questions(exchange, workers);
}

int rb_request_put(struct rb_channel_writer *writer, const struct rb_request *request)
{
	struct request_head head = {
		.id = request->id,
		.qtype = request->qtype,
		.qclass = request->qclass,
		.context = request->context,
	};
	const struct iovec parts[] = {
		{&head, sizeof(head)},
		{(void *)(uintptr_t)request->qname, request->qname_len},
	};

	return rb_channel_put(writer, parts, 2);
}

int rb_request_get(struct rb_channel_reader *reader, struct rb_request *ret_request)
{
	struct {
		struct request_head head;
		uint8_t qname[RB_NAME_MAX];
	} record;
	ssize_t len = rb_channel_get(reader, &record, sizeof(record));
	size_t qname_len;

	if (len < 0)
		return (int)len;
	if ((size_t)len <= sizeof(record.head))
		return -EPROTO;
	qname_len = (size_t)len - sizeof(record.head);
	if (record.head.context >= RB_CONTEXTS ||
	    rb_name_len(record.qname, qname_len) != (int)qname_len)
		return -EPROTO;
	*ret_request = (struct rb_request){
		.id = record.head.id,
		.qtype = record.head.qtype,
		.qclass = record.head.qclass,
		.context = record.head.context,
		.qname_len = (uint8_t)qname_len,
	};
	memcpy(ret_request->qname, record.qname, qname_len);
	return 0;
}

int rb_response_put(struct rb_channel_writer *writer, const struct rb_response *response)
{
	struct response_head head = {
		.id = response->id,
		.rcode = response->rcode,
		.security = response->security,
		.packet_len = (uint32_t)response->packet_len,
	};
	struct iovec parts[] = {
		{&head, sizeof(head)},
		{(void *)(uintptr_t)response->packet, response->packet_len},
		{(void *)(uintptr_t)response->why_bogus, 0},
	};

	if (response->packet_len > RB_PACKET_BYTES)
		return -EMSGSIZE;
	if (response->why_bogus)
		parts[2].iov_len = strnlen(response->why_bogus, RB_WHY_BYTES);
	head.why_len = (uint32_t)parts[2].iov_len;
	return rb_channel_put(writer, parts, 3);
}

int rb_response_get(struct rb_channel_reader *reader, struct rb_response_room *room,
		    struct rb_response *ret_response)
{
	/* One byte is left for the end of why. */
	ssize_t len = rb_channel_get(reader, room->bytes, sizeof(room->bytes) - 1);
	struct response_head head;
	uint8_t *packet = room->bytes + sizeof(head);

	if (len < 0)
		return (int)len;
	if ((size_t)len < sizeof(head))
		return -EPROTO;
	memcpy(&head, room->bytes, sizeof(head));
	if (head.why_len > RB_WHY_BYTES || head.packet_len > RB_PACKET_BYTES ||
	    sizeof(head) + head.packet_len + head.why_len != (size_t)len || head.rcode < 0 ||
	    head.rcode > RCODE_MAX || head.security > SECURITY_MAX)
		return -EPROTO;
	room->bytes[len] = '\0';
	*ret_response = (struct rb_response){
		.id = head.id,
		.rcode = head.rcode,
		.security = head.security,
		.packet = packet,
		.packet_len = head.packet_len,
		.why_bogus = head.why_len ? (const char *)packet + head.packet_len : NULL,
	};
	return 0;
}

int rb_seen_put(struct rb_channel_writer *writer, const struct rb_upstream_seen *seen,
		const uint8_t *message, size_t len)
{
	const struct iovec parts[] = {
		{(void *)(uintptr_t)seen, sizeof(*seen)},
		{(void *)(uintptr_t)message, len},
	};

	return rb_channel_put(writer, parts, 2);
}

ssize_t rb_seen_get(struct rb_channel_reader *reader, struct rb_response_room *room,
		    struct rb_upstream_seen *ret_seen, const uint8_t **ret_message)
{
	ssize_t len = rb_channel_get(reader, room->bytes, sizeof(room->bytes));
	struct rb_upstream_seen seen;

	if (len < 0)
		return len;
	if ((size_t)len < sizeof(seen) + HEADER_BYTES ||
	    (size_t)len > sizeof(seen) + RB_PACKET_BYTES)
		return -EPROTO;
	memcpy(&seen, room->bytes, sizeof(seen));
	if (seen.transport < RB_UPSTREAM_OVER_UDP || seen.transport > RB_UPSTREAM_OVER_TLS ||
	    seen.recursive > 1)
		return -EPROTO;
	*ret_seen = seen;
	*ret_message = room->bytes + sizeof(seen);
	return len - (ssize_t)sizeof(seen);
}
