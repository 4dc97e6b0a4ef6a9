/* SPDX-License-Identifier: BSD-2-Clause */
/* A question to the daemon: one line there, text until EOF back. */
#include "daemon.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include "control/command.h"
#include "control/socket.h"
#include "util/cleanup.h"
#include "util/text.h"

#define PATIENCE_S 5   /* a stopped daemon never answers */
#define TRIES_MAX  100 /* of two seconds in all */

static int send_all(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t sent = send(fd, text, len, MSG_NOSIGNAL);

		if (sent < 0)
			return -errno;
		text += sent;
		len -= (size_t)sent;
	}
	return 0;
}

static int receive_all(int fd, char **ret_text)
{
	_cleanup_(rb_text_freep) struct rb_text *text = NULL;
	char buffer[4096];
	ssize_t got = -1;
	FILE *memory;
	size_t len;
	int err = rb_text_open(&text, &memory);

	if (err)
		return err;
	while ((got = recv(fd, buffer, sizeof(buffer), 0)) > 0)
		fwrite(buffer, 1, (size_t)got, memory);
	/* Reset, and not ended: our line was never read. */
	if (got < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	/* Every command says something, so the daemon had no memory, or has ended meanwhile. */
	if (!*rb_text_peek(text))
		return -ECONNRESET;
	return rb_text_close(TAKE_PTR(text), ret_text, &len);
}

static int line_send(const char *socket_path, const char *line, unsigned int client_timeout_s,
		     int *ret_fd)
{
	const struct timeval client_timeout = {.tv_sec = client_timeout_s};
	_cleanup_close_ int fd = -1;
	int err = rb_control_socket_connect(socket_path, &fd);

	if (err)
		return err;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &client_timeout, sizeof(client_timeout)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &client_timeout, sizeof(client_timeout)))
		return -errno;
	err = send_all(fd, line);
	if (!err)
		*ret_fd = TAKE_FD(fd);
	return err;
}

/*
 * Where many connect, the daemon lets those go that have been there longest, and that may be us
 * before it has read our line. Then it has done nothing, and we come again.
 */
static bool come_again(int err, unsigned int *tries)
{
	const struct timespec pause = {.tv_nsec = 20000000};

	return err == -EPIPE && (*tries)++ < TRIES_MAX && !nanosleep(&pause, NULL);
}

int daemon_open(const char *socket_path, const char *command, unsigned int client_timeout_s,
		int *ret_fd)
{
	_cleanup_free_ char *line = NULL;
	unsigned int tries = 0;
	int err;

	if (asprintf(&line, RB_CONTROL_GREETING "%s\n", command) < 0)
		return -ENOMEM;
	do
		err = line_send(socket_path, line, client_timeout_s, ret_fd);
	while (come_again(err, &tries));
	return err;
}

int daemon_text(int fd, char **ret_text)
{
	return receive_all(fd, ret_text);
}

int daemon_exchange(const char *socket_path, const char *command, unsigned int client_timeout_s,
		    char **ret_text)
{
	unsigned int tries = 0;
	int err;

	do {
		_cleanup_close_ int fd = -1;

		err = daemon_open(socket_path, command, client_timeout_s, &fd);
		if (!err)
			err = receive_all(fd, ret_text);
	} while (come_again(err, &tries));
	return err;
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

int daemon_ask(const char *socket_path, const char *command, char separator,
	       struct daemon_answer *ret_answer)
{
	_cleanup_free_ char *text = NULL;
	struct daemon_line *lines;
	size_t count = 0;
	char *rest, *line;
	int err = daemon_exchange(socket_path, command, PATIENCE_S, &text);

	if (err)
		return err;
	if (!text || !*text || !strncmp(text, "error", strlen("error")))
		return -EPROTO;
	lines = calloc(count_lines(text) + 1, sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		char *value = strchr(line, separator);

		if (!value || !rest)
			continue;
		*value++ = '\0';
		lines[count++] = (struct daemon_line){line, value + strspn(value, " ")};
	}
	*ret_answer = (struct daemon_answer){TAKE_PTR(text), lines, count};
	return 0;
}

void daemon_answer_free(struct daemon_answer *answer)
{
	free(answer->text);
	free(answer->lines);
}
