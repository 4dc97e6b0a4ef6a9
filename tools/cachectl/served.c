/* SPDX-License-Identifier: BSD-2-Clause */
/* From "192.0.2.53@53" to a socket. */
#include "served.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "command.h"
#include "complain.h"
#include "daemon.h"
#include "util/cleanup.h"

#define ADDRESS_BYTES 64
#define BUFFER_BYTES  (4 << 20) /* thousands of answers may come at once */

/* The daemon's first "listen: IP@PORT". */
static int served_ask(const struct cachectl *ctl, char *address)
{
	struct daemon_answer answer;
	size_t i;
	int err = daemon_ask(ctl->socket, "status", ':', &answer);

	if (err)
		return err;
	err = -ENOENT;
	for (i = 0; i < answer.count && err; i++) {
		if (strcmp(answer.lines[i].name, "listen") != 0)
			continue;
		snprintf(address, ADDRESS_BYTES, "%s", answer.lines[i].value);
		address[strcspn(address, " ")] = '\0';
		err = 0;
	}
	daemon_answer_free(&answer);
	return err;
}

static int socket_connect(const char *ip, const char *port, int *ret_fd)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_DGRAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	const int buffer_bytes = BUFFER_BYTES;
	_cleanup_close_ int fd = -1;
	struct addrinfo *found;
	int err = 0;

	if (getaddrinfo(ip, port, &hints, &found))
		return -EINVAL;
	fd = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen))
		err = -errno;
	freeaddrinfo(found);
	if (err)
		return err;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof(buffer_bytes));
	*ret_fd = TAKE_FD(fd);
	return 0;
}

enum cachectl_exit served_connect(const struct cachectl *ctl, const char *server, int *ret_fd)
{
	char address[ADDRESS_BYTES], *port;
	int err = 0;

	if (server)
		snprintf(address, sizeof(address), "%s", server);
	else
		err = served_ask(ctl, address);
	if (err)
		return command_unheard(ctl, err);
	port = strchr(address, '@');
	if (port)
		*port++ = '\0';
	/* All addresses of the machine: this one is among them. */
	if (!strcmp(address, "0.0.0.0"))
		strcpy(address, "127.0.0.1");
	else if (!strcmp(address, "::"))
		strcpy(address, "::1");
	err = socket_connect(address, port ? port : "53", ret_fd);
	if (!err)
		return EXIT_OK;
	complain(ctl->output, "%s: %s", server ? server : address,
		 err == -EINVAL ? "not IP or IP@PORT" : strerror(-err));
	return err == -EINVAL ? EXIT_USAGE : EXIT_NO_DAEMON;
}
