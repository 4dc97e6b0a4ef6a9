/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies between a channel and a thread's descriptor. */
#include "control/bridge.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "util/cleanup.h"

#define FLOW_BYTES 16384
#define ROUNDS_MAX 16 /* at one time: others have to be served, too */

/* One direction. */
struct flow {
	uint8_t bytes[FLOW_BYTES];
	size_t len, sent;
	bool ended; /* nothing more comes in */
};

struct rb_bridge {
	int fd;
	struct flow in;  /* from the client */
	struct flow out; /* to it */
};

int rb_bridge_new(struct rb_bridge **ret_bridge, int *ret_fd)
{
	struct rb_bridge *bridge = calloc(1, sizeof(*bridge));
	int fds[2];

	if (!bridge)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds)) {
		int err = -errno;

		free(bridge);
		return err;
	}
	bridge->fd = fds[0];
	*ret_bridge = bridge;
	*ret_fd = fds[1];
	return 0;
}

void rb_bridge_free(struct rb_bridge *bridge)
{
	if (!bridge)
		return;
	rb_closep(&bridge->fd);
	free(bridge);
}

int rb_bridge_fd(const struct rb_bridge *bridge)
{
	return bridge->fd;
}

static bool is_empty(const struct flow *flow)
{
	return flow->sent == flow->len;
}

/* Copy from the client. A thread that reads no more may still write. */
static int pump_in(struct rb_bridge *bridge, struct rb_channel *channel)
{
	struct flow *flow = &bridge->in;
	ssize_t some;

	if (is_empty(flow)) {
		if (flow->ended)
			return -EAGAIN;
		some = rb_channel_receive(channel, flow->bytes, FLOW_BYTES);
		if (some < 0)
			return (int)some;
		if (!some) {
			flow->ended = true;
			shutdown(bridge->fd, SHUT_WR);
			return 0;
		}
		flow->len = (size_t)some;
		flow->sent = 0;
	}
	some = send(bridge->fd, flow->bytes + flow->sent, flow->len - flow->sent, MSG_NOSIGNAL);
	if (some < 0 && errno != EPIPE)
		return -errno;
	flow->sent += some < 0 ? flow->len - flow->sent : (size_t)some;
	return 0;
}

/* Copy from the thread. */
static int pump_out(struct rb_bridge *bridge, struct rb_channel *channel)
{
	struct flow *flow = &bridge->out;
	ssize_t some;

	if (is_empty(flow)) {
		if (flow->ended)
			return -EAGAIN;
		some = recv(bridge->fd, flow->bytes, FLOW_BYTES, 0);
		if (some < 0 && errno != ECONNRESET)
			return -errno;
		if (some <= 0) {
			flow->ended = true;
			return 0;
		}
		flow->len = (size_t)some;
		flow->sent = 0;
	}
	some = rb_channel_send(channel, flow->bytes + flow->sent, flow->len - flow->sent);
	if (some < 0)
		return (int)some;
	flow->sent += (size_t)some;
	return 0;
}

int rb_bridge_pump(struct rb_bridge *bridge, struct rb_channel *channel)
{
	int in = 0, out = 0;

	for (int i = 0; i < ROUNDS_MAX && (!in || !out); i++) {
		in = pump_in(bridge, channel);
		if (in && in != -EAGAIN)
			return in;
		out = pump_out(bridge, channel);
		if (out && out != -EAGAIN)
			return out;
		if (bridge->out.ended && is_empty(&bridge->out))
			return 0;
	}
	return -EAGAIN;
}

uint32_t rb_bridge_wants(const struct rb_bridge *bridge)
{
	return (is_empty(&bridge->in) ? 0 : EPOLLOUT) |
	       (is_empty(&bridge->out) && !bridge->out.ended ? EPOLLIN : 0);
}

/* OpenSSL repeats a send with the same bytes, so it still wants the event that it wanted then. */
uint32_t rb_bridge_channel_wants(const struct rb_bridge *bridge, const struct rb_channel *channel)
{
	return (is_empty(&bridge->in) && !bridge->in.ended ? EPOLLIN : 0) |
	       (is_empty(&bridge->out) ? 0 : channel->wants | EPOLLOUT);
}
