/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A dnstap message as bytes: a data frame of Frame Streams, which is a length and the protocol
 * buffer (dnstap.proto).
 *
 * Thread: any; pure.
 */
#ifndef RB_SERVE_DNSTAP_MESSAGE_H
#define RB_SERVE_DNSTAP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rb_tapped_kind {
	RB_TAPPED_RESOLVER_QUERY = 3, /* the protocol's numbers: responses are even */
	RB_TAPPED_RESOLVER_RESPONSE = 4,
	RB_TAPPED_CLIENT_QUERY = 5,
	RB_TAPPED_CLIENT_RESPONSE = 6,
	RB_TAPPED_FORWARDER_QUERY = 7,
	RB_TAPPED_FORWARDER_RESPONSE = 8,
};

enum rb_tapped_protocol {
	RB_TAPPED_UDP = 1,
	RB_TAPPED_TCP = 2,
	RB_TAPPED_DOT = 3,
	RB_TAPPED_DOH = 4,
};

static inline bool rb_tapped_is_query(enum rb_tapped_kind kind)
{
	return kind % 2;
}

struct rb_tapped {
	enum rb_tapped_kind kind;
	enum rb_tapped_protocol protocol;
	const uint8_t *client; /* who asks: 16 bytes, v4-mapped for IPv4 */
	uint16_t client_port;
	const uint8_t *server; /* who is asked; NULL: it is not said */
	uint16_t server_port;
	const uint8_t *zone; /* that is asked for, in wire format; NULL: it is not said */
	size_t zone_len;
	uint64_t query_ns, response_ns; /* since 1970; 0: it is not said */
	const uint8_t *message;
	size_t len;
	const char *identity, *version; /* NULL: left out */
	bool is_sampled;                /* by the caller: dnstap-sample-rate does not apply */
};

/* Enough bytes for any frame with a message of this length. */
#define RB_TAPPED_BYTES(len) ((len) + 3 * 256 + 128)

/* Returns the frame's length. */
size_t rb_tapped_write(const struct rb_tapped *tapped, uint8_t *out);

#endif
