/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole server on loopback. */
#include "server_fixture.h"

#include <sys/random.h>

#define LONG_LABEL "sixtysixtysixtysixtysixtysixtysixtysixtysixtysixtysixtysixty."

/* 127.0.0.0/8 may ask, and some of its addresses may not. */
static const struct rb_acl_rule fixture_rules[] = {
	{{[10] = 0xff, 0xff, 127}, 104, RB_ACL_ALLOW, 0, false, false},
	{{[15] = 1}, 128, RB_ACL_ALLOW, 0, false, false},
	{{[10] = 0xff, 0xff, 127, 0, 0, 66}, 128, RB_ACL_REFUSE, 0, false, false},
	{{[10] = 0xff, 0xff, 127, 0, 0, 67}, 128, RB_ACL_DENY, 0, false, false},
	{{[10] = 0xff, 0xff, 127, 0, 0, 68}, 128, RB_ACL_REFUSE_NON_LOCAL, 0, false, false},
	{{[10] = 0xff, 0xff, 127, 0, 0, 69}, 128, RB_ACL_DENY_NON_LOCAL, 0, false, false},
	{{[10] = 0xff, 0xff, 127, 0, 0, 70}, 128, RB_ACL_ALLOW_SNOOP, 0, false, false},
	{{[10] = 0xff, 0xff, 127, 0, 0, 71}, 128, RB_ACL_ALLOW_SETRD, 0, false, false},
};

struct sockaddr_storage addr_make(const char *text, uint16_t port)
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

socklen_t addr_len(const struct sockaddr_storage *addr)
{
	return addr->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					   : sizeof(struct sockaddr_in);
}

int port_take(uint16_t *ret_port)
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

static void fixture_text(struct fixture *fixture, uint16_t hole_port)
{
	FILE *file = fmemopen(fixture->text, sizeof(fixture->text), "w");

	assert_non_null(file);
	fprintf(file,
		"server:\n"
		"do-not-query-localhost: no\n"
		"module-config: \"iterator\"\n"
		"local-zone: \"local.example.\" static\n"
		"local-zone: \"alias.example.\" redirect\n"
		"local-data: \"alias.example. CNAME www.hole.example.\"\n"
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

static bool is_free(int type, uint16_t port)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);
	bool is = fd >= 0 && !bind(fd, (struct sockaddr *)&any, sizeof(any));

	close(fd);
	return is;
}

/*
 * A port that nobody has, by UDP or TCP, until the server takes it: none of those that the kernel
 * gives to whoever asks for any.
 */
static uint16_t port_find(void)
{
	uint16_t port;

	do {
		assert_int_equal(getrandom(&port, sizeof(port), 0), sizeof(port));
		port = (uint16_t)(10000 + port % 20000);
	} while (!is_free(SOCK_DGRAM, port) || !is_free(SOCK_STREAM, port));
	return port;
}

void fixture_open(struct fixture *fixture, unsigned int workers)
{
	struct rb_server_opts opts = {.config = &fixture->config, .workers = workers};
	struct rb_addresses addresses;
	uint16_t hole_port;

	fixture->hole = port_take(&hole_port);
	fixture->port = port_find();
	fixture->wildcard_port = port_find();
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
	assert_int_equal(rb_policy_attach(fixture->read, NULL), 0);
	fixture->config.policy = fixture->read->policy;
	assert_int_equal(rb_acl_new(fixture_rules, ARRAY_SIZE(fixture_rules), &fixture->acl), 0);
	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 4 << 20, &fixture->table), 0);
	assert_int_equal(rb_resolvers_start(&fixture->config, fixture->table, workers,
					    &fixture->resolvers),
			 0);
	opts.table = fixture->table;
	opts.acl = fixture->acl;
	opts.resolvers = fixture->resolvers;
	assert_int_equal(rb_addresses_open_any(&fixture->config, workers, NULL, &addresses), 0);
	assert_int_equal(rb_server_new(&opts, &addresses, &fixture->server), 0);
	assert_int_equal(rb_server_start(fixture->server), 0);
}

struct fixture *fixture_new(void)
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

void fixture_free(struct fixture *fixture)
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

int fixture_setup(void **state)
{
	struct fixture *fixture = fixture_new();

	fixture_open(fixture, 2);
	*state = fixture;
	return 0;
}

int fixture_teardown(void **state)
{
	fixture_free(*state);
	return 0;
}

bool is_readable(int fd, int timeout_ms)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	return poll(&poll_fd, 1, timeout_ms) == 1;
}

void hole_answer(const struct fixture *fixture)
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

void hole_answer_until(const struct fixture *fixture, int fd)
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLIN},
			       {.fd = fixture->hole, .events = POLLIN}};

	while (poll(fds, 2, REPLY_MS) > 0 && !fds[0].revents)
		hole_answer(fixture);
}

size_t query_make(const char *name, ldns_rr_type type, uint16_t flags, uint16_t udp_size,
		  uint8_t out[512])
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

int client_open(int type, const char *client, const char *server, uint16_t port)
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

ldns_pkt *udp_receive(int fd, const uint8_t *query, int timeout_ms)
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

ldns_pkt *udp_exchange(int fd, const uint8_t *query, size_t len, int timeout_ms)
{
	assert_int_equal(send(fd, query, len, 0), len);
	return udp_receive(fd, query, timeout_ms);
}

void packet_freep(ldns_pkt **packet)
{
	ldns_pkt_free(*packet);
}

ldns_pkt *udp_ask_at(const char *client, const char *server, uint16_t port, const char *name,
		     ldns_rr_type type, uint16_t flags, int timeout_ms)
{
	uint8_t query[512];
	size_t len = query_make(name, type, flags, 1232, query);
	_cleanup_close_ int fd = client_open(SOCK_DGRAM, client, server, port);

	return udp_exchange(fd, query, len, timeout_ms);
}

ldns_pkt *udp_ask(const struct fixture *fixture, const char *client, const char *name,
		  ldns_rr_type type, uint16_t flags, int timeout_ms)
{
	return udp_ask_at(client, "127.0.0.1", fixture->port, name, type, flags, timeout_ms);
}

struct rb_server_stats stats_of(const struct fixture *fixture)
{
	struct rb_server_stats stats;

	rb_server_stats(fixture->server, &stats);
	return stats;
}
