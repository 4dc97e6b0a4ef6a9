/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the server and a resolver process say to each other, and the memory through which they do:
 * a header, then for each worker a channel of questions and one of responses.
 *
 * Thread: any; no state but the shared memory's.
 * Trust:  whatever comes out of a channel is checked here for what it says of its own form; a
 *	   response's packet is checked by rb_answer_from_message(), like any packet.
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
#include "util/channel.h"

#define RB_WHY_BYTES    1024  /* of what libunbound says of bogus data; the rest is cut off */
#define RB_PACKET_BYTES 65535 /* of a response */

enum {
	RB_QUESTIONS_BYTES = 32 << 10, /* capacity of a channel of questions */
	RB_RESPONSES_BYTES = 256 << 10,
};

/* Descriptors of a resolver process, as RB_PROCESS_FD() counts them. */
enum rb_resolver_fd {
	RB_FD_MEMORY,    /* struct rb_exchange */
	RB_FD_CONFIG,    /* the text for libunbound */
	RB_FD_CONFIG_CD, /* the same for RB_CONTEXT_CD, where there is one */
	RB_FD_UPSTREAMS, /* struct rb_upstream_plan, where anybody is asked over TLS */
	RB_FD_QUESTIONS, /* eventfd: readable when there are questions */
	RB_FD_RESPONSES, /* eventfds, one for each worker: to be written to; then the files */
};

/* libunbound's, of a process. */
enum rb_context {
	RB_CONTEXT_FIRST,
	RB_CONTEXT_SECOND, /* refreshes alone; not without prefetch and serve-expired */
	RB_CONTEXT_CD,     /* without DNS64; not where no context has it */
	RB_CONTEXTS,
};

/* The head of the shared memory. */
struct rb_exchange {
	/* Written by the server before the process is there, but for the level. */
	uint32_t workers;
	uint32_t contexts;        /* 1 << enum rb_context for each that there is to be */
	atomic_int log_level;     /* enum rb_log_level */
	uint32_t memory_is_total; /* memory_bytes is all it may have; else besides its start's */
	uint64_t memory_bytes;
	uint32_t has_upstreams; /* that are asked over TLS: RB_FD_UPSTREAMS */
	/* Written by the resolver: counts on as long as it gets anywhere, and questions are under
	 * way. */
	alignas(64) _Atomic uint32_t beat;
	struct rb_upstream_counters upstreams;
};

size_t rb_exchange_bytes(unsigned int workers);
struct rb_channel *rb_exchange_questions(struct rb_exchange *exchange, unsigned int worker);
struct rb_channel *rb_exchange_responses(struct rb_exchange *exchange, unsigned int worker);

struct rb_request {
	uint64_t id; /* the server's, given back with the response */
	uint16_t qtype, qclass;
	uint8_t context; /* enum rb_context; where there is none of it, the first */
	uint8_t qname_len;
	uint8_t qname[RB_NAME_MAX];
};

/* -EAGAIN: no room. -EPROTO. */
int rb_request_put(struct rb_channel_writer *writer, const struct rb_request *request);

/* -EAGAIN: none. -EPROTO: also where the name is none. */
int rb_request_get(struct rb_channel_reader *reader, struct rb_request *ret_request);

/* libunbound's callback. */
struct rb_response {
	uint64_t id;
	int32_t rcode;
	uint32_t security;     /* enum rb_security */
	const char *why_bogus; /* NULL: nothing is said */
	const uint8_t *packet;
	size_t packet_len;
};

/* Room for any response as it comes. */
struct rb_response_room {
	alignas(8) uint8_t bytes[32 + RB_WHY_BYTES + RB_PACKET_BYTES + 1];
};

/* -EAGAIN: no room. -EPROTO. */
int rb_response_put(struct rb_channel_writer *writer, const struct rb_response *response);

/* The response's pointers lead into room. -EAGAIN: none. -EPROTO. */
int rb_response_get(struct rb_channel_reader *reader, struct rb_response_room *room,
		    struct rb_response *ret_response);

#endif
