/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queries through AF_XDP with a socket that the test plays, and that knows of each frame who has
 * it; for test_afxdp.c alone.
 */
#ifndef RB_TESTS_AFXDP_FIXTURE_H
#define RB_TESTS_AFXDP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <event2/event.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "played_resolver.h"
#include "serve/frame.h"
#include "serve/udp.h"
#include "serve/xdp.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define FRAMES     256
#define RECORD_LEN 16 /* an A record with a compressed owner */

enum owner {
	FREE,
	RECEIVED,
	BORROWED, /* by the worker */
	SENT,
};

/* The test's AF_XDP socket. */
struct rb_xsk {
	uint8_t memory[FRAMES][2048];
	enum owner owner[FRAMES];
	uint32_t len[FRAMES];
	size_t free_left; /* frames that rb_xsk_take() still gives */
	size_t flushes;
	uint32_t mtu;
	int fd;
};

struct world {
	struct rb_xsk xsk;
	struct rb_resolvers resolvers;
	struct rb_config config;
	struct rb_table *table;
	struct rb_acl *acl;
	struct rb_serve serve;
	struct rb_udp *udp;
	struct rb_afxdp *afxdp;
	struct event_base *base;
};

/* How many frames have this owner. */
size_t owned(const struct rb_xsk *xsk, enum owner owner);

/* A response to the query in message with count A records, as an answer. */
struct rb_answer *answer_make(const uint8_t *message, size_t len, int count);

/* "name A" in wire form; its length. */
size_t message_make(const char *name, uint16_t udp_size, uint8_t *out);

/* A frame from 127.0.0.1 with "name A" arrives, with an 802.1Q tag or without. */
void arrive(struct world *world, const char *name, uint16_t udp_size, bool tagged);

/* Until all that has been received is dealt with. */
void run(struct world *world);

/* The message in the one frame that was sent. */
ldns_pkt *sent_message(const struct rb_xsk *xsk, struct rb_frame *ret_frame, size_t *ret_i);

/* A worker with the played socket and the played resolvers. */
int setup(void **state);
int teardown(void **state);

/* One address for the name, into the table. */
void publish(struct world *world, const char *name);

#endif
