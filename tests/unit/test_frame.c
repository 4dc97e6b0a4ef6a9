/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames from AF_XDP: what is taken for a query, and what the headers of its reply are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../kern/reply.h"
#include "lib/exact.h"
#include "serve/frame.h"
#include "util/cleanup.h"

#define MAC_A   0x02, 0, 0, 0, 0, 0xa
#define MAC_B   0x02, 0, 0, 0, 0, 0xb
#define TAG_7   0x81, 0x00, 0x00, 0x07
#define TAG_100 0x88, 0xa8, 0x20, 0x64
#define PAYLOAD 'q', 'u', 'e', 'r', 'y'

/* 192.0.2.1 port 4660 asks 192.0.2.53 port 53; the checksums are wrong, as with a partial sum. */
#define IPV4                                                                                       \
	0x45, 0x10, 0, 33, 0xbe, 0xef, 0, 0, 3, 17, 0xde, 0xad, 192, 0, 2, 1, 192, 0, 2, 53, 0x12, \
		0x34, 0, 53, 0, 13, 0xde, 0xad, PAYLOAD

/* 2001:db8::1 asks 2001:db8::53, with a traffic class and a flow label. */
#define IPV6                                                                                       \
	0x61, 0x23, 0x45, 0x67, 0, 13, 17, 3, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
		1, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53, 0x12, 0x34, 0, 53,   \
		0, 13, 0, 0, PAYLOAD

static const uint8_t plain4[] = {MAC_A, MAC_B, 8, 0, IPV4};
static const uint8_t plain6[] = {MAC_A, MAC_B, 0x86, 0xdd, IPV6};
static const uint8_t tagged4[] = {MAC_A, MAC_B, TAG_7, 8, 0, IPV4};
static const uint8_t double6[] = {MAC_A, MAC_B, TAG_100, TAG_7, 0x86, 0xdd, IPV6};
static const uint8_t triple4[] = {MAC_A, MAC_B, TAG_100, TAG_7, TAG_7, 8, 0, IPV4};
static const uint8_t padded4[] = {MAC_A, MAC_B, 8, 0, IPV4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

struct sample {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	uint16_t ip;
	bool is_ipv6;
};

#define SAMPLE(name, ip, is_ipv6)                                                                  \
	{                                                                                          \
#name, name, sizeof(name), ip, is_ipv6                                             \
	}

static const struct sample samples[] = {
	SAMPLE(plain4, 14, false), SAMPLE(plain6, 14, true),   SAMPLE(tagged4, 18, false),
	SAMPLE(double6, 22, true), SAMPLE(padded4, 14, false),
};

/* Otherwise: queries would be cut, or padding and tags taken for DNS. */
static void payload_is_found_behind_tags_and_before_padding(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct sample *sample = &samples[i];
		struct rb_frame frame;

		assert_int_equal(rb_frame_parse(sample->bytes, sample->len, &frame), 0);
		assert_int_equal(frame.ip, sample->ip);
		assert_int_equal(frame.is_ipv6, sample->is_ipv6);
		assert_int_equal(frame.payload_len, 5);
		assert_memory_equal(sample->bytes + frame.payload, "query", 5);
		assert_true(frame.payload <= RB_FRAME_HEADERS_MAX);
	}
}

/* Otherwise: access control would judge another address than the client's. */
static void source_is_the_sender(void **state)
{
	static const uint8_t mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
	static const uint8_t source6[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};
	struct rb_frame frame;
	uint8_t addr[16];

	(void)state;
	assert_int_equal(rb_frame_parse(tagged4, sizeof(tagged4), &frame), 0);
	rb_frame_source(tagged4, &frame, addr);
	assert_memory_equal(addr, mapped, 16);
	assert_int_equal(rb_frame_parse(double6, sizeof(double6), &frame), 0);
	rb_frame_source(double6, &frame, addr);
	assert_memory_equal(addr, source6, 16);
}

static int parse_exact(const uint8_t *bytes, size_t len, struct rb_frame *frame)
{
	_cleanup_free_ uint8_t *copy = exact_copy(bytes, len);

	return rb_frame_parse(copy, len, frame);
}

/* Otherwise: a short frame would make the worker read memory that is not the packet's. */
static void frames_cut_anywhere_are_refused(void **state)
{
	struct rb_frame frame;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		size_t whole = samples[i].bytes == padded4 ? sizeof(plain4) : samples[i].len;

		for (size_t len = 0; len < whole; len++)
			assert_true(parse_exact(samples[i].bytes, len, &frame) < 0);
		assert_int_equal(parse_exact(samples[i].bytes, whole, &frame), 0);
	}
}

struct damage {
	const char *what;
	const uint8_t *bytes;
	size_t len, at;
	uint8_t value;
};

#define DAMAGE(what, sample, at, value)                                                            \
	{                                                                                          \
		what, sample, sizeof(sample), at, value                                            \
	}

