/* SPDX-License-Identifier: BSD-2-Clause */
/* Accepts libunbound's queries over TCP. */
#include "upstream/inlet.h"

#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "upstream/message.h"
#include "util/cleanup.h"

#define BACKLOG       128
#define STRANGERS_MAX 64
#define LENGTH_BYTES  2
#define INPUT_BYTES   16384

struct rb_upstream_caller {
	TAILQ_ENTRY(rb_upstream_caller) entry;
	struct rb_upstream_inlet *inlet;
	unsigned int references;
	bool known;  /* it has sent a query */
	int fd;      /* -1: its connection has ended */
	size_t held; /* bytes of input that are no whole query yet */
	struct event *readable, *writable;
	struct evbuffer *replies; /* of this iteration of the loop, or without room in the socket */
	uint8_t input[INPUT_BYTES];
};

static_assert(INPUT_BYTES >= LENGTH_BYTES + RB_UPSTREAM_QUERY_BYTES_MAX, "a query finds room");

struct rb_upstream_caller *rb_upstream_caller_ref(struct rb_upstream_caller *caller)
{
	caller->references++;
	return caller;
}

void rb_upstream_caller_unref(struct rb_upstream_caller *caller)
{
	if (!--caller->references)
		free(caller);
}

static void parts_free(struct rb_upstream_caller *caller)
{
	if (caller->readable)
		event_free(caller->readable);
	if (caller->writable)
		event_free(caller->writable);
	if (caller->replies)
		evbuffer_free(caller->replies);
}

static void caller_end(struct rb_upstream_caller *caller)
{
	struct rb_upstream_inlet *inlet = caller->inlet;

	if (caller->known) {
		TAILQ_REMOVE(&inlet->callers, caller, entry);
	} else {
		TAILQ_REMOVE(&inlet->strangers, caller, entry);
		inlet->stranger_count--;
	}
	parts_free(caller);
	rb_closep(&caller->fd);
	caller->fd = -1;
	rb_upstream_caller_unref(caller);
}

static void caller_know(struct rb_upstream_caller *caller)
{
	struct rb_upstream_inlet *inlet = caller->inlet;

	if (caller->known)
		return;
	TAILQ_REMOVE(&inlet->strangers, caller, entry);
	inlet->stranger_count--;
	TAILQ_INSERT_TAIL(&inlet->callers, caller, entry);
	caller->known = true;
}

/* Takes every complete query from the input. false: one of them was rejected. */
static bool queries_take(struct rb_upstream_caller *caller)
{
	struct rb_upstream_inlet *inlet = caller->inlet;
	size_t at = 0;

	while (caller->held - at >= LENGTH_BYTES) {
		const uint8_t *frame = caller->input + at;
		size_t len = (size_t)(frame[0] << 8 | frame[1]);

		if (len > RB_UPSTREAM_QUERY_BYTES_MAX)
			return false;
		if (caller->held - at < LENGTH_BYTES + len)
			break;
		if (!inlet->take(inlet, caller, frame + LENGTH_BYTES, len))
			return false;
		caller_know(caller);
		at += LENGTH_BYTES + len;
	}
	caller->held -= at;
	memmove(caller->input, caller->input + at, caller->held);
	return true;
}

/*
 * libunbound leaves Nagle's algorithm on: without this, its next query would wait for the delayed
 * acknowledgement of the one before.
 */
static void acknowledge(int fd)
{
	const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct rb_upstream_caller *caller = arg;
	ssize_t got = recv(fd, caller->input + caller->held, sizeof(caller->input) - caller->held,
			   MSG_DONTWAIT);

	(void)what;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		caller_end(caller);
		return;
	}
	acknowledge(fd);
	caller->held += (size_t)got;
	if (!queries_take(caller))
		caller_end(caller);
}

/* The iteration of the loop is over, or the socket has room again. */
static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct rb_upstream_caller *caller = arg;

	(void)what;
	if (!evbuffer_get_length(caller->replies))
		return;
	if (evbuffer_write(caller->replies, fd) < 0 && errno != EAGAIN && errno != EINTR)
		caller_end(caller);
	else if (evbuffer_get_length(caller->replies))
		event_add(caller->writable, NULL);
}

