/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a server takes from its start to its first answer: starts it, asks once a millisecond,
 * prints the time as JSON, and stops the server. With -u FILE until FILE is there as well, such as
 * the pin of the link by which the kernel answers from then on.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/clock.h"

#define DEADLINE_NS (20 * RB_NS_PER_S)

static const uint8_t query[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
			       "\x07"
			       "aaaaaaa\x05"
			       "bench\x07"
			       "example\x00\x00\x01\x00\x01";

/* A right answer, not an ICMP error and not SERVFAIL. */
static bool answered(int fd)
{
	uint8_t reply[512];
	struct pollfd readable = {.fd = fd, .events = POLLIN};

	if (poll(&readable, 1, 1) <= 0)
		return false;
	return recv(fd, reply, sizeof(reply), MSG_DONTWAIT) > 12 && !(reply[3] & 0xf) && reply[7];
}

/* -ETIMEDOUT: it never answered. */
static int first_answer(const char *server, pid_t pid, uint64_t start_ns, uint64_t *ret_ns)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(53)};
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (inet_pton(AF_INET, server, &to.sin_addr) != 1)
		return -EINVAL;
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return -errno;
	while (rb_clock_ns() - start_ns < DEADLINE_NS) {
		/* Nobody listens as yet: that is no error. */
		if (send(fd, query, sizeof(query) - 1, 0) < 0 && errno != ECONNREFUSED)
			return -errno;
		if (answered(fd)) {
			*ret_ns = rb_clock_ns() - start_ns;
			return 0;
		}
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return -ECHILD;
	}
	return -ETIMEDOUT;
}

/* -ETIMEDOUT: it never was there. */
static int appears(const char *file, uint64_t start_ns, uint64_t *ret_ns)
{
	while (access(file, F_OK)) {
		if (rb_clock_ns() - start_ns > DEADLINE_NS)
			return -ETIMEDOUT;
		usleep(1000);
	}
	*ret_ns = rb_clock_ns() - start_ns;
	return 0;
}

int main(int argc, char **argv)
{
	bool waits = argc > 2 && !strcmp(argv[1], "-u");
	const char *file = waits ? argv[2] : NULL;
	uint64_t start_ns = rb_clock_ns(), ns = 0, file_ns = 0;
	pid_t pid;
	int err;

	argv += waits ? 2 : 0;
	argc -= waits ? 2 : 0;
	if (argc < 3) {
		fprintf(stderr, "usage: first [-u FILE] ADDRESS COMMAND...\n");
		return 2;
	}
	pid = fork();
	if (!pid) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	err = pid < 0 ? -errno : first_answer(argv[1], pid, start_ns, &ns);
	if (!err && file)
		err = appears(file, start_ns, &file_ns);
	if (pid > 0 && err != -ECHILD) {
		kill(pid, SIGTERM);
		waitpid(pid, NULL, 0);
	}
	if (err) {
		fprintf(stderr, "first: %s: %s\n", argv[2], strerror(-err));
		return 1;
	}
	printf("{\"first_ms\":%.1f,\"file_ms\":%.1f}\n", (double)ns / 1e6, (double)file_ns / 1e6);
	return 0;
}
