/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same stream of queries, realistic and hostile, to runbound and to Unbound on the same zones:
 * every difference of the replies is one of those that are justified here, or it is a fault.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/reply_diff.h"
#include "lib/stream.h"
#include "lib/unbound_rules.h"

#define BURST     16
#define ROUNDS    3  /* how often a query is sent that nobody answers */
#define BURST_MS  5  /* until the next one, in the first round */
#define SILENT_MS 25 /* in the others */
#define ID_MAX    65536
#define REPLY_MAX 4096
#define SHOWN_MAX 20 /* faults that are printed in full */

enum server {
	RUNBOUND,
	UNBOUND,
	SERVERS,
};

struct exchange {
	struct stream_message query;
	struct reply replies[SERVERS];
};

struct run {
	int fds[SERVERS];
	struct exchange *exchanges;
	uint32_t count;
	uint32_t equal, justified, faults;
	uint32_t age_s; /* of the servers: what TTLs may differ by */
	bool without_rd;
};

/* Questions that the lab's zones answer, in every way. */
static const struct {
	const char *name;
	uint16_t type;
} questions[] = {
	{"www.signed.example", 1},
	{"www.signed.example", 28},
	{"only-v4.signed.example", 1},
	{"only-v4.signed.example", 28},
	{"pool.signed.example", 1},
	{"mixed.signed.example", 1},
	{"alias.signed.example", 1},
	{"chain1.signed.example", 28},
	{"away.signed.example", 1},
	{"host.old.signed.example", 1},
	{"x.wild.signed.example", 1},
	{"nothing.signed.example", 1},
	{"signed.example", 15},
	{"signed.example", 2},
	{"signed.example", 6},
	{"signed.example", 257},
	{"signed.example", 48},
	{"signed.example", 43},
	{"signed.example", 255},
	{"_sip._tcp.signed.example", 33},
	{"svc.signed.example", 65},
	{"text.signed.example", 16},
	{"text-large.signed.example", 16},
	{"text-huge.signed.example", 16},
	{"dots\\.in\\.label.signed.example", 1},
	{"white\\032space.signed.example", 1},
	{"www.nsec3.example", 1},
	{"x.wild.nsec3.example", 1},
	{"nothing.nsec3.example", 1},
	{"www.nsec3.example", 28},
	{"www.bogus.example", 1},
	{"good.bogus.example", 1},
	{"www.plain.example", 1},
	{"www.plain.example", 28},
	{"only-v4.plain.example", 28},
	{"alias.plain.example", 1},
	{"away.plain.example", 1},
	{"nothing.plain.example", 1},
	{"n1.many.example", 1},
	{"n2.many.example", 1},
	{"n3.many.example", 28},
	{"many.example", 2},
	{"example", 2},
	{"example", 43},
	{".", 2},
	{".", 6},
	{".", 48},
	{"nothing", 1},
	{"localhost", 1},
	{"localhost", 28},
	{"1.0.0.127.in-addr.arpa", 12},
	{"1.1.168.192.in-addr.arpa", 12},
	{"a.test", 1},
	{"a.invalid", 1},
	{"a.onion", 1},
	/* what the test's configuration answers */
	{"host.lan.example", 1},
	{"host.lan.example", 28},
	{"nothing.lan.example", 1},
	{"typed.example", 1},
	{"typed.example", 16},
	{"x.pool.example", 1},
	{"extra.plain.example", 1},
	{"extra.plain.example", 16},
	{"www.past.example", 1},
	{"x.refused.example", 1},
	{"x.null.example", 28},
	{"5.114.0.203.in-addr.arpa", 12},
	{"6.114.0.203.in-addr.arpa", 12},
};

#define QUESTIONS (sizeof(questions) / sizeof(questions[0]))

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- asking ----------------------------------------------------------------------------------- */