void rb_upstream_caller_reply(struct rb_upstream_caller *caller, const uint8_t id[2],
			      const uint8_t *response, size_t len)
{
	const uint8_t head[] = {(uint8_t)(len >> 8), (uint8_t)len, id[0], id[1]};

	if (caller->fd < 0)
		return;
	/* After half a reply, all that follow would be garbage. */
	if (evbuffer_expand(caller->replies, sizeof(head) + len)) {
		shutdown(caller->fd, SHUT_RDWR);
		return;
	}
	evbuffer_add(caller->replies, head, sizeof(head));
	evbuffer_add(caller->replies, response + 2, len - 2);
	event_active(caller->writable, EV_WRITE, 0);
}

/* Takes over the descriptor, unless there is no memory. */
static int caller_new(struct rb_upstream_inlet *inlet, int fd)
{
	struct rb_upstream_caller *caller = malloc(sizeof(*caller));

	if (!caller)
		return -ENOMEM;
	/* Not all of it: what is not held need not be zero. */
	caller->inlet = inlet;
	caller->references = 1;
	caller->known = false;
	caller->fd = fd;
	caller->held = 0;
	caller->readable = event_new(inlet->base, fd, EV_READ | EV_PERSIST, on_readable, caller);
	caller->writable = event_new(inlet->base, fd, EV_WRITE, on_writable, caller);
	caller->replies = evbuffer_new();
	if (!caller->readable || !caller->writable || !caller->replies ||
	    event_add(caller->readable, NULL)) {
		parts_free(caller);
		free(caller);
		return -ENOMEM;
	}
	TAILQ_INSERT_TAIL(&inlet->strangers, caller, entry);
	inlet->stranger_count++;
	return 0;
}

/* If nothing can be accepted, the socket stays ready, and the loop would spin. */
static void pause_begin(struct rb_upstream_inlet *inlet)
{
	static const struct timeval pause = {.tv_usec = 50000};

	event_del(inlet->ready);
	evtimer_add(inlet->pause, &pause);
}

static void on_pause_over(evutil_socket_t fd, short what, void *arg)
{
	struct rb_upstream_inlet *inlet = arg;

	(void)fd;
	(void)what;
	event_add(inlet->ready, NULL);
}

static void on_ready(evutil_socket_t listening, short what, void *arg)
{
	struct rb_upstream_inlet *inlet = arg;
	_cleanup_close_ int fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)what;
	if (fd < 0) {
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			pause_begin(inlet);
		return;
	}
	if (inlet->stranger_count == STRANGERS_MAX)
		caller_end(TAILQ_FIRST(&inlet->strangers));
	if (caller_new(inlet, fd))
		pause_begin(inlet);
	else
		(void)TAKE_FD(fd);
}

int rb_upstream_inlet_open(struct rb_upstream_inlet *inlet, struct event_base *base,
			   in_addr_t address)
{
	socklen_t len = sizeof(inlet->addr);
	const int on = 1;

	inlet->base = base;
	TAILQ_INIT(&inlet->strangers);
	TAILQ_INIT(&inlet->callers);
	inlet->addr = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = address};
	inlet->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* The connections inherit it. */
	if (inlet->fd < 0 || setsockopt(inlet->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) ||
	    bind(inlet->fd, (struct sockaddr *)&inlet->addr, len) || listen(inlet->fd, BACKLOG) ||
	    getsockname(inlet->fd, (struct sockaddr *)&inlet->addr, &len))
		return -errno;
	inlet->ready = event_new(base, inlet->fd, EV_READ | EV_PERSIST, on_ready, inlet);
	inlet->pause = evtimer_new(base, on_pause_over, inlet);
	if (!inlet->ready || !inlet->pause || event_add(inlet->ready, NULL))
		return -ENOMEM;
	return 0;
}

void rb_upstream_inlet_close(struct rb_upstream_inlet *inlet)
{
	if (!inlet->base)
		return;
	while (!TAILQ_EMPTY(&inlet->strangers))
		caller_end(TAILQ_FIRST(&inlet->strangers));
	while (!TAILQ_EMPTY(&inlet->callers))
		caller_end(TAILQ_FIRST(&inlet->callers));
	if (inlet->ready)
		event_free(inlet->ready);
	if (inlet->pause)
		event_free(inlet->pause);
	rb_closep(&inlet->fd);
}
