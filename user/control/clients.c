/* SPDX-License-Identifier: BSD-2-Clause */
/* The clients of the control socket. */
#include "control/clients.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/socket.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/text.h"

#define CLIENTS_MAX 16   /* more take the place of the one that is there longest */
#define LINE_BYTES  1024 /* a command with a name in presentation form */
#define LINE_S      10   /* in which the line must have come */
#define REPLY_S     60   /* in which the reply must have been taken */

struct client {
	int fd; /* -1: none */
	uint64_t number;
	uint64_t deadline_ns; /* whatever it does until then */
	char line[LINE_BYTES];
	size_t line_len;
	char *reply; /* NULL: the line is not complete */
	size_t reply_len, sent;
};

struct rb_clients {
	int listen_fd;
	int epoll_fd;
	char *path;
	rb_clients_answer_fn *answer;
	rb_clients_take_fn *take; /* NULL: there is no such line */
	const void *context;
	bool paused; /* accepting: there are no descriptors, or no memory */
	uint64_t accepted;
	struct client clients[CLIENTS_MAX];
};

static void client_end(struct client *client)
{
	rb_closep(&client->fd);
	free(client->reply);
	*client = (struct client){.fd = -1};
}

void rb_clients_close(struct rb_clients *clients)
{
	size_t i;

	if (!clients)
		return;
	for (i = 0; i < CLIENTS_MAX; i++)
		client_end(&clients->clients[i]);
	if (clients->listen_fd >= 0) {
		unlink(clients->path);
		close(clients->listen_fd);
	}
	rb_closep(&clients->epoll_fd);
	free(clients->path);
	free(clients);
}

static void clients_closep(struct rb_clients **clients)
{
	rb_clients_close(*clients);
}

/* client NULL: the listening socket. */
static int watch(const struct rb_clients *clients, int operation, int fd, uint32_t events,
		 struct client *client)
{
	struct epoll_event event = {.events = events, .data.ptr = client};

	return epoll_ctl(clients->epoll_fd, operation, fd, &event) ? -errno : 0;
}

int rb_clients_open(const char *path, rb_clients_answer_fn *answer, const void *context,
		    struct rb_clients **ret_clients)
{
	_cleanup_(clients_closep) struct rb_clients *clients = calloc(1, sizeof(*clients));
	size_t i;
	int err;

	if (!clients)
		return -ENOMEM;
	for (i = 0; i < CLIENTS_MAX; i++)
		clients->clients[i].fd = -1;
	clients->listen_fd = -1;
	clients->answer = answer;
	clients->context = context;
	clients->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (clients->epoll_fd < 0)
		return -errno;
	clients->path = strdup(path);
	if (!clients->path)
		return -ENOMEM;
	err = rb_control_socket_open(path, &clients->listen_fd);
	if (!err)
		err = watch(clients, EPOLL_CTL_ADD, clients->listen_fd, EPOLLIN, NULL);
	if (err)
		return err;
	*ret_clients = TAKE_PTR(clients);
	return 0;
}

void rb_clients_set_take(struct rb_clients *clients, rb_clients_take_fn *take)
{
	clients->take = take;
}

int rb_clients_fd(const struct rb_clients *clients)
{
	return clients->epoll_fd;
}

/* A free place, or that of the client who has been there longest: idle ones lock nobody out. */
static struct client *client_place(struct rb_clients *clients)
{
	struct client *oldest = &clients->clients[0];
	size_t i;

	for (i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &clients->clients[i];

		if (client->fd < 0)
			return client;
		if (client->number < oldest->number)
			oldest = client;
	}
	client_end(oldest);
	return oldest;
}

