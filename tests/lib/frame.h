/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames for tests: queries written out byte by byte, and replies taken apart again by code that
 * shares nothing with what is tested. Failures are cmocka assertions.
 */
#ifndef RB_TESTS_FRAME_H
#define RB_TESTS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ldns/ldns.h>

#define FRAME_ROOM       4096
#define FRAME_SERVER_MAC "\x02\x00\x00\x00\x00\x53"
#define FRAME_CLIENT_MAC "\x02\x00\x00\x00\x00\x01"

struct frame {
	uint8_t bytes[FRAME_ROOM];
	size_t len;
};

/* A query; zero means the ordinary: RD=1, class IN, port 53, no EDNS, IPv4. */
struct ask {
	const char *name; /* presentation form; case is kept */
	uint16_t type;
	uint16_t qclass;
	uint16_t id;
	uint16_t clear_flags, set_flags; /* of the second header word, host order */
	bool edns;
	uint16_t udp_size; /* 0: 1232 */
	uint8_t edns_version;
	bool dnssec_ok;
	const uint8_t *options; /* EDNS options, ready */
	size_t options_len;
	bool ipv6;
	unsigned int vlan_tags; /* 0 to 2, ids 10 and 20 */
	size_t pad_to;          /* bytes of the frame at least */
	size_t trailing;        /* bytes behind the message, within UDP */
	const char *client;     /* address; NULL: 192.0.2.1 or 2001:db8::1 */
};

#define FRAME_CLIENT_PORT 4711

void frame_query(const struct ask *ask, struct frame *ret_frame);

/* Make the checksum of the IPv4 header right again, wherever tags let it stand. */
void frame_sum_ipv4(struct frame *frame);

/* Where the DNS message starts in a frame made from ask. */
size_t frame_dns_offset(const struct ask *ask);

/*
 * Assert that reply answers query on the network's level: addresses and ports turned round, tags
 * kept, lengths consistent, checksums right. Returns the DNS message in it.
 */
const uint8_t *frame_check_reply(const struct frame *query, const struct frame *reply,
				 const struct ask *ask, size_t *ret_dns_len);

/* Decode with ldns, and assert id, QR, RD, RA, one question, byte for byte as asked. */
ldns_pkt *frame_decode_reply(const struct frame *query, const struct frame *reply,
			     const struct ask *ask);

#endif
