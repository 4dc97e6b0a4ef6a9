/* SPDX-License-Identifier: BSD-2-Clause */
/* What the running daemon says, over its control socket. */
#ifndef CACHECTL_DAEMON_H
#define CACHECTL_DAEMON_H

#include <stddef.h>

/* "name: value" or "name=value", split. */
struct daemon_line {
	char *name, *value;
};

struct daemon_answer {
	char *text; /* which the lines point into */
	struct daemon_line *lines;
	size_t count;
};

/*
 * separator: ':' or '=' after a line's name. 0 or -errno: there is no daemon at the socket, or not
 * for this user. -EPROTO: it does not know the command.
 */
int daemon_ask(const char *socket_path, const char *command, char separator,
	       struct daemon_answer *ret_answer);

/*
 * The command's line sent, and the connection left open: for data that it takes, then for its
 * answer. client_timeout_s: how long either side may be silent.
 */
int daemon_open(const char *socket_path, const char *command, unsigned int client_timeout_s,
		int *ret_fd);

/* All that it says until it is done; free(). Never NULL after success. */
int daemon_text(int fd, char **ret_text);

/* Both, where there is no data to send. */
int daemon_exchange(const char *socket_path, const char *command, unsigned int client_timeout_s,
		    char **ret_text);

void daemon_answer_free(struct daemon_answer *answer);

#endif
