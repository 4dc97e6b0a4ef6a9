/* SPDX-License-Identifier: BSD-2-Clause */
/* The played AF_XDP socket, and a worker around it. */
#include "afxdp_fixture.h"

#include <sys/eventfd.h>
#include <unistd.h>

int rb_xsk_fd(const struct rb_xsk *xsk)
{
	return xsk->fd;
}

unsigned int rb_xsk_ifindex(const struct rb_xsk *xsk)
{
	(void)xsk;
	return 1;
}

const char *rb_xsk_ifname(const struct rb_xsk *xsk)
{
	(void)xsk;
	return "lo";
}

uint32_t rb_xsk_mtu(const struct rb_xsk *xsk)
{
	return xsk->mtu;
}

static void frame_borrow(struct rb_xsk *xsk, size_t i, struct rb_xsk_frame *ret_frame)
{
	xsk->owner[i] = BORROWED;
	*ret_frame = (struct rb_xsk_frame){xsk->memory[i], xsk->len[i], sizeof(xsk->memory[i]), i};
}

size_t rb_xsk_recv(struct rb_xsk *xsk, struct rb_xsk_frame *frames, size_t max)
{
	eventfd_t value = 0;
	size_t got = 0;

	for (size_t i = 0; i < FRAMES && got < max; i++)
		if (xsk->owner[i] == RECEIVED)
			frame_borrow(xsk, i, &frames[got++]);
	if (got < max)
		eventfd_read(xsk->fd, &value);
	return got;
}

bool rb_xsk_take(struct rb_xsk *xsk, struct rb_xsk_frame *ret_frame)
{
	for (size_t i = 0; i < FRAMES && xsk->free_left; i++) {
		if (xsk->owner[i] != FREE)
			continue;
		xsk->free_left--;
		xsk->len[i] = 0;
		frame_borrow(xsk, i, ret_frame);
		return true;
	}
	return false;
}

void rb_xsk_release(struct rb_xsk *xsk, const struct rb_xsk_frame *frame)
{
	assert_int_equal(xsk->owner[frame->addr], BORROWED);
	xsk->owner[frame->addr] = FREE;
}

bool rb_xsk_send(struct rb_xsk *xsk, const struct rb_xsk_frame *frame)
{
	assert_int_equal(xsk->owner[frame->addr], BORROWED);
	xsk->owner[frame->addr] = SENT;
	xsk->len[frame->addr] = frame->len;
	return true;
}

void rb_xsk_flush(struct rb_xsk *xsk)
{
	xsk->flushes++;
}

void rb_xsk_drain(struct rb_xsk *xsk)
{
	rb_xsk_flush(xsk);
}

size_t owned(const struct rb_xsk *xsk, enum owner owner)
{
	size_t count = 0;

	for (size_t i = 0; i < FRAMES; i++)
		count += xsk->owner[i] == owner;
	return count;
}

struct rb_answer *answer_make(const uint8_t *message, size_t len, int count)
{
	static const uint8_t record[RECORD_LEN] = {0xc0, 12, 0, 1, 0,   1, 0, 0,
						   1,    44, 0, 4, 192, 0, 2, 0};
	struct rb_answer_opts opts = {
		.qname = message + 12,
		.qname_len = (uint16_t)(len - 16),
		.qtype = LDNS_RR_TYPE_A,
		.max_ttl_s = 86400,
		.now_ns = rb_clock_ns(),
	};
	struct rb_answer *answer = NULL;
	uint8_t response[8192];

	memcpy(response, message, len);
	response[2] = 0x81;
	response[3] = 0x80;
	response[7] = (uint8_t)count;
	response[11] = 0;
	for (int i = 0; i < count; i++, len += RECORD_LEN) {
		memcpy(response + len, record, RECORD_LEN);
		response[len + RECORD_LEN - 1] = (uint8_t)i;
	}
	assert_int_equal(rb_answer_from_message(response, len, &opts, &answer), 0);
	return answer;
}

size_t message_make(const char *name, uint16_t udp_size, uint8_t *out)
{
	ldns_pkt *packet = NULL;
	uint8_t *wire = NULL;
	size_t len;

	assert_int_equal(ldns_pkt_query_new_frm_str(&packet, name, LDNS_RR_TYPE_A, LDNS_RR_CLASS_IN,
						    LDNS_RD),
			 LDNS_STATUS_OK);
	ldns_pkt_set_id(packet, 4711);
	if (udp_size)
		ldns_pkt_set_edns_udp_size(packet, udp_size);
	assert_int_equal(ldns_pkt2wire(&wire, packet, &len), LDNS_STATUS_OK);
	memcpy(out, wire, len);
	free(wire);
	ldns_pkt_free(packet);
	return len;
}

