/* SPDX-License-Identifier: BSD-2-Clause */
/* The clients of control sockets. */
#include "control/clients.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/bridge.h"
#include "control/channel.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/text.h"

#define CLIENTS_MAX 16   /* a further one replaces the one that has been connected longest */
#define LINE_BYTES  1024 /* a command with a name in presentation form */
#define LINE_S      10   /* in which the line must have come, and TLS have begun */
#define REPLY_S     60   /* in which the reply must have been taken; or between bytes of a bridge */

struct client {
	struct rb_channel channel; /* fd -1: there is no client */
	uint64_t number;
	uint64_t deadline_ns; /* it is ended then, whatever it does */
	char line[LINE_BYTES];
	size_t line_len;
	char *reply; /* NULL: the line is not complete */
	size_t reply_len, sent;
	struct rb_bridge *bridge; /* a thread answers; NULL: we do */
};

struct listener {
	int fd;
	SSL_CTX *tls;
};

struct rb_clients {
	int epoll_fd;
	struct rb_clients_service service;
	struct listener *listeners;
	size_t listener_count;
	bool paused; /* accepting: there are no descriptors, or no memory */
	uint64_t accepted;
	struct client clients[CLIENTS_MAX];
};

static void client_end(struct client *client)
{
	rb_bridge_free(client->bridge);
	rb_channel_close(&client->channel);
	free(client->reply);
	*client = (struct client){.channel.fd = -1};
}

/* Other processes have the socket, too, so that closing this descriptor does not end the watch. */
static void listener_end(const struct rb_clients *clients, struct listener *listener)
{
	epoll_ctl(clients->epoll_fd, EPOLL_CTL_DEL, listener->fd, NULL);
	close(listener->fd);
	SSL_CTX_free(listener->tls);
}

void rb_clients_close(struct rb_clients *clients)
{
	size_t i;

	if (!clients)
		return;
	for (i = 0; i < CLIENTS_MAX; i++)
		client_end(&clients->clients[i]);
	for (i = 0; i < clients->listener_count; i++)
		listener_end(clients, &clients->listeners[i]);
	rb_closep(&clients->epoll_fd);
	free(clients->listeners);
	free(clients);
}

/* client NULL: a listening socket. */
static int watch(const struct rb_clients *clients, int operation, int fd, uint32_t events,
		 struct client *client)
{
	struct epoll_event event = {.events = events, .data.ptr = client};

	return epoll_ctl(clients->epoll_fd, operation, fd, &event) ? -errno : 0;
}

static int listeners_watch(const struct rb_clients *clients, uint32_t events)
{
	int err = 0;

	for (size_t i = 0; i < clients->listener_count && !err; i++)
		err = watch(clients, EPOLL_CTL_MOD, clients->listeners[i].fd, events, NULL);
	return err;
}

int rb_clients_new(const struct rb_clients_service *service, struct rb_clients **ret_clients)
{
	struct rb_clients *clients = calloc(1, sizeof(*clients));

	if (!clients)
		return -ENOMEM;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		clients->clients[i].channel.fd = -1;
	clients->service = *service;
	clients->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (clients->epoll_fd < 0) {
		int err = -errno;

		free(clients);
		return err;
	}
	*ret_clients = clients;
	return 0;
}

int rb_clients_listen(struct rb_clients *clients, int fd, SSL_CTX *tls)
{
	struct listener listener = {.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0), .tls = tls};
	int err = listener.fd < 0 ? -errno : 0;

	if (!err)
		err = rb_array_append(&clients->listeners, &clients->listener_count,
				      sizeof(listener), &listener);
	if (err) {
		rb_closep(&listener.fd);
		return err;
	}
	if (tls)
		SSL_CTX_up_ref(tls);
	err = watch(clients, EPOLL_CTL_ADD, listener.fd, EPOLLIN, NULL);
	if (err)
		listener_end(clients, &clients->listeners[--clients->listener_count]);
	return err;
}

void rb_clients_retire(struct rb_clients *clients)
{
	while (clients->listener_count)
		listener_end(clients, &clients->listeners[--clients->listener_count]);
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &clients->clients[i];

		if (client->channel.fd >= 0 && !client->reply && !client->bridge)
			client_end(client);
	}
}

bool rb_clients_are_gone(const struct rb_clients *clients)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (clients->clients[i].channel.fd >= 0)
			return false;
	return true;
}

int rb_clients_fd(const struct rb_clients *clients)
{
	return clients->epoll_fd;
}

/* Which client a new one replaces first: those whose commands a thread executes come last. */
static bool goes_before(const struct client *a, const struct client *b)
{
	if (!a->bridge != !b->bridge)
		return !a->bridge;
	return a->number < b->number;
}

/* A free place, or that of the client connected longest, so that idle ones lock nobody out. */
static struct client *client_seat(struct rb_clients *clients)
{
	struct client *oldest = &clients->clients[0];
	size_t i;

	for (i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &clients->clients[i];

		if (client->channel.fd < 0)
			return client;
		if (goes_before(client, oldest))
			oldest = client;
	}
	client_end(oldest);
	return oldest;
}

