/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ethernet frames with a UDP datagram in them: find its payload, and swap its addresses for a
 * reply. What AF_XDP hands over is as hostile as the wire.
 *
 * Thread: any; pure functions over bytes. Errors: -EBADMSG; ret_ arguments untouched on failure.
 */
#ifndef RB_SERVE_FRAME_H
#define RB_SERVE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* Ethernet, two VLAN tags, IPv6, UDP. */
#define RB_FRAME_HEADERS_MAX (14 + 8 + 40 + 8)

/* Where everything is. Offsets from the Ethernet header, all in bytes. */
struct rb_frame {
	uint16_t ip;
	uint16_t udp;
	uint16_t payload;     /* offset; also the length of all headers */
	uint16_t payload_len; /* by the UDP header, since the frame may be padded */
	bool is_ipv6;
};

/*
 * An ordinary datagram: up to two VLAN tags, no IP options, extension headers or fragments, lengths
 * that agree with each other and lie inside len.
 */
int rb_frame_parse(const uint8_t *packet, size_t len, struct rb_frame *ret_frame);

/*
 * Whether the UDP checksum is right, or absent where IPv4 allows that, or only the pseudo header's
 * sum, which Linux leaves for the device to complete (frames from a local veth or a VM have that).
 * One in 32768 damaged datagrams passes: half of them by their sum, half because they look
 * incomplete.
 */
bool rb_frame_is_whole(const uint8_t *packet, const struct rb_frame *frame);

/* The source address: 16 bytes, IPv4-mapped for IPv4. */
void rb_frame_source(const uint8_t *packet, const struct rb_frame *frame, uint8_t ret_addr[16]);
uint16_t rb_frame_source_port(const uint8_t *packet, const struct rb_frame *frame); /* host order */

/* The two ends of a datagram: the address and port of its source, and of its destination. */
struct rb_frame_ends {
	struct sockaddr_storage client, server;
};

/*
 * The ends as socket addresses; link-local ones are on the interface with this index. false: they
 * are link-local in a VLAN, whose interface the frame does not tell.
 */
bool rb_frame_ends(const uint8_t *packet, const struct rb_frame *frame, unsigned int ifindex,
		   struct rb_frame_ends *ret_ends);

/*
 * Turn the headers of the query, at packet, into those of a reply whose payload_len bytes already
 * stand at packet + frame->payload. Returns the length of the whole frame.
 */
size_t rb_frame_reply(uint8_t *packet, const struct rb_frame *frame, size_t payload_len,
		      uint8_t dscp);

#endif