void arrive(struct world *world, const char *name, uint16_t udp_size, bool tagged)
{
	static const uint8_t ethernet[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
	static const uint8_t tag[] = {0x81, 0, 0, 7};
	static const uint8_t ip[] = {8, 0, 0x45, 0,   0, 0, 0,  0,    0,    0, 64, 17, 0, 0, 127,
				     0, 0, 1,    192, 0, 2, 53, 0x30, 0x39, 0, 53, 0,  0, 0, 0};
	struct rb_xsk *xsk = &world->xsk;
	size_t at = sizeof(ethernet), message_len, i = 0;
	uint8_t *frame;

	while (xsk->owner[i] != FREE)
		assert_true(++i < FRAMES);
	frame = xsk->memory[i];
	memcpy(frame, ethernet, sizeof(ethernet));
	if (tagged) {
		memcpy(frame + at, tag, sizeof(tag));
		at += sizeof(tag);
	}
	memcpy(frame + at, ip, sizeof(ip));
	message_len = message_make(name, udp_size, frame + at + sizeof(ip));
	frame[at + 5] = (uint8_t)(28 + message_len);
	frame[at + 27] = (uint8_t)(8 + message_len);
	xsk->owner[i] = RECEIVED;
	xsk->len[i] = (uint32_t)(at + sizeof(ip) + message_len);
	eventfd_write(xsk->fd, 1);
}

void run(struct world *world)
{
	while (world->xsk.flushes < 1000 && owned(&world->xsk, RECEIVED))
		event_base_loop(world->base, EVLOOP_NONBLOCK);
}

ldns_pkt *sent_message(const struct rb_xsk *xsk, struct rb_frame *ret_frame, size_t *ret_i)
{
	ldns_pkt *packet = NULL;
	size_t i = 0;

	assert_int_equal(owned(xsk, SENT), 1);
	while (xsk->owner[i] != SENT)
		i++;
	assert_int_equal(rb_frame_parse(xsk->memory[i], xsk->len[i], ret_frame), 0);
	assert_int_equal(ldns_wire2pkt(&packet, xsk->memory[i] + ret_frame->payload,
				       ret_frame->payload_len),
			 LDNS_STATUS_OK);
	assert_int_equal(ldns_pkt_id(packet), 4711);
	*ret_i = i;
	return packet;
}

int setup(void **state)
{
	static const struct rb_acl_rule rule = {
		{[10] = 0xff, 0xff, 127}, 104, RB_ACL_ALLOW, 0, false, false};
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	world->xsk.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	world->xsk.free_left = FRAMES;
	world->xsk.mtu = 9000; /* more than the Internet takes must not count */
	world->config.edns_buffer_size = 1232;
	world->config.max_udp_size = 4096;
	world->base = event_base_new();
	assert_int_equal(rb_acl_new(&rule, 1, &world->acl), 0);
	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 1 << 20, &world->table), 0);
	world->serve.config = &world->config;
	world->serve.table = world->table;
	world->serve.acl = world->acl;
	world->serve.resolvers = &world->resolvers;
	world->serve.worker = 3;
	world->resolvers.worker = 3;
	world->resolvers.finished = PLAYED_AT_ONCE;
	assert_int_equal(rb_serve_init(&world->serve), 0);
	assert_int_equal(rb_udp_new(world->base, &world->serve, NULL, 0, &world->udp), 0);
	assert_int_equal(rb_afxdp_new(world->base, &world->serve, world->udp, &world->afxdp), 0);
	assert_int_equal(rb_afxdp_add(world->afxdp, &world->xsk), 0);
	*state = world;
	return 0;
}

int teardown(void **state)
{
	struct world *world = *state;

	/* Whatever happened: no frame stays with the worker. */
	assert_int_equal(owned(&world->xsk, BORROWED), 0);
	rb_afxdp_free(world->afxdp);
	rb_udp_free(world->udp);
	rb_serve_release(&world->serve);
	rb_table_close(world->table);
	rb_acl_free(world->acl);
	event_base_free(world->base);
	close(world->xsk.fd);
	free(world);
	return 0;
}

void publish(struct world *world, const char *name)
{
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	struct rb_table_key key;
	uint8_t message[512];
	size_t len = message_make(name, 0, message);

	answer = answer_make(message, len, 1);
	assert_int_equal(
		rb_table_key_init(world->table, message + 12, len - 16, LDNS_RR_TYPE_A, &key), 0);
	assert_int_equal(rb_table_publish(world->table, &key, answer), 0);
}
