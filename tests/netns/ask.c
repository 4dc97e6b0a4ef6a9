/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ask for the addresses of n<FIRST>.ZONE ... through plain sockets, in random letter case, and
 * check every reply in full: n<i> has the address 198.18.0.0 + i, and nothing else.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WINDOW      64 /* questions in flight */
#define TRIES       4
#define TIMEOUT_MS  1000
#define PATIENCE_MS 30000 /* late is no fault, but lost is: machines under load */
#define QUERY_MAX   512
#define REPLY_MAX   4096
#define BASE        0xc6120000U /* 198.18.0.0 */
#define TTL_MAX_S   3600
#define HEADER      12
#define FLAGS_MASK  0xfb8f /* all but AA's neighbours AD and CD, and Z */
#define FLAGS_RIGHT 0x8180 /* QR, RD, RA; NOERROR */

struct question {
	unsigned int number;
	unsigned int tries; /* 0: a free place of the window */
	long long sent_ms;
	size_t len, question_len; /* bytes; question_len without the header */
	bool edns;
	uint8_t bytes[QUERY_MAX];
};

struct run {
	const char *server, *zone;
	unsigned int first, count, names;
	bool tcp, edns;
	bool impatient;
	bool endless; /* the COUNT names again and again, until a signal says stop */
	unsigned int right, wrong, lost;
	unsigned int again; /* how often a question had to be repeated */
};

static volatile sig_atomic_t stopped, draining;

static void on_signal(int number)
{
	if (number == SIGUSR1)
		draining = 1;
	else
		stopped = 1;
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* To be compared with what else a test has seen. */
static const char *clock_text(void)
{
	static char text[32];
	struct timespec now;
	struct tm broken_down;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &broken_down);
	strftime(text, sizeof(text), "%T", &broken_down);
	snprintf(text + 8, sizeof(text) - 8, ".%03d", (int)(now.tv_nsec / 1000000));
	return text;
}

static uint32_t random32(void)
{
	uint32_t value = 0;

	if (getrandom(&value, sizeof(value), 0) != sizeof(value))
		abort();
	return value;
}