static void client_accept(struct rb_clients *clients, const struct listener *listener)
{
	int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *client;

	if (fd < 0) {
		/* The socket stays readable: without a pause the caller would do nothing else. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
			clients->paused = !listeners_watch(clients, 0);
		return;
	}
	client = client_seat(clients);
	if (rb_channel_open(&client->channel, fd, listener->tls))
		return;
	client->number = clients->accepted++;
	client->deadline_ns = rb_clock_ns() + LINE_S * RB_NS_PER_S;
	if (watch(clients, EPOLL_CTL_ADD, fd, EPOLLIN, client))
		client_end(client);
}

/* -EAGAIN: more has to be sent later. 0: all is sent. */
static int reply_send(struct client *client)
{
	while (client->sent < client->reply_len) {
		ssize_t sent = rb_channel_send(&client->channel, client->reply + client->sent,
					       client->reply_len - client->sent);

		if (sent <= 0)
			return sent ? (int)sent : -ECONNRESET;
		client->sent += (size_t)sent;
	}
	return 0;
}

/* A reply that needs no memory. The command may have been executed, and its reply is lost. */
static void say_no_memory(struct client *client)
{
	static const char reply[] = "error out of memory\n";

	(void)rb_channel_send(&client->channel, reply, strlen(reply));
}

/*
 * Whether another thread or process owns the connection now. With TLS the connection stays ours,
 * and the other side gets a bridge to it.
 */
static bool line_take(const struct rb_clients *clients, struct client *client, FILE *out)
{
	size_t line_len = strlen(client->line) + 1;
	struct rb_clients_upload upload = {
		.fd = client->channel.fd,
		.line = client->line,
		.rest = client->line + line_len,
		.rest_len = client->line_len - line_len,
	};
	struct rb_bridge *bridge = NULL;

	if (!clients->service.take || (client->channel.ssl && rb_bridge_new(&bridge, &upload.fd)))
		return false;
	if (clients->service.take(&upload, out, clients->service.context)) {
		client->bridge = bridge;
		return true;
	}
	if (bridge)
		close(upload.fd);
	rb_bridge_free(bridge);
	return false;
}

/* -ESHUTDOWN: the connection is no longer ours. -EINPROGRESS: it has a bridge. */
static int reply_make(const struct rb_clients *clients, struct client *client)
{
	struct rb_text *reply;
	bool taken;
	FILE *out;
	int err = rb_text_open(&reply, &out);

	if (err)
		return err;
	taken = line_take(clients, client, out);
	if (!taken && !*rb_text_peek(reply))
		clients->service.answer(client->line, out, clients->service.context);
	err = rb_text_close(reply, &client->reply, &client->reply_len);
	if (taken)
		return client->bridge ? -EINPROGRESS : -ESHUTDOWN;
	return err;
}

/* -EAGAIN: the line is not complete. */
static int line_receive(struct client *client)
{
	for (;;) {
		size_t room = sizeof(client->line) - client->line_len;
		ssize_t got =
			rb_channel_receive(&client->channel, client->line + client->line_len, room);
		char *end;

		if (got < 0)
			return (int)got;
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

/* Forget the client; its new owner keeps the connection open. */
static void client_forget(const struct rb_clients *clients, struct client *client)
{
	epoll_ctl(clients->epoll_fd, EPOLL_CTL_DEL, client->channel.fd, NULL);
	client->channel.fd = -1;
	client_end(client);
}

/* -EAGAIN: there is more to come. */
static int bridge_serve(const struct rb_clients *clients, struct client *client)
{
	int err = rb_bridge_pump(client->bridge, &client->channel);

	client->deadline_ns = rb_clock_ns() + REPLY_S * RB_NS_PER_S;
	if (err != -EAGAIN)
		return err;
	err = watch(clients, EPOLL_CTL_MOD, rb_bridge_fd(client->bridge),
		    rb_bridge_wants(client->bridge), client);
	if (!err)
		err = watch(clients, EPOLL_CTL_MOD, client->channel.fd,
			    rb_bridge_channel_wants(client->bridge, &client->channel), client);
	return err ? err : -EAGAIN;
}

static int line_serve(const struct rb_clients *clients, struct client *client)
{
	int err = line_receive(client);

	if (!err)
		err = reply_make(clients, client);
	if (err == -EINPROGRESS) {
		err = watch(clients, EPOLL_CTL_ADD, rb_bridge_fd(client->bridge), 0, client);
		return err ? err : bridge_serve(clients, client);
	}
	if (!err)
		client->deadline_ns = rb_clock_ns() + REPLY_S * RB_NS_PER_S;
	return err;
}

static void client_serve(const struct rb_clients *clients, struct client *client)
{
	int err = 0;

	if (client->bridge)
		err = bridge_serve(clients, client);
	else if (!client->reply)
		err = line_serve(clients, client);
	if (err == -ENOMEM)
		say_no_memory(client);
	if (!err && client->reply)
		err = reply_send(client);
	if (err == -EAGAIN && !client->bridge)
		err = watch(clients, EPOLL_CTL_MOD, client->channel.fd, client->channel.wants,
			    client)
			      ?: -EAGAIN;
	if (!err)
		rb_channel_finish(&client->channel);
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

	/* New clients come last: one of them may replace a client that is among the events. */
	for (i = 0; i < count; i++) {
		struct client *client = events[i].data.ptr;

		if (!client)
			accept_too = true;
		/* A client with a bridge may be among the events twice. */
		else if (client->channel.fd >= 0)
			client_serve(clients, client);
	}
	for (size_t at = 0; accept_too && at < clients->listener_count; at++)
		client_accept(clients, &clients->listeners[at]);
}

void rb_clients_tick(struct rb_clients *clients)
{
	uint64_t now_ns = rb_clock_ns();

	if (clients->paused)
		clients->paused = listeners_watch(clients, EPOLLIN) != 0;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (clients->clients[i].channel.fd >= 0 &&
		    clients->clients[i].deadline_ns <= now_ns)
			client_end(&clients->clients[i]);
}
