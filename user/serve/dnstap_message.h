/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is sent to dnstap, as bytes: its protocol buffer (dnstap.proto) behind its length, as a
 * data frame of Frame Streams.
 *
 * Thread: any; pure.
 */
#ifndef RB_SERVE_DNSTAP_MESSAGE_H
#define RB_SERVE_DNSTAP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rb_tapped_kind {
	RB_TAPPED_CLIENT_QUERY = 5, /* the protocol's numbers */
	RB_TAPPED_CLIENT_RESPONSE = 6,
};

enum rb_tapped_protocol {
	RB_TAPPED_UDP = 1,
	RB_TAPPED_TCP = 2,
	RB_TAPPED_DOT = 3,
	RB_TAPPED_DOH = 4,
};

struct rb_tapped {
	enum rb_tapped_kind kind;
	enum rb_tapped_protocol protocol;
	const uint8_t *client; /* 16 bytes, v4-mapped for IPv4 */
	uint16_t client_port;
	uint64_t wall_ns; /* since 1970 */
	const uint8_t *message;
	size_t len;
	const char *identity, *version; /* NULL: not said */
	bool is_sampled;                /* by who gives it: dnstap-sample-rate does not apply */
};

/* Bytes that suffice for any frame of a message so long. */
#define RB_TAPPED_BYTES(len) ((len) + 2 * 256 + 128)

/* The frame's length. */
size_t rb_tapped_write(const struct rb_tapped *tapped, uint8_t *out);

#endif
