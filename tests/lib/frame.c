/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames for tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "lib/frame.h"

static void put(struct frame *frame, const void *bytes, size_t len)
{
	assert_true(frame->len + len <= sizeof(frame->bytes));
	if (len)
		memcpy(frame->bytes + frame->len, bytes, len);
	frame->len += len;
}

static void put16(struct frame *frame, uint16_t value)
{
	put(frame, (uint8_t[]){(uint8_t)(value >> 8), (uint8_t)value}, 2);
}

static uint16_t get16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* The sum of RFC 1071, in network order, byte by byte. */
static uint32_t sum16(const uint8_t *bytes, size_t len, uint32_t sum)
{
	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? bytes[i] : (uint32_t)bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void put_dns(struct frame *frame, const struct ask *ask)
{
	uint16_t flags = (uint16_t)((0x0100 & ~ask->clear_flags) | ask->set_flags);
	ldns_rdf *name = NULL;

	put16(frame, ask->id);
	put16(frame, flags);
	put16(frame, 1);
	put16(frame, 0);
	put16(frame, 0);
	put16(frame, ask->edns ? 1 : 0);
	assert_int_equal(ldns_str2rdf_dname(&name, ask->name), LDNS_STATUS_OK);
	put(frame, ldns_rdf_data(name), ldns_rdf_size(name));
	ldns_rdf_deep_free(name);
	put16(frame, ask->type);
	put16(frame, ask->qclass ? ask->qclass : 1);
	if (ask->edns) {
		put(frame, "", 1);
		put16(frame, 41);
		put16(frame, ask->udp_size ? ask->udp_size : 1232);
		put(frame, (uint8_t[]){0, ask->edns_version}, 2);
		put16(frame, ask->dnssec_ok ? 0x8000 : 0);
		put16(frame, (uint16_t)ask->options_len);
		put(frame, ask->options, ask->options_len);
	}
	for (size_t i = 0; i < ask->trailing; i++)
		put(frame, "x", 1);
}

size_t frame_dns_offset(const struct ask *ask)
{
	return 14 + 4 * ask->vlan_tags + (ask->ipv6 ? 40 : 20) + 8;
}

static void put_ip(struct frame *frame, const struct ask *ask)
{
	uint8_t addr[16];

	if (ask->ipv6) {
		put(frame, "\x60\x0a\xbc\xde\0\0\x11\xff", 8);
		assert_int_equal(
			inet_pton(AF_INET6, ask->client ? ask->client : "2001:db8::1", addr), 1);
		put(frame, addr, 16);
		inet_pton(AF_INET6, "2001:db8::53", addr);
		put(frame, addr, 16);
		return;
	}
	put(frame, "\x45\x10\0\0\x12\x34\0\0\xff\x11\0\0", 12);
	assert_int_equal(inet_pton(AF_INET, ask->client ? ask->client : "192.0.2.1", addr), 1);
	put(frame, addr, 4);
	inet_pton(AF_INET, "192.0.2.53", addr);
	put(frame, addr, 4);
}

static void ipv4_sum(uint8_t *ip)
{
	uint32_t sum;

	memset(ip + 10, 0, 2);
	sum = ~sum16(ip, 20, 0);
	ip[10] = (uint8_t)(sum >> 8);
	ip[11] = (uint8_t)sum;
}

void frame_sum_ipv4(struct frame *frame)
{
	size_t ip = 14;

	while (get16(frame->bytes + ip - 2) == 0x8100 || get16(frame->bytes + ip - 2) == 0x88a8)
		ip += 4;
	ipv4_sum(frame->bytes + ip);
}

/* A partial checksum, as frames from a local veth or a VM carry it: wrong, if it were used. */
void frame_query(const struct ask *ask, struct frame *ret_frame)
{
	struct frame *frame = ret_frame;
	size_t dns = frame_dns_offset(ask), ip, udp_len;

	frame->len = 0;
	put(frame, FRAME_SERVER_MAC, 6);
	put(frame, FRAME_CLIENT_MAC, 6);
	for (unsigned int tag = 0; tag < ask->vlan_tags; tag++) {
		put16(frame, tag + 1 < ask->vlan_tags ? 0x88a8 : 0x8100);
		put16(frame, (uint16_t)(0x6000 | 10 * (tag + 1)));
	}
	put16(frame, ask->ipv6 ? 0x86dd : 0x0800);
	ip = frame->len;
	put_ip(frame, ask);
	put16(frame, FRAME_CLIENT_PORT);
	put16(frame, 53);
	put16(frame, 0);
	put16(frame, 0xbeef);
	put_dns(frame, ask);
	udp_len = frame->len - dns + 8;
	frame->bytes[dns - 4] = (uint8_t)(udp_len >> 8);
	frame->bytes[dns - 3] = (uint8_t)udp_len;
	if (ask->ipv6) {
		frame->bytes[ip + 4] = (uint8_t)(udp_len >> 8);
		frame->bytes[ip + 5] = (uint8_t)udp_len;
	} else {
		frame->bytes[ip + 2] = (uint8_t)((udp_len + 20) >> 8);
		frame->bytes[ip + 3] = (uint8_t)(udp_len + 20);
		ipv4_sum(frame->bytes + ip);
	}
	while (frame->len < ask->pad_to)
		put(frame, "\xee", 1);
}

static void check_ipv4(const uint8_t *query, const uint8_t *reply, size_t ip_len)
{
	assert_int_equal(reply[0], 0x45);
	assert_int_equal(get16(reply + 2), ip_len);
	assert_int_equal(get16(reply + 6), 0x4000);
	assert_int_equal(reply[8], 64);
	assert_int_equal(reply[9], 17);
	assert_int_equal(sum16(reply, 20, 0), 0xffff);
	assert_memory_equal(reply + 12, query + 16, 4);
	assert_memory_equal(reply + 16, query + 12, 4);
}

static void check_ipv6(const uint8_t *query, const uint8_t *reply, size_t payload_len)
{
	assert_int_equal(reply[0] >> 4, 6);
	assert_int_equal(get16(reply + 4), payload_len);
	assert_int_equal(reply[6], 17);
	assert_int_equal(reply[7], 64);
	assert_memory_equal(reply + 8, query + 24, 16);
	assert_memory_equal(reply + 24, query + 8, 16);
}

const uint8_t *frame_check_reply(const struct frame *query, const struct frame *reply,
				 const struct ask *ask, size_t *ret_dns_len)
{
	size_t dns = frame_dns_offset(ask), ip = 14 + 4 * ask->vlan_tags;
	size_t addresses = ask->ipv6 ? 32 : 8, udp_len;
	const uint8_t *udp = reply->bytes + dns - 8;

	assert_true(reply->len >= dns + 12);
	udp_len = reply->len - dns + 8;
	assert_memory_equal(reply->bytes, FRAME_CLIENT_MAC, 6);
	assert_memory_equal(reply->bytes + 6, FRAME_SERVER_MAC, 6);
	assert_memory_equal(reply->bytes + 12, query->bytes + 12, 2 + 4 * ask->vlan_tags);
	if (ask->ipv6)
		check_ipv6(query->bytes + ip, reply->bytes + ip, udp_len);
	else
		check_ipv4(query->bytes + ip, reply->bytes + ip, udp_len + 20);
	assert_int_equal(get16(udp), 53);
	assert_int_equal(get16(udp + 2), FRAME_CLIENT_PORT);
	assert_int_equal(get16(udp + 4), udp_len);
	assert_int_not_equal(get16(udp + 6), 0);
	assert_int_equal(sum16(udp, udp_len,
			       sum16(udp - addresses, addresses, (uint32_t)(17 + udp_len))),
			 0xffff);
	*ret_dns_len = udp_len - 8;
	return reply->bytes + dns;
}

ldns_pkt *frame_decode_reply(const struct frame *query, const struct frame *reply,
			     const struct ask *ask)
{
	size_t dns_len, question_len;
	const uint8_t *dns = frame_check_reply(query, reply, ask, &dns_len);
	const uint8_t *asked = query->bytes + frame_dns_offset(ask);
	ldns_pkt *packet = NULL;

	assert_int_equal(ldns_wire2pkt(&packet, dns, dns_len), LDNS_STATUS_OK);
	assert_memory_equal(dns, asked, 2);
	assert_true(ldns_pkt_qr(packet));
	assert_true(ldns_pkt_ra(packet) || ldns_pkt_get_rcode(packet) == LDNS_RCODE_REFUSED);
	assert_int_equal(ldns_pkt_rd(packet), asked[2] & 1);
	assert_int_equal(ldns_pkt_qdcount(packet), 1);
	question_len =
		ldns_rdf_size(ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_question(packet), 0))) + 4;
	assert_memory_equal(dns + 12, asked + 12, question_len);
	assert_int_equal(ldns_pkt_edns(packet), ask->edns);
	return packet;
}