static void client_accept(struct rb_clients *clients)
{
	int fd = accept4(clients->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *client;

	if (fd < 0) {
		/* To be told at once that it is still there would keep the caller from all else. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
			clients->paused =
				!watch(clients, EPOLL_CTL_MOD, clients->listen_fd, 0, NULL);
		return;
	}
	client = client_place(clients);
	client->fd = fd;
	client->number = clients->accepted++;
	client->deadline_ns = rb_clock_ns() + LINE_S * RB_NS_PER_S;
	if (watch(clients, EPOLL_CTL_ADD, fd, EPOLLIN, client))
		client_end(client);
}

/* -EAGAIN: later more. 0: all is sent. */
static int reply_send(struct client *client)
{
	while (client->sent < client->reply_len) {
		ssize_t sent = send(client->fd, client->reply + client->sent,
				    client->reply_len - client->sent, MSG_NOSIGNAL);

		if (sent < 0)
			return -errno;
		client->sent += (size_t)sent;
	}
	return 0;
}

/* What needs no memory. It may be that the command was carried out, and its reply is lost. */
static void say_no_memory(const struct client *client)
{
	static const char reply[] = "error out of memory\n";

	(void)send(client->fd, reply, strlen(reply), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* -ESHUTDOWN: the connection is somebody else's now. */
static int reply_make(const struct rb_clients *clients, struct client *client)
{
	size_t line_len = strlen(client->line) + 1;
	const struct rb_clients_upload upload = {
		.fd = client->fd,
		.line = client->line,
		.rest = client->line + line_len,
		.rest_len = client->line_len - line_len,
	};
	struct rb_text *reply;
	bool taken = false;
	FILE *out;
	int err = rb_text_open(&reply, &out);

	if (err)
		return err;
	if (clients->take)
		taken = clients->take(&upload, out, clients->context);
	if (!taken && !*rb_text_peek(reply))
		clients->answer(client->line, out, clients->context);
	err = rb_text_close(reply, &client->reply, &client->reply_len);
	return taken ? -ESHUTDOWN : err;
}

/* -EAGAIN: the line is not complete. */
static int line_receive(struct client *client)
{
	for (;;) {
		size_t room = sizeof(client->line) - client->line_len;
		ssize_t got = recv(client->fd, client->line + client->line_len, room, 0);
		char *end;

		if (got < 0)
			return -errno;
		if (!got)
			return -ECONNRESET;
		end = memchr(client->line + client->line_len, '\n', (size_t)got);
		client->line_len += (size_t)got;
		if (end) {
			*end = '\0';
			return 0;
		}
		if (client->line_len == sizeof(client->line))
			return -EMSGSIZE;
	}
}

/* It stays open with whom it belongs to now. */
static void client_forget(const struct rb_clients *clients, struct client *client)
{
	epoll_ctl(clients->epoll_fd, EPOLL_CTL_DEL, client->fd, NULL);
	client->fd = -1;
	client_end(client);
}

static void client_serve(struct rb_clients *clients, struct client *client)
{
	int err = 0;

	if (!client->reply) {
		err = line_receive(client);
		if (!err)
			err = reply_make(clients, client);
		if (!err) {
			client->deadline_ns = rb_clock_ns() + REPLY_S * RB_NS_PER_S;
			err = watch(clients, EPOLL_CTL_MOD, client->fd, EPOLLOUT, client);
		}
	}
	if (err == -ENOMEM)
		say_no_memory(client);
	if (!err)
		err = reply_send(client);
	if (err == -ESHUTDOWN)
		client_forget(clients, client);
	else if (err != -EAGAIN)
		client_end(client);
}

void rb_clients_serve(struct rb_clients *clients)
{
	struct epoll_event events[CLIENTS_MAX];
	int count = epoll_wait(clients->epoll_fd, events, CLIENTS_MAX, 0), i;
	bool accept_too = false;

	/* New clients last: one of them may take the place of a client that is among the events. */
	for (i = 0; i < count; i++) {
		if (events[i].data.ptr)
			client_serve(clients, events[i].data.ptr);
		else
			accept_too = true;
	}
	if (accept_too)
		client_accept(clients);
}

void rb_clients_tick(struct rb_clients *clients)
{
	uint64_t now_ns = rb_clock_ns();

	if (clients->paused)
		clients->paused =
			watch(clients, EPOLL_CTL_MOD, clients->listen_fd, EPOLLIN, NULL) != 0;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (clients->clients[i].fd >= 0 && clients->clients[i].deadline_ns <= now_ns)
			client_end(&clients->clients[i]);
}
