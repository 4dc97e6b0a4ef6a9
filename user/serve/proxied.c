/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients that connect through a proxy. */
#include "serve/proxied.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/cleanup.h"

#define TLS_HANDSHAKE 22 /* the type of a TLS record (RFC 8446 5.1); no header begins with it */

struct rb_proxied {
	struct event *event;
	int fd;
	rb_proxied_fn *done;
	void *context;
	uint8_t bytes[RB_PROXY_BYTES_MAX];
	size_t len;
};

static bool is_loopback(const uint8_t addr[16])
{
	static const struct rb_netblock blocks[] = {
		{{[10] = 0xff, 0xff, 127}, 96 + 8},
		{{[15] = 1}, 128},
	};

	return rb_netblock_has(&blocks[0], addr) || rb_netblock_has(&blocks[1], addr);
}

bool rb_proxied_allows(const struct rb_config *config, const uint8_t peer[16])
{
	for (size_t i = 0; i < config->proxy_allow_count; i++)
		if (rb_netblock_has(&config->proxy_allow[i], peer))
			return true;
	return !config->proxy_allow_count && is_loopback(peer);
}

/* How many bytes certainly belong to the header: those behind it are read by others. */
static size_t wanted(const struct rb_proxied *proxied)
{
	size_t whole = RB_PROXY_FIXED_BYTES;

	if (proxied->len >= RB_PROXY_FIXED_BYTES)
		whole += (size_t)(proxied->bytes[RB_PROXY_FIXED_BYTES - 2] << 8 |
				  proxied->bytes[RB_PROXY_FIXED_BYTES - 1]);
	return whole - proxied->len;
}

static bool begins_with_handshake(const struct rb_proxied *proxied)
{
	uint8_t first;

	return !proxied->len && recv(proxied->fd, &first, 1, MSG_PEEK) == 1 &&
	       first == TLS_HANDSHAKE;
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
	struct rb_proxied *proxied = context;
	struct rb_proxy_header header;
	int got = 0;

	(void)what;
	if (begins_with_handshake(proxied)) {
		proxied->done(proxied->context, RB_PROXIED_HANDSHAKE, NULL);
		return;
	}
	while (!got) {
		ssize_t len = recv(fd, proxied->bytes + proxied->len, wanted(proxied), 0);

		if (len < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (len <= 0)
			break;
		proxied->len += (size_t)len;
		got = rb_proxy_header_parse(proxied->bytes, proxied->len, &header);
	}
	if (got == 1)
		proxied->done(proxied->context, RB_PROXIED_HEADER, &header);
	else
		proxied->done(proxied->context, RB_PROXIED_NEITHER, NULL);
}

struct rb_proxied *rb_proxied_new(struct event_base *base, int fd, rb_proxied_fn *done,
				  void *context)
{
	struct rb_proxied *proxied = calloc(1, sizeof(*proxied));

	if (!proxied) {
		close(fd);
		return NULL;
	}
	proxied->fd = fd;
	proxied->done = done;
	proxied->context = context;
	proxied->event = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, proxied);
	if (proxied->event && !event_add(proxied->event, NULL))
		return proxied;
	rb_proxied_free(proxied);
	return NULL;
}

void rb_proxied_free(struct rb_proxied *proxied)
{
	if (!proxied)
		return;
	close(rb_proxied_end(proxied));
}

int rb_proxied_end(struct rb_proxied *proxied)
{
	int fd = proxied->fd;

	if (proxied->event)
		event_free(proxied->event);
	free(proxied);
	return fd;
}