static void put16(uint8_t *p, unsigned int value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static unsigned int get16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

/* Presentation to wire form, each letter in a case of its own. No escapes. */
static size_t put_name(uint8_t *out, const char *name)
{
	uint8_t *label = out, *p = out + 1;

	for (; *name; name++) {
		if (*name == '.') {
			*label = (uint8_t)(p - label - 1);
			label = p++;
			continue;
		}
		*p = (uint8_t)*name;
		if (*name >= 'a' && *name <= 'z' && (random32() & 1))
			*p ^= 0x20;
		p++;
	}
	*label = (uint8_t)(p - label - 1);
	*p++ = 0;
	return (size_t)(p - out);
}

static void question_build(const struct run *run, struct question *q, unsigned int number,
			   unsigned int id)
{
	static const uint8_t opt[] = {0, 0, 41, 1232 >> 8, 1232 & 0xff, 0, 0, 0x80, 0, 0, 0};
	char name[200];
	size_t name_len;

	snprintf(name, sizeof(name), "n%u.%s", number, run->zone);
	memset(q, 0, sizeof(*q));
	q->number = number;
	q->edns = run->edns && (number & 1);
	put16(q->bytes, id);
	put16(q->bytes + 2, 0x0100);
	put16(q->bytes + 4, 1);
	put16(q->bytes + 10, q->edns);
	name_len = put_name(q->bytes + HEADER, name);
	put16(q->bytes + HEADER + name_len, 1);
	put16(q->bytes + HEADER + name_len + 2, 1);
	q->question_len = name_len + 4;
	q->len = HEADER + q->question_len;
	if (q->edns) {
		memcpy(q->bytes + q->len, opt, sizeof(opt));
		q->len += sizeof(opt);
	}
}

/* What is wrong with a reply; NULL: nothing. */
static const char *reply_fault(const struct question *q, const uint8_t *reply, size_t len)
{
	const uint8_t *rr = reply + HEADER + q->question_len;

	if (len < HEADER + q->question_len + 16)
		return "too short";
	if ((get16(reply + 2) & FLAGS_MASK) != FLAGS_RIGHT)
		return "flags or rcode";
	if (get16(reply + 4) != 1 || get16(reply + 6) != 1 || get16(reply + 10) < q->edns)
		return "counts";
	if (memcmp(reply + HEADER, q->bytes + HEADER, q->question_len) != 0)
		return "not the question that was asked, letter for letter";
	if (get16(rr) != 0xc00c || get16(rr + 2) != 1 || get16(rr + 4) != 1)
		return "owner, type or class";
	if (get32(rr + 6) > TTL_MAX_S)
		return "TTL";
	if (get16(rr + 10) != 4 || get32(rr + 12) != BASE + q->number)
		return "another name's address";
	return NULL;
}

static void judge(struct run *run, const struct question *q, const uint8_t *reply, size_t len)
{
	const char *fault = reply_fault(q, reply, len);

	if (!fault) {
		run->right++;
		return;
	}
	if (run->wrong++ < 5)
		fprintf(stderr, "%s n%u.%s: %s (flags %04x, %zu bytes)\n", clock_text(), q->number,
			run->zone, fault, len >= 4 ? get16(reply + 2) : 0, len);
}

static int open_socket(const struct run *run)
{
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST,
				       .ai_socktype = run->tcp ? SOCK_STREAM : SOCK_DGRAM};
	struct addrinfo *address;
	int fd;

	if (getaddrinfo(run->server, "53", &hints, &address) != 0)
		return -1;
	fd = socket(address->ai_family, address->ai_socktype, 0);
	if (fd >= 0 && connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(address);
	return fd;
}

/* Ask (again) for what has waited too long; give up what was asked often enough. */
static void udp_send(struct run *run, int fd, struct question *q)
{
	if (q->tries == TRIES) {
		run->lost++;
		q->tries = 0;
		return;
	}
	if (q->tries++ && run->again++ < 5)
		fprintf(stderr, "%s n%u.%s: asked again after %lld ms\n", clock_text(), q->number,
			run->zone, now_ms() - q->sent_ms);
	q->sent_ms = now_ms();
	if (send(fd, q->bytes, q->len, 0) < 0 && errno != ECONNREFUSED && errno != EAGAIN)
		perror("send");
}

static void udp_receive(struct run *run, int fd, struct question *window)
{
	uint8_t reply[REPLY_MAX];
	struct question *q;
	ssize_t len;

	while ((len = recv(fd, reply, sizeof(reply), MSG_DONTWAIT)) >= 2) {
		q = &window[reply[1] % WINDOW];
		if (!q->tries || memcmp(reply, q->bytes, 2) != 0)
			continue; /* a second reply to a question that was asked again */
		judge(run, q, reply, (size_t)len);
		q->tries = 0;
	}
}

static bool all_answered(const struct question *window)
{
	for (size_t i = 0; i < WINDOW; i++)
		if (window[i].tries)
			return false;
	return true;
}

static void ask_udp(struct run *run, int fd)
{
	struct question window[WINDOW] = {0};
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	const long long timeout_ms = run->impatient ? TIMEOUT_MS : PATIENCE_MS;
	unsigned int next = 0, i;
	long long now;

	while (run->right + run->wrong + run->lost < run->count) {
		if (stopped && run->endless)
			run->count = next;
		now = now_ms();
		for (i = 0; i < WINDOW; i++) {
			if (window[i].tries && now - window[i].sent_ms >= timeout_ms)
				udp_send(run, fd, &window[i]);
			if (!window[i].tries && next < run->count && !draining) {
				question_build(run, &window[i], run->first + next++ % run->names,
					       (random32() & 0xff00) | i);
				udp_send(run, fd, &window[i]);
			}
		}
		if (poll(&poller, 1, 20) > 0)
			udp_receive(run, fd, window);
		if (draining && all_answered(window)) {
			draining = 0;
			fprintf(stderr, "nothing in flight\n");
		}
	}
}

static bool read_all(int fd, uint8_t *buffer, size_t len)
{
	size_t have = 0;
	ssize_t got;

	for (; have < len; have += (size_t)got) {
		got = recv(fd, buffer + have, len - have, 0);
		if (got <= 0)
			return false;
	}
	return true;
}

/* All questions at once on one connection; replies in any order. */
static void ask_tcp(struct run *run, int fd)
{
	const struct timeval client_timeout = {.tv_sec = PATIENCE_MS / 1000};
	struct question *questions = calloc(run->count, sizeof(*questions));
	uint8_t *stream = malloc((size_t)run->count * (QUERY_MAX + 2));
	uint8_t reply[REPLY_MAX];
	size_t len = 0;
	unsigned int i, left;

	if (!questions || !stream)
		abort();
	for (i = 0; i < run->count; i++) {
		question_build(run, &questions[i], run->first + i, i);
		put16(stream + len, (unsigned int)questions[i].len);
		memcpy(stream + len + 2, questions[i].bytes, questions[i].len);
		len += questions[i].len + 2;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &client_timeout, sizeof(client_timeout));
	if (send(fd, stream, len, MSG_NOSIGNAL) != (ssize_t)len)
		perror("send");
	for (left = run->count; left; left--) {
		if (!read_all(fd, reply, 2))
			break;
		len = get16(reply);
		if (len < 2 || len > sizeof(reply) || !read_all(fd, reply, len))
			break;
		i = get16(reply);
		if (i >= run->count || questions[i].tries++)
			run->wrong++;
		else
			judge(run, &questions[i], reply, len);
	}
	run->lost = left;
	free(stream);
	free(questions);
}

int main(int argc, char **argv)
{
	struct run run = {0};
	int option, fd;

	while ((option = getopt(argc, argv, "tefi")) != -1) {
		run.tcp |= option == 't';
		run.edns |= option == 'e';
		run.endless |= option == 'f';
		run.impatient |= option == 'i';
		if (option == '?')
			return 2;
	}
	if (argc - optind != 4) {
		fprintf(stderr,
			"usage: %s [-t] [-e] [-f] [-i] SERVER FIRST COUNT ZONE\n"
			"  -t  by TCP, all on one connection\n"
			"  -e  every second question with EDNS and DO=1\n"
			"  -f  the same names again and again, until SIGTERM; not by TCP. At SIGUSR1\n"
			"      what has been asked is waited for, and \"nothing in flight\" said\n"
			"  -i  ask again after one second, not after thirty\n",
			argv[0]);
		return 2;
	}
	run.server = argv[optind];
	run.first = (unsigned int)strtoul(argv[optind + 1], NULL, 10);
	run.count = (unsigned int)strtoul(argv[optind + 2], NULL, 10);
	run.names = run.count;
	if (run.endless) {
		run.count = UINT_MAX;
		signal(SIGTERM, on_signal);
		signal(SIGUSR1, on_signal);
	}
	run.zone = argv[optind + 3];
	fd = open_socket(&run);
	if (fd < 0) {
		perror(run.server);
		return 1;
	}
	if (run.tcp)
		ask_tcp(&run, fd);
	else
		ask_udp(&run, fd);
	close(fd);
	printf("%u right, %u wrong, %u lost, %u again\n", run.right, run.wrong, run.lost,
	       run.again);
	return run.right == run.count ? 0 : 1;
}