/* Otherwise: bytes that are no datagram's payload would be parsed as DNS and answered. */
static void odd_packets_are_refused(void **state)
{
	static const struct damage damages[] = {
		DAMAGE("ARP", plain4, 13, 6),
		DAMAGE("three tags", triple4, 0, 2),
		DAMAGE("IPv4 options", plain4, 14, 0x46),
		DAMAGE("IPv4 version 5", plain4, 14, 0x55),
		DAMAGE("more fragments", plain4, 20, 0x20),
		DAMAGE("a later fragment", plain4, 21, 1),
		DAMAGE("TCP", plain4, 23, 6),
		DAMAGE("longer than the frame", plain4, 17, 34),
		DAMAGE("shorter than UDP", plain4, 17, 27),
		DAMAGE("shorter than IP", plain4, 17, 19),
		DAMAGE("UDP longer than IP", plain4, 39, 14),
		DAMAGE("UDP shorter than IP", plain4, 39, 12),
		DAMAGE("extension header", plain6, 20, 0),
		DAMAGE("IPv6 in name only", plain6, 14, 0x41),
		DAMAGE("IPv6 longer than the frame", plain6, 19, 14),
		DAMAGE("IPv6 jumbogram", plain6, 19, 0),
		DAMAGE("UDP longer than IPv6", plain6, 59, 14),
	};
	uint8_t bytes[128];
	struct rb_frame frame;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		memcpy(bytes, damages[i].bytes, damages[i].len);
		bytes[damages[i].at] = damages[i].value;
		if (!parse_exact(bytes, damages[i].len, &frame))
			fail_msg("taken: %s", damages[i].what);
	}
	memcpy(bytes, plain4, sizeof(plain4));
	memset(bytes + 34, 0, 2);
	assert_true(parse_exact(bytes, sizeof(plain4), &frame) < 0); /* from port 0 */
}

/* RFC 1071, byte by byte in network order: not the arithmetic that is tested. */
static uint32_t sum_network(uint32_t sum, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? bytes[i] : (uint32_t)bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* Of pseudo header and datagram, with the checksum in it: 0xffff where that is right. */
static uint32_t udp_sum(const uint8_t *packet, const struct rb_frame *frame, size_t payload_len)
{
	size_t addrs = frame->is_ipv6 ? 8 : 12, addrs_len = frame->is_ipv6 ? 32 : 8;
	uint32_t sum = 17 + 8 + (uint32_t)payload_len;

	sum = sum_network(sum, packet + frame->ip + addrs, addrs_len);
	return sum_network(sum, packet + frame->udp, 8 + payload_len);
}

/* Otherwise: clients would drop the reply, or never see it. */
static void reply_goes_back_where_the_query_came_from(void **state)
{
	static const uint8_t mac_a[] = {MAC_A}, mac_b[] = {MAC_B};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct sample *sample = &samples[i];
		uint8_t packet[256] = {0};
		struct rb_frame frame, back;
		size_t addr_len = sample->is_ipv6 ? 16 : 4, addrs = sample->is_ipv6 ? 8 : 12, len;
		const uint8_t *ip = packet + sample->ip;
		const uint8_t *asked = sample->bytes + sample->ip;

		memcpy(packet, sample->bytes, sample->len);
		assert_int_equal(rb_frame_parse(packet, sample->len, &frame), 0);
		memcpy(packet + frame.payload, "the answer!", 11);
		len = rb_frame_reply(packet, &frame, 11, 0);
		assert_int_equal(len, frame.payload + 11);
		assert_memory_equal(packet, mac_b, 6);
		assert_memory_equal(packet + 6, mac_a, 6);
		/* Tags and type stay. */
		assert_memory_equal(packet + 12, sample->bytes + 12, sample->ip - 12u);
		assert_memory_equal(ip + addrs, asked + addrs + addr_len, addr_len);
		assert_memory_equal(ip + addrs + addr_len, asked + addrs, addr_len);
		assert_memory_equal(packet + frame.udp, "\0\x35\x12\x34\0\x13", 6);
		assert_int_equal(ip[sample->is_ipv6 ? 7 : 8], 64);
		assert_int_equal(udp_sum(packet, &frame, 11), 0xffff);
		if (sample->is_ipv6) {
			assert_memory_equal(ip, "\x60\0\0\0\0\x13\x11", 7);
		} else {
			assert_memory_equal(ip, "\x45\0\0\x27\0\0\x40\0\x40\x11", 10);
			assert_int_equal(sum_network(0, ip, 20), 0xffff);
		}
		assert_int_equal(rb_frame_parse(packet, len, &back), 0);
		assert_int_equal(back.payload_len, 11);
	}
}

/* Otherwise: one reply in 65536 would claim to have no checksum, which IPv6 forbids. */
static void checksum_is_never_zero(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const uint8_t *query = i ? plain6 : plain4;
		size_t query_len = i ? sizeof(plain6) : sizeof(plain4);
		uint8_t packet[128];
		struct rb_frame frame;

		memcpy(packet, query, query_len);
		assert_int_equal(rb_frame_parse(packet, query_len, &frame), 0);
		memset(packet + frame.payload, 0, 4);
		rb_frame_reply(packet, &frame, 4, 0);
		/* What is missing to 0xffff, put into the payload, leaves a checksum of 0. */
		memcpy(packet + frame.payload, packet + frame.udp + 6, 2);
		rb_frame_reply(packet, &frame, 4, 0);
		assert_memory_equal(packet + frame.udp + 6, "\xff\xff", 2);
	}
}

