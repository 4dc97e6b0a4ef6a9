/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DNS messages in Ethernet frames, ordinary and hostile, from random numbers: what a network may
 * bring to the server of tests/lib/program.h. Nothing here uses the code that is tested.
 */
#ifndef RB_TESTS_WRAP_H
#define RB_TESTS_WRAP_H

#include <stdbool.h>

#include "lib/frame.h"
#include "lib/prng.h"

enum wrap_kind {
	WRAP_ORDINARY,
	WRAP_PADDED,  /* the frame is longer than its packet */
	WRAP_LENGTHS, /* the lengths of IP, UDP and frame disagree */
	WRAP_HEADERS, /* one field of Ethernet, IP or UDP is not what it should be */
	WRAP_TAGS,    /* other VLAN tags */
	WRAP_MUTATED, /* a few bytes of the headers changed */
	WRAP_RANDOM,  /* bytes */
	WRAP_KINDS,
};

struct wrap {
	enum wrap_kind kind;
	bool ipv6;
	uint8_t client[16]; /* address: 4 or 16 bytes */
	unsigned int tags;  /* that the server expects: 0 to 2, ids 10 and 20 */
};

const char *wrap_kind_name(enum wrap_kind kind);

void wrap_make(struct prng *prng, const struct wrap *wrap, const uint8_t *message, size_t len,
	       struct frame *ret_frame);

/*
 * Whether Linux would look at the datagram, whatever its lengths say: not with a damaged IPv4
 * header, without a checksum over IPv6, or from a station or an address that no client has.
 */
bool wrap_is_sound(const struct frame *frame);

/*
 * Whether the checksums of a reply in this wrap are right: IP's, and UDP's, which must be there.
 * ip: offset of the IP header.
 */
bool wrap_sums_are_right(const struct frame *frame, size_t ip, bool ipv6);

#endif