static int open_socket(const char *address, const char *from)
{
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM};
	const int room = 8 << 20;
	struct addrinfo *found, *source;
	bool failed;
	int fd;

	if (getaddrinfo(address, "53", &hints, &found) != 0)
		return -1;
	fd = socket(found->ai_family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (fd < 0 || getaddrinfo(from, NULL, &hints, &source) != 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	failed = bind(fd, source->ai_addr, source->ai_addrlen) ||
		 connect(fd, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(source);
	freeaddrinfo(found);
	return failed ? -1 : fd;
}

/* Take what has come; how many queries have got their first reply by it. */
static unsigned int replies_take(struct run *run, enum server server)
{
	uint8_t bytes[REPLY_MAX];
	unsigned int taken = 0;
	struct reply *reply;
	ssize_t len;
	uint32_t id;

	while ((len = recv(run->fds[server], bytes, sizeof(bytes), 0)) >= 0) {
		id = len >= 2 ? (uint32_t)(bytes[0] << 8 | bytes[1]) : ID_MAX;
		if (id >= run->count || run->exchanges[id].replies[server].bytes)
			continue;
		reply = &run->exchanges[id].replies[server];
		reply->bytes = malloc((size_t)len);
		if (!reply->bytes)
			abort();
		memcpy(reply->bytes, bytes, (size_t)len);
		reply->len = (size_t)len;
		taken++;
	}
	return taken;
}

/* Send to those who have not answered yet, and wait for replies for a moment. */
static void burst(struct run *run, uint32_t first, uint32_t end, int client_timeout_ms)
{
	struct pollfd pollers[SERVERS] = {{.fd = run->fds[RUNBOUND], .events = POLLIN},
					  {.fd = run->fds[UNBOUND], .events = POLLIN}};
	long long until = now_ms() + client_timeout_ms, left;
	unsigned int awaited = 0, got = 0;

	for (uint32_t i = first; i < end; i++)
		for (int server = 0; server < SERVERS; server++) {
			const struct exchange *exchange = &run->exchanges[i];

			if (exchange->replies[server].bytes)
				continue;
			if (send(run->fds[server], exchange->query.bytes, exchange->query.len, 0) >=
			    0)
				awaited++;
		}
	while (got < awaited && (left = until - now_ms()) > 0)
		if (poll(pollers, SERVERS, (int)left) > 0)
			for (int server = 0; server < SERVERS; server++)
				got += replies_take(run, (enum server)server);
}

static void ask_all(struct run *run)
{
	for (int round = 0; round < ROUNDS; round++)
		for (uint32_t i = 0; i < run->count; i += BURST)
			burst(run, i, i + BURST < run->count ? i + BURST : run->count,
			      round ? SILENT_MS : BURST_MS);
}

/* --- judging ---------------------------------------------------------------------------------- */

static void dump(const char *what, const uint8_t *bytes, size_t len)
{
	printf("%s, %zu bytes:", what, len);
	for (size_t i = 0; i < len; i++)
		printf("%s%02x", i % 32 ? "" : "\n  ", bytes[i]);
	printf("\n");
}

static void fault_show(const struct run *run, uint32_t i, uint64_t seed, uint32_t unexplained)
{
	const struct exchange *exchange = &run->exchanges[i];
	char text[256];

	reply_diff_text(unexplained, text, sizeof(text));
	printf("fault: %s; %s query, seed %llu\n", text, stream_kind_name(exchange->query.kind),
	       (unsigned long long)seed);
	if (run->faults > SHOWN_MAX)
		return;
	dump("query", exchange->query.bytes, exchange->query.len);
	dump("runbound", exchange->replies[RUNBOUND].bytes, exchange->replies[RUNBOUND].len);
	dump("unbound", exchange->replies[UNBOUND].bytes, exchange->replies[UNBOUND].len);
}

static void judge(struct run *run, uint32_t i, uint64_t seed)
{
	struct exchange *exchange = &run->exchanges[i];
	uint32_t differences =
		reply_diff(&exchange->replies[RUNBOUND], &exchange->replies[UNBOUND], run->age_s);
	uint32_t unexplained;

	if (!differences) {
		run->equal++;
		return;
	}
	unexplained = unbound_rules_apply(
		&(struct reply){exchange->query.bytes, exchange->query.len},
		&exchange->replies[RUNBOUND], &exchange->replies[UNBOUND], differences);
	if (!unexplained) {
		run->justified++;
		return;
	}
	run->faults++;
	fault_show(run, i, seed, unexplained);
}

static void query_make(struct exchange *exchange, const struct stream_question *known, uint32_t id,
		       uint64_t seed, bool without_rd)
{
	struct prng prng = {.state = prng_next(&(struct prng){seed})};
	uint32_t kind = prng_below(&prng, 2 * STREAM_KINDS);

	kind = kind < STREAM_KINDS ? kind : kind % 3 ? STREAM_PLAIN : STREAM_NEAR;
	stream_make(&prng, (enum stream_kind)kind, known, QUESTIONS, &exchange->query);
	if (without_rd && exchange->query.len > 2)
		exchange->query.bytes[2] &= 0xfe;
	exchange->query.bytes[0] = (uint8_t)(id >> 8);
	exchange->query.bytes[1] = (uint8_t)id;
}

static void run_release(struct run *run)
{
	for (uint32_t i = 0; i < run->count; i++)
		for (int server = 0; server < SERVERS; server++)
			free((void *)run->exchanges[i].replies[server].bytes);
	free(run->exchanges);
}

int main(int argc, char **argv)
{
	struct stream_question known[QUESTIONS];
	struct run run = {0};
	long long started_ms = now_ms();
	uint64_t seed;

	if (argc != 7 && (argc != 8 || strcmp(argv[7], "norec") != 0)) {
		fprintf(stderr,
			"usage: %s CLIENT RUNBOUND UNBOUND COUNT SEED SERVERS-AGE [norec]\n",
			argv[0]);
		return 2;
	}
	for (size_t i = 0; i < QUESTIONS; i++)
		known[i] = stream_question(questions[i].name, questions[i].type,
					   STREAM_DO0 | STREAM_DO1);
	run.fds[RUNBOUND] = open_socket(argv[2], argv[1]);
	run.fds[UNBOUND] = open_socket(argv[3], argv[1]);
	run.without_rd = argc == 8;
	run.count = (uint32_t)strtoul(argv[4], NULL, 10);
	seed = strtoull(argv[5], NULL, 0);
	if (run.fds[RUNBOUND] < 0 || run.fds[UNBOUND] < 0 || run.count > ID_MAX) {
		perror("socket");
		return 1;
	}
	run.exchanges = calloc(run.count, sizeof(*run.exchanges));
	if (!run.exchanges)
		abort();
	for (uint32_t i = 0; i < run.count; i++)
		query_make(&run.exchanges[i], known, i, seed + i, run.without_rd);
	ask_all(&run);
	run.age_s = (uint32_t)(strtoul(argv[6], NULL, 10) + (now_ms() - started_ms) / 1000 + 2);
	for (uint32_t i = 0; i < run.count; i++)
		judge(&run, i, seed + i);
	unbound_rules_report();
	printf("%u queries: %u alike, %u justified, %u faults\n", run.count, run.equal,
	       run.justified, run.faults);
	run_release(&run);
	return run.faults ? 1 : 0;
}