/* Otherwise: a reply of odd length would leave with a wrong checksum. */
static void checksum_is_right_for_every_length(void **state)
{
	uint8_t packet[RB_FRAME_HEADERS_MAX + 1500];
	struct rb_frame frame;

	(void)state;
	memcpy(packet, plain6, sizeof(plain6));
	assert_int_equal(rb_frame_parse(packet, sizeof(plain6), &frame), 0);
	for (size_t len = 0; len <= 1452; len++) {
		packet[frame.payload + (len ? len - 1 : 0)] = (uint8_t)(len * 37);
		rb_frame_reply(packet, &frame, len, 0);
		assert_int_equal(udp_sum(packet, &frame, len), 0xffff);
	}
}

/* Otherwise: the kernel would send what is lost, or a socket what fits a frame. */
static void frames_are_no_larger_than_paths_take(void **state)
{
	(void)state;
	assert_int_equal(rb_frame_room(1500, false), 1472);
	assert_int_equal(rb_frame_room(9000, false), 1472);
	assert_int_equal(rb_frame_room(576, false), 548);
	assert_int_equal(rb_frame_room(20, false), 0);
	assert_int_equal(rb_frame_room(1500, true), 1232);
	assert_int_equal(rb_frame_room(1280, true), 1232);
	assert_int_equal(rb_frame_room(1000, true), 952);
}

/* Otherwise: what a cable or a memory has damaged would be answered; or VMs would not be. */
static void damaged_datagrams_are_told_from_incomplete_sums(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const uint8_t *query = i ? plain6 : plain4;
		size_t len = i ? sizeof(plain6) : sizeof(plain4), accepted = 0, pseudo;
		uint8_t packet[128];
		struct rb_frame frame;

		memcpy(packet, query, len);
		assert_int_equal(rb_frame_parse(packet, len, &frame), 0);
		rb_frame_reply(packet, &frame, frame.payload_len, 0);
		assert_true(rb_frame_is_whole(packet, &frame));
		for (size_t bit = 8 * frame.udp; bit < 8 * len; bit++) {
			packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
			/* A length that disagrees is not looked at here. */
			if (bit / 8 < frame.udp + 4u || bit / 8 >= frame.udp + 6u)
				assert_false(rb_frame_is_whole(packet, &frame));
			packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		for (uint32_t check = 0; check < 0x10000; check++) {
			packet[frame.udp + 6] = (uint8_t)(check >> 8);
			packet[frame.udp + 7] = (uint8_t)check;
			accepted += rb_frame_is_whole(packet, &frame);
		}
		/* The right one, the pseudo header's, and none over IPv4. */
		assert_int_equal(accepted, i ? 2 : 3);
		pseudo = sum_network(17 + 8 + frame.payload_len, packet + frame.ip + (i ? 8 : 12),
				     i ? 32 : 8);
		packet[frame.udp + 6] = (uint8_t)(pseudo >> 8);
		packet[frame.udp + 7] = (uint8_t)pseudo;
		assert_true(rb_frame_is_whole(packet, &frame));
	}
}

/* Otherwise: somebody on the wire could crash the daemon. */
static void random_damage_is_survived(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		const struct sample *sample = &samples[round % (int)ARRAY_SIZE(samples)];
		size_t len = sample->len - (size_t)rand_r(&seed) % 4;
		_cleanup_free_ uint8_t *bytes = malloc(len);
		struct rb_frame frame;

		assert_non_null(bytes);
		memcpy(bytes, sample->bytes, len);
		for (int i = rand_r(&seed) % 4; i >= 0; i--)
			bytes[12 + (size_t)rand_r(&seed) % (len - 12)] = (uint8_t)rand_r(&seed);
		if (rb_frame_parse(bytes, len, &frame))
			continue;
		assert_true((size_t)frame.payload + frame.payload_len <= len);
		assert_true(rb_frame_reply(bytes, &frame, frame.payload_len, 0) <= len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(payload_is_found_behind_tags_and_before_padding),
		cmocka_unit_test(source_is_the_sender),
		cmocka_unit_test(frames_cut_anywhere_are_refused),
		cmocka_unit_test(odd_packets_are_refused),
		cmocka_unit_test(reply_goes_back_where_the_query_came_from),
		cmocka_unit_test(checksum_is_never_zero),
		cmocka_unit_test(checksum_is_right_for_every_length),
		cmocka_unit_test(frames_are_no_larger_than_paths_take),
		cmocka_unit_test(damaged_datagrams_are_told_from_incomplete_sums),
		cmocka_unit_test(random_damage_is_survived),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
