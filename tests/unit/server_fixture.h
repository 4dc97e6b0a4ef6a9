/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole server on loopback for tests: a table in plain memory, real libunbound with local data,
 * and a forwarder that answers only when the test says so. Queries are made and replies decoded by
 * ldns.
 */
#ifndef RB_TESTS_SERVER_FIXTURE_H
#define RB_TESTS_SERVER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <ldns/ldns.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/reader.h"
#include "policy/attach.h"
#include "dns/name.h"
#include "resolve/process.h"
#include "serve/server.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define REPLY_MS    10000 /* until a reply that must come counts as lost; sanitizers are slow */
#define SILENCE_MS  300   /* without a reply until there is none */
#define BIG_STRINGS 20    /* of 200 bytes in big.local.example: 4 kB */

struct fixture {
	struct rb_config config;
	struct rb_config *read; /* of text: for its local policy */
	struct rb_listen listens[3];
	struct rb_table *table;
	struct rb_acl *acl;
	struct rb_resolvers *resolvers;
	struct rb_server *server;
	uint16_t port;          /* 127.0.0.1 and ::1 */
	uint16_t wildcard_port; /* 0.0.0.0 */
	int hole; /* the forwarder of hole.example: answers when hole_answer*() is called */
	char text[16384];
};

struct sockaddr_storage addr_make(const char *text, uint16_t port);

socklen_t addr_len(const struct sockaddr_storage *addr);

/* A socket bound to 127.0.0.1 and a port that nobody has. */
int port_take(uint16_t *ret_port);

/* So many workers, for the configuration that fixture_new() gave and the test may have changed. */
void fixture_open(struct fixture *fixture, unsigned int workers);

/* Nothing runs yet; fixture_free(). */
struct fixture *fixture_new(void);

/* A group's setup, with two workers, and teardown. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

void fixture_free(struct fixture *fixture);

bool is_readable(int fd, int timeout_ms);

/* Wait for a query to the forwarder and answer it: A 192.0.2.77. */
void hole_answer(const struct fixture *fixture);

/*
 * Answer what the forwarder is asked until there is something to read from fd. On a busy machine
 * the resolver's patience may end first: then it asks anew, and only that query's answer counts.
 */
void hole_answer_until(const struct fixture *fixture, int fd);

/* A query in wire form; flags as ldns has them (LDNS_RD ...); udp_size 0: no EDNS. Its length. */
size_t query_make(const char *name, ldns_rr_type type, uint16_t flags, uint16_t udp_size,
		  uint8_t out[512]);

/* A connected socket from client (NULL: any) to server. */
int client_open(int type, const char *client, const char *server, uint16_t port);

/* The reply to query on a connected UDP socket, decoded; NULL: none came. */
ldns_pkt *udp_receive(int fd, const uint8_t *query, int timeout_ms);

/* The same, after sending it. */
ldns_pkt *udp_exchange(int fd, const uint8_t *query, size_t len, int timeout_ms);

void packet_freep(ldns_pkt **packet);

/* Ask server:port from client (NULL: any) by UDP with EDNS; NULL: silence. */
ldns_pkt *udp_ask_at(const char *client, const char *server, uint16_t port, const char *name,
		     ldns_rr_type type, uint16_t flags, int timeout_ms);

/* The same at 127.0.0.1. */
ldns_pkt *udp_ask(const struct fixture *fixture, const char *client, const char *name,
		  ldns_rr_type type, uint16_t flags, int timeout_ms);

struct rb_server_stats stats_of(const struct fixture *fixture);

#define _cleanup_packet_ _cleanup_(packet_freep)

#endif
