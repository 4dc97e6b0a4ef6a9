/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole server on loopback for tests: a table in plain memory, real libunbound with local data,
 * and a forwarder that answers only when the test says so. Queries are made and replies decoded by
 * ldns.
 */
#ifndef RB_TESTS_SERVER_FIXTURE_H
#define LONG_LABEL "sixtysixtysixtysixtysixtysixtysixtysixtysixtysixtysixtysixty."
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

/* 127.0.0.0/8 may ask, and some of its addresses may not. */
static const struct rb_acl_rule fixture_rules[] = {
	{{[10] = 0xff, 0xff, 127}, 104, RB_ACL_ALLOW, 0, false},
	{{[15] = 1}, 128, RB_ACL_ALLOW, 0, false},
	{{[10] = 0xff, 0xff, 127, 0, 0, 66}, 128, RB_ACL_REFUSE, 0, false},
	{{[10] = 0xff, 0xff, 127, 0, 0, 67}, 128, RB_ACL_DENY, 0, false},
	{{[10] = 0xff, 0xff, 127, 0, 0, 68}, 128, RB_ACL_REFUSE_NON_LOCAL, 0, false},
	{{[10] = 0xff, 0xff, 127, 0, 0, 69}, 128, RB_ACL_DENY_NON_LOCAL, 0, false},
	{{[10] = 0xff, 0xff, 127, 0, 0, 70}, 128, RB_ACL_ALLOW_SNOOP, 0, false},
	{{[10] = 0xff, 0xff, 127, 0, 0, 71}, 128, RB_ACL_ALLOW_SETRD, 0, false},
};

static inline struct sockaddr_storage addr_make(const char *text, uint16_t port)
{
	struct sockaddr_storage addr = {0};
	struct sockaddr_in6 *addr6 = (struct sockaddr_in6 *)&addr;
	struct sockaddr_in *addr4 = (struct sockaddr_in *)&addr;

	addr4->sin_port = htons(port); /* at the same place in both */
	if (inet_pton(AF_INET, text, &addr4->sin_addr) == 1) {
		addr.ss_family = AF_INET;
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &addr6->sin6_addr), 1);
		addr.ss_family = AF_INET6;
	}
	return addr;
}

static inline socklen_t addr_len(const struct sockaddr_storage *addr)
{
	return addr->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					   : sizeof(struct sockaddr_in);
}

/* A socket bound to 127.0.0.1 and a port that nobody has. */
static inline int port_take(uint16_t *ret_port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	*ret_port = ntohs(addr.sin_port);
	return fd;
}

static inline void fixture_text(struct fixture *fixture, uint16_t hole_port)
{
	FILE *file = fmemopen(fixture->text, sizeof(fixture->text), "w");

	assert_non_null(file);
	fprintf(file,
		"server:\n"
		"do-not-query-localhost: no\n"
		"module-config: \"iterator\"\n"
		"local-zone: \"local.example.\" static\n"
		"local-zone: \"long.example.\" redirect\n"
		"local-data: \"long.example. CNAME *." LONG_LABEL LONG_LABEL LONG_LABEL LONG_LABEL
		"\"\n"
		"local-data: \"a.local.example. 3600 IN A 192.0.2.1\"\n"
		"local-data: \"a.local.example. 3600 IN AAAA 2001:db8::1\"\n");
	for (int i = 0; i < BIG_STRINGS; i++)
		fprintf(file, "local-data: 'big.local.example. 3600 IN TXT \"%02d%0198d\"'\n", i,
			0);
	for (int i = 0; i < 100; i++)
		fprintf(file, "local-data: \"n%d.local.example. 3600 IN A 192.0.2.%d\"\n", i, i);
	fprintf(file, "forward-zone:\nname: \"hole.example.\"\nforward-addr: 127.0.0.1@%d\n",
		hole_port);
	fclose(file);
}

static inline void fixture_open(struct fixture *fixture, unsigned int workers)
{
	uint16_t hole_port;
	int held[2];

	fixture->hole = port_take(&hole_port);
	held[0] = port_take(&fixture->port);
	held[1] = port_take(&fixture->wildcard_port);
	close(held[0]);
	close(held[1]);
	fixture_text(fixture, hole_port);
	fixture->listens[0].addr = addr_make("127.0.0.1", fixture->port);
	fixture->listens[1].addr = addr_make("::1", fixture->port);
	fixture->listens[2].addr = addr_make("0.0.0.0", fixture->wildcard_port);
	fixture->config.listens = fixture->listens;
	fixture->config.listen_count = 3;
	fixture->config.resolver_text = fixture->text;
	assert_int_equal(rb_config_read_text("t.conf", fixture->text, strlen(fixture->text),
					     &fixture->read),
			 0);
	assert_int_equal(rb_policy_attach(fixture->read), 0);
	fixture->config.policy = fixture->read->policy;
	assert_int_equal(rb_acl_new(fixture_rules, ARRAY_SIZE(fixture_rules), &fixture->acl), 0);
	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 4 << 20, &fixture->table), 0);
	assert_int_equal(rb_resolvers_start(&fixture->config, fixture->table, workers,
					    &fixture->resolvers),
			 0);
	assert_int_equal(rb_server_open(&fixture->config, fixture->table, fixture->acl,
					fixture->resolvers, workers, &fixture->server),
			 0);
	assert_int_equal(rb_server_start(fixture->server, NULL), 0);
}

