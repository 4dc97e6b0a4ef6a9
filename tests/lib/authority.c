/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes zones with a shell script, serves them with knotd. */
#include "lib/authority.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_TRIES 100 /* of 100 ms: knotd signs nothing, so it is up at once or not at all */

/* Arguments: directory, port. */
static const char script[] =
	"set -e\n"
	"PATH=$PATH:/usr/sbin; cd $1\n"
	"zone() {\n"
	"	echo \"\\$ORIGIN $1.\n"
	"@ 300 SOA ns.$1. host.$1. 1 3600 900 86400 60\n"
	"@ 300 NS ns\n"
	"ns 300 A 127.0.0.1\n"
	"a 300 A 192.0.2.1\n"
	"a 300 A 192.0.2.2\n"
	"alias 300 CNAME alias2\n"
	"alias2 200 CNAME a\n"
	"zero 0 A 192.0.2.9\n"
	"short 3 A 192.0.2.10\n"
	"*.w 300 A 192.0.2.77\"\n"
	"	x=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"
	"	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do\n"
	"		echo \"big 300 TXT $x$x$x$x$i\"\n"
	"	done\n"
	"}\n"
	"sign() {\n"
	"	z=$1; shift\n"
	"	zone $z > $z.plain\n"
	"	key=$(ldns-keygen -a ECDSAP256SHA256 -k $z)\n"
	"	ldns-signzone \"$@\" -f $z.zone $z.plain $key\n"
	"	cp $key.key $z.anchor\n"
	"}\n"
	"zone plain.example > plain.example.zone\n"
	"sign secure.example\n"
	"sign expired.example -i 20200101 -e 20200201\n"
	"sign early.example -i 20600101 -e 20600201\n"
	"sign stripped.example; cp stripped.example.plain stripped.example.zone\n"
	"sign bogus.example\n"
	"sed -Ei 's/^(a\\.bogus\\.example\\.[[:space:]].*RRSIG[[:space:]]A .* bogus\\.example\\. )(...)/"
	"\\1AAA/' bogus.example.zone\n"
	"{\n"
	"	echo \"server:\"\n"
	"	echo \"    rundir: $1\"\n"
	"	echo \"    listen: 127.0.0.1@$2\"\n"
	"	echo \"database:\"\n"
	"	echo \"    storage: $1/db\"\n"
	"	echo \"log:\"\n"
	"	echo \"  - target: stderr\"\n"
	"	echo \"    any: error\"\n"
	"	echo \"template:\"\n"
	"	echo \"  - id: default\"\n"
	"	echo \"    storage: $1\"\n"
	"	echo \"    zonefile-sync: -1\"\n"
	"	echo \"    semantic-checks: off\"\n"
	"	echo \"zone:\"\n"
	"	for z in *.zone; do\n"
	"		echo \"  - domain: ${z%.zone}\"\n"
	"		echo \"    file: $z\"\n"
	"	done\n"
	"} > knot.conf\n";

int rb_loopback_socket(uint16_t *ret_port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&addr, len) ||
	    getsockname(fd, (struct sockaddr *)&addr, &len)) {
		int err = -errno;

		close(fd);
		return err;
	}
	*ret_port = ntohs(addr.sin_port);
	return fd;
}

/* argv[0] in a child; its end, or its pid where wait is false. */
static int run(const char *const *argv, const char *log_path, int wait, pid_t *ret_pid)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND, 0600);

		/* A test that is killed leaves no server behind. */
		if (!wait)
			prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(log, STDOUT_FILENO);
		dup2(log, STDERR_FILENO);
		setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (!wait) {
		*ret_pid = pid;
		return 0;
	}
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}

/* Whether anybody answers a question at the port. */
static int is_up(uint16_t port)
{
	static const char query[] = "\0\1\0\0\0\1\0\0\0\0\0\0\5plain\7example\0\0\6\0\1";
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	uint8_t reply[512];
	uint16_t own_port;
	int fd = rb_loopback_socket(&own_port), up = 0;
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	if (fd < 0)
		return 0;
	if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr)) &&
	    send(fd, query, sizeof(query) - 1, 0) > 0 && poll(&poll_fd, 1, 100) == 1)
		up = recv(fd, reply, sizeof(reply), 0) > 12 && !(reply[3] & 15);
	close(fd);
	return up;
}

static int start(struct rb_authority *authority)
{
	char port[8], config[96], log[96];
	const char *make[] = {"sh", "-c", script, "zones", authority->dir, port, NULL};
	const char *serve[] = {"knotd", "-c", config, NULL};
	int fd, err;

	fd = rb_loopback_socket(&authority->port);
	if (fd < 0)
		return fd;
	close(fd);
	snprintf(port, sizeof(port), "%u", authority->port);
	snprintf(config, sizeof(config), "%s/knot.conf", authority->dir);
	snprintf(log, sizeof(log), "%s/log", authority->dir);
	err = run(make, log, 1, NULL);
	if (!err)
		err = run(serve, log, 0, &authority->pid);
	if (err)
		return err;
	for (int i = 0; i < START_TRIES; i++) {
		if (is_up(authority->port))
			return 0;
		poll(NULL, 0, 100);
	}
	return -ETIMEDOUT;
}

int rb_authority_start(struct rb_authority *ret_authority)
{
	struct rb_authority authority = {.dir = "/tmp/rb-authority-XXXXXX"};
	int err;

	if (!mkdtemp(authority.dir))
		return -errno;
	err = start(&authority);
	if (err) {
		const char *show[] = {"sh", "-c", "cat \"$1\" >&2", "show", authority.dir, NULL};
		char log[96];

		snprintf(log, sizeof(log), "%s/log", authority.dir);
		show[4] = log;
		fprintf(stderr, "no authoritative server (packages knot and ldnsutils?): %s\n",
			strerror(-err));
		run(show, "/dev/stderr", 1, NULL);
		rb_authority_stop(&authority);
		return err;
	}
	*ret_authority = authority;
	return 0;
}

void rb_authority_stop(struct rb_authority *authority)
{
	const char *remove[] = {"rm", "-rf", authority->dir, NULL};

	if (authority->pid > 0) {
		kill(authority->pid, SIGKILL);
		waitpid(authority->pid, NULL, 0);
	}
	run(remove, "/dev/null", 1, NULL);
}
