/* SPDX-License-Identifier: BSD-2-Clause */
/* Resolvers in front of an authoritative server, and of one that is silent. */
#include "lib/lookup.h"
#include "resolve_fixture.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

static const char text_format[] =
	"server:\n"
	"  do-not-query-localhost: no\n"
	"  module-config: \"validator iterator\"\n"
	"  outgoing-range: 1024\n"
	"  infra-cache-min-rtt: 2000\n" /* else a busy machine passes for a lost packet */
	"  local-zone: refuse.lz. refuse\n"
	"  local-zone: deny.lz. deny\n"
	"  local-zone: nx.lz. always_nxdomain\n"
	"  local-zone: static.lz. static\n"
	"  local-data: 'x.static.lz. 7 A 192.0.2.5'\n"
	"  local-data: 'static.lz. 700 SOA ns.static.lz. h.static.lz. 1 2 3 4 500'\n"
	"  local-zone: redirect.lz. redirect\n"
	"  local-data: 'redirect.lz. A 192.0.2.6'\n"
	"  local-zone: data.lz. transparent\n"
	"  local-data: 'a\\.b\\032c.data.lz. A 192.0.2.7'\n"
	"  trust-anchor-file: %1$s/secure.example.anchor\n"
	"  trust-anchor-file: %1$s/bogus.example.anchor\n"
	"  trust-anchor-file: %1$s/expired.example.anchor\n"
	"  trust-anchor-file: %1$s/early.example.anchor\n"
	"  trust-anchor-file: %1$s/stripped.example.anchor\n"
	"stub-zone:\n"
	"  name: plain.example\n"
	"  stub-addr: 127.0.0.1@%2$u\n"
	"forward-zone:\n"
	"  name: example\n"
	"  forward-addr: 127.0.0.1@%2$u\n"
	"forward-zone:\n"
	"  name: silent.example\n"
	"  forward-addr: 127.0.0.1@%3$u\n"
	"auth-zone:\n"
	"  name: auth.example\n"
	"  zonefile: %1$s/auth.example\n";

void start(struct world *world, unsigned int threads, unsigned int workers)
{
	world->config.num_threads = threads;
	assert_int_equal(
		rb_resolvers_start(&world->config, world->table, workers, &world->resolvers), 0);
}

int world_new(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	char path[96];
	FILE *zone;

	assert_int_equal(rb_authority_start(&world->authority), 0);
	snprintf(path, sizeof(path), "%s/auth.example", world->authority.dir);
	zone = fopen(path, "w");
	fputs("$ORIGIN auth.example.\n@ 300 SOA ns h 1 2 3 4 5\n@ NS ns\na 300 A 192.0.2.3\n",
	      zone);
	fclose(zone);
	world->silent_fd = rb_loopback_socket(&world->silent_port);
	assert_true(world->silent_fd >= 0);
	snprintf(world->text, sizeof(world->text), text_format, world->authority.dir,
		 world->authority.port, world->silent_port);
	*state = world;
	return 0;
}

int world_free(void **state)
{
	struct world *world = *state;

	rb_authority_stop(&world->authority);
	close(world->silent_fd);
	free(world);
	return 0;
}

int setup(void **state)
{
	struct world *world = *state;
	uint8_t unwanted[512];

	while (recv(world->silent_fd, unwanted, sizeof(unwanted), MSG_DONTWAIT) > 0)
		;
	world->config = (struct rb_config){
		.resolver_text = world->text,
		.cache_max_ttl_s = 86400,
		.cache_max_negative_ttl_s = 3600,
	};
	world->resolvers = NULL;
	return rb_table_open(NULL, RB_TABLE_WRITE, 4 << 20, &world->table);
}

int teardown(void **state)
{
	struct world *world = *state;

	if (world->resolvers)
		rb_resolvers_stop(world->resolvers);
	rb_table_closep(&world->table);
	return 0;
}

struct rb_job job_make(const struct world *world, const char *name, uint16_t qtype,
		       unsigned int flags)
{
	struct rb_job job = {
		.qclass = RB_CLASS_IN,
		.dnssec_ok = flags & DO,
		.checking_disabled = flags & CD,
		.publishable = true,
	};
	uint8_t qname[RB_NAME_MAX];
	int len = rb_name_from_text(name, qname);

	assert_true(len > 0);
	assert_int_equal(rb_table_key_init(world->table, qname, (size_t)len, qtype, &job.key), 0);
	return job;
}

struct rb_job *collect(struct rb_resolvers *resolvers, unsigned int worker)
{
	struct pollfd poll_fd = {.fd = rb_resolvers_fd(resolvers, worker), .events = POLLIN};
	struct rb_job *job;

	while (!(job = rb_resolvers_collect(resolvers, worker))) {
		if (poll(&poll_fd, 1, WAIT_MS) != 1)
			return NULL;
		rb_resolvers_drain(resolvers, worker);
	}
	return job;
}

struct rb_answer *ask(struct world *world, const char *name, uint16_t qtype, unsigned int flags)
{
	struct rb_job job = job_make(world, name, qtype, flags);

	assert_int_equal(rb_resolvers_submit(world->resolvers, &job), 0);
	assert_ptr_equal(collect(world->resolvers, 0), &job);
	return job.answer;
}

uint16_t rcode(const struct rb_answer *answer)
{
	return answer->flags & RB_FLAG_RCODE;
}

bool is_published(const struct world *world, const char *name, uint16_t qtype, uint8_t serves)
{
	struct rb_job job = job_make(world, name, qtype, 0);
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;

	return !table_lookup(world->table, &job.key, serves, rb_clock_ns(), &answer, NULL);
}

struct rb_resolver_stats stats(const struct world *world)
{
	struct rb_resolver_stats now;

	rb_resolvers_stats(world->resolvers, &now);
	return now;
}

size_t wait_for_question(const struct world *world, uint8_t *question,
			 struct sockaddr_storage *from, socklen_t *from_len)
{
	struct pollfd poll_fd = {.fd = world->silent_fd, .events = POLLIN};
	ssize_t len;

	assert_int_equal(poll(&poll_fd, 1, WAIT_MS), 1);
	*from_len = sizeof(*from);
	len = recvfrom(world->silent_fd, question, QUESTION_MAX, 0, (struct sockaddr *)from,
		       from_len);
	assert_true(len > 12);
	return (size_t)len;
}

void answer_question(const struct world *world, uint8_t *question,
		     const struct sockaddr_storage *to, socklen_t to_len)
{
	static const uint8_t counts[] = {0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0};
	static const uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 77};
	uint8_t reply[QUESTION_MAX + sizeof(record)];
	size_t len = 12 + strlen((const char *)question + 12) + 1 + 4;

	memcpy(reply, question, len);
	memcpy(reply + 2, counts, sizeof(counts));
	memcpy(reply + len, record, sizeof(record));
	assert_true(sendto(world->silent_fd, reply, len + sizeof(record), 0,
			   (const struct sockaddr *)to, to_len) > 0);
}
