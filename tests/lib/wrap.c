/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames from random numbers. */
#include "lib/wrap.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define ETHERNET_MIN 14 /* bytes of a frame that can be run at all */
#define LENGTH_MAX   3000

/* --- checksums, as RFC 1071 has them, byte by byte -------------------------------------------- */

static uint32_t sum16(const uint8_t *bytes, size_t len, uint32_t sum)
{
	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? bytes[i] : (uint32_t)bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* --- frames ----------------------------------------------------------------------------------- */

/* Where the headers of a frame stand. */
struct places {
	size_t ip, udp, payload;
};

static bool one_in(struct prng *prng, uint32_t n)
{
	return !prng_below(prng, n);
}

static void put(struct frame *frame, const void *bytes, size_t len)
{
	if (frame->len + len > sizeof(frame->bytes))
		abort();
	memcpy(frame->bytes + frame->len, bytes, len);
	frame->len += len;
}

static void put16(struct frame *frame, size_t value)
{
	put(frame, (uint8_t[]){(uint8_t)(value >> 8), (uint8_t)value}, 2);
}

static uint16_t get16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void add16(uint8_t *bytes, uint32_t value)
{
	uint32_t sum = get16(bytes) + value;

	bytes[0] = (uint8_t)(sum >> 8);
	bytes[1] = (uint8_t)sum;
}

static void set16(uint8_t *bytes, size_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

static void put_random(struct prng *prng, struct frame *frame, size_t len)
{
	while (len--)
		put(frame, (uint8_t[]){(uint8_t)prng_below(prng, 256)}, 1);
}

static void put_tag(struct prng *prng, struct frame *frame, uint16_t protocol, uint32_t id)
{
	put16(frame, protocol);
	put16(frame, prng_below(prng, 16) << 12 | id);
}

/* Those that the server expects, or a mixture that may be them. */
static void put_tags(struct prng *prng, const struct wrap *wrap, struct frame *frame)
{
	static const uint16_t ids[] = {0, 10, 20, 30, 4095};

	if (wrap->kind == WRAP_TAGS) {
		for (uint32_t i = prng_below(prng, 4); i; i--)
			put_tag(prng, frame, one_in(prng, 4) ? 0x88a8 : 0x8100,
				ids[prng_below(prng, 5)]);
		return;
	}
	for (unsigned int tag = 0; tag < wrap->tags; tag++)
		put_tag(prng, frame, tag + 1 < wrap->tags ? 0x88a8 : 0x8100, 10 * (tag + 1));
}

static void put_ipv4(struct prng *prng, const struct wrap *wrap, size_t udp_len,
		     struct frame *frame)
{
	struct in_addr server;

	put(frame, (uint8_t[]){0x45, (uint8_t)prng_below(prng, 256)}, 2);
	put16(frame, 20 + udp_len);
	put16(frame, prng_below(prng, 65536));
	put16(frame, one_in(prng, 2) ? 0x4000 : 0);
	put(frame, (uint8_t[]){(uint8_t)prng_below(prng, 256), 17}, 2);
	put16(frame, 0); /* see sum_ip() */
	put(frame, wrap->client, 4);
	inet_pton(AF_INET, "192.0.2.53", &server);
	put(frame, &server, 4);
}

static void put_ipv6(struct prng *prng, const struct wrap *wrap, size_t udp_len,
		     struct frame *frame)
{
	struct in6_addr server;

	put(frame, (uint8_t[]){(uint8_t)(0x60 | prng_below(prng, 16))}, 1);
	put_random(prng, frame, 3);
	put16(frame, udp_len);
	put(frame, (uint8_t[]){17, (uint8_t)prng_below(prng, 256)}, 2);
	put(frame, wrap->client, 16);
	inet_pton(AF_INET6, "2001:db8::53", &server);
	put(frame, &server, 16);
}

static void sum_ip(struct frame *frame, const struct places *places)
{
	uint8_t *ip = frame->bytes + places->ip;

	set16(ip + 10, 0);
	set16(ip + 10, ~sum16(ip, 20, 0));
}

/* Complete, or the pseudo header's alone as local veths and VMs leave it, or none. */
static void sum_udp(struct prng *prng, bool ipv6, struct frame *frame, const struct places *places)
{
	uint8_t *udp = frame->bytes + places->udp;
	size_t addresses = ipv6 ? 32 : 8, len = frame->len - places->udp;
	uint32_t sum = sum16(udp - addresses, addresses, (uint32_t)(17 + len));

	switch (prng_below(prng, 3)) {
	case 0:
		break;
	case 1:
		if (!ipv6) {
			set16(udp + 6, 0);
			return;
		} /* fall through */
	default:
		sum = ~sum16(udp, len, sum) & 0xffff;
		break;
	}
	set16(udp + 6, sum ? sum : 0xffff);
}

static void make_ordinary(struct prng *prng, const struct wrap *wrap, const uint8_t *message,
			  size_t len, struct frame *frame, struct places *places)
{
	frame->len = 0;
	put(frame, FRAME_SERVER_MAC, 6);
	put(frame, FRAME_CLIENT_MAC, 6);
	put_tags(prng, wrap, frame);
	put16(frame, wrap->ipv6 ? 0x86dd : 0x0800);
	places->ip = frame->len;
	if (wrap->ipv6)
		put_ipv6(prng, wrap, 8 + len, frame);
	else
		put_ipv4(prng, wrap, 8 + len, frame);
	places->udp = frame->len;
	put16(frame, 1 + prng_below(prng, 65535));
	put16(frame, 53);
	put16(frame, 8 + len);
	put16(frame, 0);
	places->payload = frame->len;
	put(frame, message, len);
	if (!wrap->ipv6)
		sum_ip(frame, places);
	sum_udp(prng, wrap->ipv6, frame, places);
}

/* --- what is not ordinary --------------------------------------------------------------------- */

static void make_lengths(struct prng *prng, const struct wrap *wrap, struct frame *frame,
			 const struct places *places)
{
	uint8_t *ip_len = frame->bytes + places->ip + (wrap->ipv6 ? 4 : 2);
	uint8_t *udp_len = frame->bytes + places->udp + 4;
	uint32_t by = one_in(prng, 4) ? prng_below(prng, 65536) : 65536 - 12 + prng_below(prng, 24);

	switch (prng_below(prng, 4)) {
	case 0:
		add16(ip_len, by);
		break;
	case 1:
		add16(udp_len, by);
		break;
	case 2: /* they agree with each other, not with the frame */
		add16(ip_len, by);
		add16(udp_len, by);
		break;
	default:
		frame->len = prng_below(prng, (uint32_t)frame->len);
		break;
	}
}

/* Bytes between the IP header and UDP: options or extension headers. */
static void insert(struct prng *prng, struct frame *frame, size_t at, size_t len)
{
	memmove(frame->bytes + at + len, frame->bytes + at, frame->len - at);
	frame->len += len;
	for (size_t i = 0; i < len; i++)
		frame->bytes[at + i] = (uint8_t)prng_below(prng, 256);
}

static void make_ipv4_header(struct prng *prng, struct frame *frame, const struct places *places)
{
	uint8_t *ip = frame->bytes + places->ip;

	switch (prng_below(prng, 7)) {
	case 0:
		ip[0]++;
		add16(ip + 2, 4);
		insert(prng, frame, places->udp, 4);
		break;
	case 1:
		ip[6] |= (uint8_t)(1u << prng_below(prng, 8));
		break;
	case 2:
		ip[7] |= (uint8_t)(1u << prng_below(prng, 8));
		break;
	case 3:
		ip[9] = (uint8_t)prng_below(prng, 256);
		break;
	case 4:
		ip[0] = (uint8_t)prng_below(prng, 256);
		break;
	case 5:
		memcpy(ip + 12, one_in(prng, 2) ? "\xc0\0\2\x35" : "\xc0\0\2\xff", 4);
		break;
	default: /* networks that are nobody's */
		ip[12] = (uint8_t)(one_in(prng, 2) ? 127 : prng_below(prng, 32) + 224);
		break;
	}
}

static void make_ipv6_header(struct prng *prng, struct frame *frame, const struct places *places)
{
	uint8_t *ip = frame->bytes + places->ip;

	switch (prng_below(prng, 8)) {
	case 0:
		ip[6] = (uint8_t)(one_in(prng, 2) ? 0 : 60);
		add16(ip + 4, 8);
		insert(prng, frame, places->udp, 8);
		frame->bytes[places->udp] = 17;
		frame->bytes[places->udp + 1] = 0;
		break;
	case 1:
		ip[6] = (uint8_t)prng_below(prng, 256);
		break;
	case 2:
		ip[0] = (uint8_t)prng_below(prng, 256);
		break;
	case 3:
		memset(ip + 8, one_in(prng, 2) ? 0 : 0xff, 15);
		break;
	case 4: /* ours */
		memcpy(ip + 8, ip + 24, 16);
		break;
	case 5: /* an IPv4 address */
		memset(ip + 8, 0, 10);
		memset(ip + 18, 0xff, 2);
		break;
	case 6:
		set16(frame->bytes + places->udp + 6, 0);
		break;
	default:
		ip[8] = 0xff;
		break;
	}
}

static void make_headers(struct prng *prng, const struct wrap *wrap, struct frame *frame,
			 const struct places *places)
{
	uint8_t *udp = frame->bytes + places->udp;

	switch (prng_below(prng, 8)) {
	case 7: /* from everybody */
		frame->bytes[6] |= 1;
		break;
	case 0: /* another machine's MAC, or everybody's */
		frame->bytes[prng_below(prng, 6)] ^= (uint8_t)(1u << prng_below(prng, 8));
		break;
	case 1: /* another protocol in the Ethernet header */
		add16(frame->bytes + places->ip - 2, 1 + prng_below(prng, 65535));
		break;
	case 2: /* another address of ours */
		udp[-1] ^= (uint8_t)(1u << prng_below(prng, 8));
		break;
	case 3:
		add16(udp + prng_below(prng, 2) * 2, 65536 - get16(udp + 0));
		break;
	default:
		if (wrap->ipv6)
			make_ipv6_header(prng, frame, places);
		else
			make_ipv4_header(prng, frame, places);
		break;
	}
}

const char *wrap_kind_name(enum wrap_kind kind)
{
	static const char *const names[] = {"ordinary", "padded",  "lengths", "headers",
					    "tags",     "mutated", "random"};

	return names[kind];
}

void wrap_make(struct prng *prng, const struct wrap *wrap, const uint8_t *message, size_t len,
	       struct frame *ret_frame)
{
	struct places places;

	make_ordinary(prng, wrap, message, len, ret_frame, &places);
	switch (wrap->kind) {
	case WRAP_PADDED:
		put_random(prng, ret_frame,
			   prng_below(prng, one_in(prng, 8) ? LENGTH_MAX - (uint32_t)ret_frame->len
							    : 60));
		break;
	case WRAP_LENGTHS:
		make_lengths(prng, wrap, ret_frame, &places);
		break;
	case WRAP_HEADERS:
		make_headers(prng, wrap, ret_frame, &places);
		break;
	case WRAP_MUTATED:
		for (uint32_t i = 1 + prng_below(prng, 3); i; i--)
			ret_frame->bytes[prng_below(prng, (uint32_t)places.payload)] ^=
				(uint8_t)(1 + prng_below(prng, 255));
		break;
	case WRAP_RANDOM:
		ret_frame->len = one_in(prng, 2) ? 0 : 14;
		put_random(prng, ret_frame, ETHERNET_MIN + prng_below(prng, 200));
		break;
	default:
		break;
	}
	/* What else is wrong with it is to be seen too. */
	if (!wrap->ipv6 && wrap->kind != WRAP_RANDOM && one_in(prng, 2))
		sum_ip(ret_frame, &places);
	if (ret_frame->len < ETHERNET_MIN)
		ret_frame->len = ETHERNET_MIN;
}

static bool source4_is_sound(const uint8_t *source)
{
	if (source[0] == 0 || source[0] == 127 || (source[0] >= 224 && source[0] < 240))
		return false;
	return memcmp(source, "\xff\xff\xff\xff", 4) && memcmp(source, "\xc0\0\2\x35", 4) &&
	       memcmp(source, "\xc0\0\2\xff", 4);
}

static bool source6_is_sound(const uint8_t *source)
{
	static const uint8_t zeros[12], mapped[12] = {[10] = 0xff, 0xff};
	struct in6_addr server;

	inet_pton(AF_INET6, "2001:db8::53", &server);
	return source[0] != 0xff && memcmp(source, zeros, 12) && memcmp(source, mapped, 12) &&
	       memcmp(source, &server, 16);
}

bool wrap_is_sound(const struct frame *frame)
{
	const uint8_t *ip = frame->bytes + ETHERNET_MIN, *end = frame->bytes + frame->len;

	while (get16(ip - 2) == 0x8100 || get16(ip - 2) == 0x88a8)
		ip += 4;
	if (ip + 48 <= end && get16(ip - 2) == 0x86dd)
		return !(frame->bytes[6] & 1) && get16(ip + 46) && source6_is_sound(ip + 8);
	if (ip + 28 <= end && get16(ip - 2) == 0x0800)
		return !(frame->bytes[6] & 1) && sum16(ip, 20, 0) == 0xffff &&
		       source4_is_sound(ip + 12);
	return true;
}

bool wrap_sums_are_right(const struct frame *frame, size_t ip, bool ipv6)
{
	size_t udp = ip + (ipv6 ? 40 : 20), addresses = ipv6 ? 32 : 8;
	uint32_t pseudo;

	if (udp + 8 > frame->len || !get16(frame->bytes + udp + 6))
		return false;
	if (!ipv6 && sum16(frame->bytes + ip, 20, 0) != 0xffff)
		return false;
	pseudo =
		sum16(frame->bytes + udp - addresses, addresses, (uint32_t)(17 + frame->len - udp));
	return sum16(frame->bytes + udp, frame->len - udp, pseudo) == 0xffff;
}
