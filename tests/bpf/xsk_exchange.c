/* SPDX-License-Identifier: BSD-2-Clause */
/* A question through an AF_XDP socket, and its answer. */
#include "xsk_exchange.h"

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>

bool wait_readable(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	return poll(&poll_fd, 1, 10000) == 1;
}

static uint16_t ip_sum(const struct iphdr *ip)
{
	const uint16_t *words = (const uint16_t *)ip;
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < sizeof(*ip) / 2; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~(sum + (sum >> 16));
}

/* The headers of a query over IPv4, as they lie in a frame. */
struct headers {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
	uint8_t dns[12];
} __attribute__((packed));

void frame_swap(struct rb_xsk_frame *frame)
{
	struct headers in, out;
	struct iphdr ip;

	memcpy(&in, frame->data, sizeof(in));
	out = in;
	memcpy(out.eth.h_source, in.eth.h_dest, ETH_ALEN);
	memcpy(out.eth.h_dest, in.eth.h_source, ETH_ALEN);
	ip = in.ip;
	ip.saddr = in.ip.daddr;
	ip.daddr = in.ip.saddr;
	ip.check = 0;
	ip.check = ip_sum(&ip);
	out.ip = ip;
	out.udp.source = in.udp.dest;
	out.udp.dest = in.udp.source;
	out.udp.check = 0; /* IPv4 may do without */
	out.dns[2] |= 0x80;
	out.dns[3] = 3;
	memcpy(frame->data, &out, sizeof(out));
}

void xsk_exchange(const struct lab *lab, struct rb_xsk *xsk)
{
	_cleanup_close_ int fd = socket_to(lab, SERVER4);
	struct rb_xsk_frame frame;
	uint8_t reply[512];

	assert_int_equal(send(fd, question, sizeof(question), 0), sizeof(question));
	assert_true(wait_readable(rb_xsk_fd(xsk)));
	assert_int_equal(rb_xsk_recv(xsk, &frame, 1), 1);
	assert_true(frame.room >= 2048);
	assert_memory_equal(frame.data + frame.len - sizeof(question), question, sizeof(question));
	frame_swap(&frame);
	assert_true(rb_xsk_send(xsk, &frame));
	rb_xsk_flush(xsk);
	assert_true(wait_readable(fd));
	assert_int_equal(recv(fd, reply, sizeof(reply), 0), sizeof(question));
	assert_int_equal(reply[3] & 0xf, 3);
}
