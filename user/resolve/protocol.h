/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages between the server and a resolver process, and their shared memory: a header, then
 * for each worker a channel of questions and one of responses, then one of what is seen for dnstap.
 *
 * Thread: any; no state but the shared memory's.
 * Trust:  the form of everything that comes out of a channel is checked here;
 *	   rb_answer_from_message() checks a response's packet, like any packet.
 * Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_RESOLVE_PROTOCOL_H
#define RB_RESOLVE_PROTOCOL_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/name.h"
#include "upstream/counters.h"
#include "upstream/tap.h"
#include "util/channel.h"

#define RB_WHY_BYTES    1024  /* of libunbound's text on bogus data; the rest is cut off */
#define RB_PACKET_BYTES 65535 /* of a response */

enum {
	RB_QUESTIONS_BYTES = 32 << 10, /* capacity of a channel of questions */
	RB_RESPONSES_BYTES = 256 << 10,
	RB_SEEN_BYTES = 256 << 10,
};

/* Descriptors of a resolver process, as RB_PROCESS_FD() counts them. */
enum rb_resolver_fd {
	RB_FD_MEMORY,    /* struct rb_exchange */
	RB_FD_CONFIG,    /* the text for libunbound */
	RB_FD_CONFIG_CD, /* the same for RB_CONTEXT_CD, if there is one */
	RB_FD_UPSTREAMS, /* struct rb_upstream_plan, if there are upstream servers with TLS */
	RB_FD_QUESTIONS, /* eventfd: readable when there are questions */
	RB_FD_SEEN,      /* eventfd to write to when there is something for dnstap */
	RB_FD_RESPONSES, /* eventfds to write to, one for each worker; then the files */
};

/* The libunbound contexts of a process. */
enum rb_context {
	RB_CONTEXT_FIRST,
	RB_CONTEXT_SECOND, /* only for refreshes, with prefetch or serve-expired */
	RB_CONTEXT_CD,     /* without DNS64; only if other contexts have it */
	RB_CONTEXTS,
};

/* What dnstap gets of the messages between the process and servers. */
enum rb_tap_wants {
	RB_TAP_RESOLVER_QUERIES = 1 << 0,
	RB_TAP_RESOLVER_RESPONSES = 1 << 1,
	RB_TAP_FORWARDER_QUERIES = 1 << 2, /* those with RD=1 */
	RB_TAP_FORWARDER_RESPONSES = 1 << 3,
};

/* The head of the shared memory. */
struct rb_exchange {
	/* Written by the server before the process starts, except the verbosity. */
	uint32_t workers;
	uint32_t contexts;        /* 1 << enum rb_context for each context to create */
	atomic_uint verbosity;    /* of the log, libunbound's lines among it */
	uint32_t memory_is_total; /* memory_bytes is the limit; else it is added to the memory at
				   * start */
	uint64_t memory_bytes;
	uint32_t has_upstreams; /* upstream servers with TLS: RB_FD_UPSTREAMS */
	uint32_t tap;           /* enum rb_tap_wants */
	/* Written by the resolver, which increments it while it makes progress with questions. */
	alignas(64) _Atomic uint32_t beat;
	struct rb_upstream_counters upstreams;
	_Atomic uint64_t unseen; /* messages for dnstap that were lost */
};

size_t rb_exchange_bytes(unsigned int workers);
struct rb_channel *rb_exchange_questions(struct rb_exchange *exchange, unsigned int worker);
struct rb_channel *rb_exchange_responses(struct rb_exchange *exchange, unsigned int worker);
struct rb_channel *rb_exchange_seen(struct rb_exchange *exchange, unsigned int workers);

struct rb_request {
	uint64_t id; /* the server's; the response has it too */
	uint16_t qtype, qclass;
	uint8_t context; /* enum rb_context; if that does not exist, the first */
	uint8_t qname_len;
	uint8_t qname[RB_NAME_MAX];
};

/* -EAGAIN: no room. -EPROTO. */
int rb_request_put(struct rb_channel_writer *writer, const struct rb_request *request);

/* -EAGAIN: none. -EPROTO: also for an invalid name. */
int rb_request_get(struct rb_channel_reader *reader, struct rb_request *ret_request);

/* libunbound's callback. */
struct rb_response {
	uint64_t id;
	int32_t rcode;
	uint32_t security;     /* enum rb_security */
	const char *why_bogus; /* NULL: unknown */
	const uint8_t *packet;
	size_t packet_len;
};

/* Room for any response. */
struct rb_response_room {
	alignas(8) uint8_t bytes[32 + RB_WHY_BYTES + RB_PACKET_BYTES + 1];
};

/* -EAGAIN: no room. -EPROTO. */
int rb_response_put(struct rb_channel_writer *writer, const struct rb_response *response);

/* The response points into room. -EAGAIN: none. -EPROTO. */
int rb_response_get(struct rb_channel_reader *reader, struct rb_response_room *room,
		    struct rb_response *ret_response);

/* -EAGAIN: no room. -EPROTO. */
int rb_seen_put(struct rb_channel_writer *writer, const struct rb_upstream_seen *seen,
		const uint8_t *message, size_t len);

/* The message points into room. Returns its length; -EAGAIN: none. -EPROTO. */
ssize_t rb_seen_get(struct rb_channel_reader *reader, struct rb_response_room *room,
		    struct rb_upstream_seen *ret_seen, const uint8_t **ret_message);

#endif