static inline struct fixture *fixture_new(void)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->config = (struct rb_config){
		.do_ip4 = true,
		.do_ip6 = true,
		.do_udp = true,
		.do_tcp = true,
		.num_threads = 2,
		.edns_buffer_size = 1232,
		.max_udp_size = 1232,
		.incoming_num_tcp = 50,
		.tcp_idle_timeout_ms = 30000,
		.num_queries_per_thread = 512,
		.cache_max_ttl_s = 86400,
		.cache_max_negative_ttl_s = 3600,
	};
	return fixture;
}

static inline void fixture_free(struct fixture *fixture)
{
	rb_server_stop(fixture->server);
	rb_resolvers_stop(fixture->resolvers);
	rb_server_free(fixture->server);
	rb_acl_free(fixture->acl);
	rb_table_close(fixture->table);
	close(fixture->hole);
	rb_config_free(fixture->read);
	free(fixture);
}

static inline bool is_readable(int fd, int timeout_ms)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	return poll(&poll_fd, 1, timeout_ms) == 1;
}

/* Wait for a query to the forwarder and answer it: A 192.0.2.77. */
static inline void hole_answer(const struct fixture *fixture)
{
	static const uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 77};
	struct sockaddr_storage from;
	socklen_t from_len = sizeof(from);
	uint8_t message[1500];
	size_t len = 12;
	ssize_t got;

	assert_true(is_readable(fixture->hole, REPLY_MS));
	got = recvfrom(fixture->hole, message, sizeof(message) - sizeof(record), 0,
		       (struct sockaddr *)&from, &from_len);
	assert_true(got > 16);
	len += (size_t)rb_name_len(message + len, (size_t)got - len) + RB_QUESTION_TAIL;
	memcpy(message + 2, "\x81\x80\0\1\0\1\0\0\0\0", 10);
	memcpy(message + len, record, sizeof(record));
	len += sizeof(record);
	assert_int_equal(sendto(fixture->hole, message, len, 0, (struct sockaddr *)&from, from_len),
			 len);
}

/*
 * Answer what the forwarder is asked until there is something to read from fd. On a busy machine
 * the resolver's patience may end first: then it asks anew, and only that query's answer counts.
 */
static inline void hole_answer_until(const struct fixture *fixture, int fd)
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLIN},
			       {.fd = fixture->hole, .events = POLLIN}};

	while (poll(fds, 2, REPLY_MS) > 0 && !fds[0].revents)
		hole_answer(fixture);
}

/* A query in wire form; flags as ldns has them (LDNS_RD ...); udp_size 0: no EDNS. Its length. */
static inline size_t query_make(const char *name, ldns_rr_type type, uint16_t flags,
				uint16_t udp_size, uint8_t out[512])
{
	ldns_pkt *packet = NULL;
	uint8_t *wire = NULL;
	size_t len;

	assert_int_equal(ldns_pkt_query_new_frm_str(&packet, name, type, LDNS_RR_CLASS_IN, flags),
			 LDNS_STATUS_OK);
	ldns_pkt_set_id(packet, (uint16_t)rand());
	if (udp_size)
		ldns_pkt_set_edns_udp_size(packet, udp_size);
	assert_int_equal(ldns_pkt2wire(&wire, packet, &len), LDNS_STATUS_OK);
	assert_true(len <= 512);
	memcpy(out, wire, len);
	free(wire);
	ldns_pkt_free(packet);
	return len;
}

/* A connected socket from client (NULL: any) to server. */
static inline int client_open(int type, const char *client, const char *server, uint16_t port)
{
	struct sockaddr_storage to = addr_make(server, port), from;
	int fd = socket(to.ss_family, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (client) {
		from = addr_make(client, 0);
		assert_int_equal(bind(fd, (struct sockaddr *)&from, addr_len(&from)), 0);
	}
	assert_int_equal(connect(fd, (struct sockaddr *)&to, addr_len(&to)), 0);
	return fd;
}

/* The reply to query on a connected UDP socket, decoded; NULL: none came. */
static inline ldns_pkt *udp_receive(int fd, const uint8_t *query, int timeout_ms)
{
	uint8_t reply[65535];
	ldns_pkt *packet = NULL;
	ssize_t got;

	if (!is_readable(fd, timeout_ms))
		return NULL;
	got = recv(fd, reply, sizeof(reply), 0);
	assert_true(got > 0);
	assert_int_equal(ldns_wire2pkt(&packet, reply, (size_t)got), LDNS_STATUS_OK);
	assert_int_equal(ldns_pkt_id(packet), query[0] << 8 | query[1]);
	assert_true(ldns_pkt_qr(packet));
	return packet;
}

static inline ldns_pkt *udp_exchange(int fd, const uint8_t *query, size_t len, int timeout_ms)
{
	assert_int_equal(send(fd, query, len, 0), len);
	return udp_receive(fd, query, timeout_ms);
}

static inline void packet_freep(ldns_pkt **packet)
{
	ldns_pkt_free(*packet);
}

#define _cleanup_packet_ _cleanup_(packet_freep)

#endif
