/* SPDX-License-Identifier: BSD-2-Clause */
/* Sees messages to servers and from them. */
#include "upstream/tap.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/clock.h"

#define FDS          16384 /* queries by descriptors above are lost */
#define SETS         2048  /* of queries without a response */
#define WAYS         4
#define PIECES_MAX   32                /* responses in pieces */
#define PATIENCE_NS  (8 * RB_NS_PER_S) /* after which nobody waits for a response */
#define HEADER_BYTES 12
#define LENGTH_BYTES 2UL
#define SOCKET_KIND  0xf /* of a type, without SOCK_NONBLOCK and SOCK_CLOEXEC */
#define FLAG_QR      0x80
#define FLAG_RD      0x01

/* A query without a response. */
struct asked {
	int fd;
	uint32_t opening; /* of the socket; 0: free */
	uint8_t id[2];
	struct rb_upstream_seen seen;
};

struct flow {
	uint32_t opening; /* how many sockets have had this number */
	bool is_foreign;  /* it is read by somebody else, or goes to the relay */
	bool is_udp;
	uint8_t length[LENGTH_BYTES];
	uint8_t length_have;
	size_t want, have; /* of the response, once the length is known */
	uint8_t *pieces;   /* of it; NULL: none so far */
};

struct rb_upstream_tap {
	struct rb_upstream_tap_opts opts;
	unsigned int pieces; /* flows that have some */
	struct flow flows[FDS];
	struct asked asked[SETS][WAYS];
};

struct rb_upstream_tap *rb_upstream_tap;

bool rb_upstream_tap_has_calls(void)
{
	Dl_info calls, own;
	void *call = dlsym(RTLD_DEFAULT, "sendto");

	return call && dladdr(call, &calls) && dladdr((void *)rb_upstream_tap_begin, &own) &&
	       calls.dli_fbase == own.dli_fbase;
}

int rb_upstream_tap_begin(const struct rb_upstream_tap_opts *opts)
{
	rb_upstream_tap = calloc(1, sizeof(*rb_upstream_tap));
	if (!rb_upstream_tap)
		return -ENOMEM;
	rb_upstream_tap->opts = *opts;
	return 0;
}

static void pieces_drop(struct rb_upstream_tap *tap, struct flow *flow)
{
	tap->pieces -= flow->pieces != NULL;
	free(TAKE_PTR(flow->pieces));
	flow->length_have = 0;
	flow->have = 0;
}

void rb_upstream_tap_end(void)
{
	if (!rb_upstream_tap)
		return;
	for (size_t i = 0; i < FDS; i++)
		pieces_drop(rb_upstream_tap, &rb_upstream_tap->flows[i]);
	free(TAKE_PTR(rb_upstream_tap));
}

static void lost_count(const struct rb_upstream_tap *tap)
{
	atomic_fetch_add_explicit(tap->opts.lost, 1, memory_order_relaxed);
}

static void tell(const struct rb_upstream_tap *tap, const struct rb_upstream_seen *seen,
		 const uint8_t *message, size_t len)
{
	if (!tap->opts.tell(tap->opts.context, seen, message, len))
		lost_count(tap);
}

static size_t get16(const uint8_t *bytes)
{
	return (size_t)(bytes[0] << 8 | bytes[1]);
}

static struct flow *flow_of(struct rb_upstream_tap *tap, int fd)
{
	return fd >= 0 && fd < FDS ? &tap->flows[fd] : NULL;
}

void rb_upstream_tap_opened(struct rb_upstream_tap *tap, int fd, int type)
{
	struct flow *flow = flow_of(tap, fd);

	if (!flow)
		return;
	pieces_drop(tap, flow);
	flow->opening++;
	flow->is_foreign = false;
	flow->is_udp = (type & SOCKET_KIND) == SOCK_DGRAM;
}

/* --- queries --- */

static bool address_take(const struct sockaddr *from, uint8_t *ret_addr, uint16_t *ret_port)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (from->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)from;

		memcpy(ret_addr, mapped, sizeof(mapped));
		memcpy(ret_addr + sizeof(mapped), &in->sin_addr, 4);
		*ret_port = ntohs(in->sin_port);
	} else if (from->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)from;

		memcpy(ret_addr, &in6->sin6_addr, 16);
		*ret_port = ntohs(in6->sin6_port);
	}
	return from->sa_family == AF_INET || from->sa_family == AF_INET6;
}

/* A socket that is not bound to an address has none of its own: then it is all zeros. */
static bool ends_find(int fd, const struct sockaddr *to, struct rb_upstream_seen *seen)
{
	struct sockaddr_storage own = {0}, peer = {0};
	socklen_t own_len = sizeof(own), peer_len = sizeof(peer);

	if (!to && !getpeername(fd, (struct sockaddr *)&peer, &peer_len))
		to = (const struct sockaddr *)&peer;
	return to && address_take(to, seen->server, &seen->server_port) &&
	       !getsockname(fd, (struct sockaddr *)&own, &own_len) &&
	       address_take((const struct sockaddr *)&own, seen->own, &seen->own_port);
}

static struct asked *set_of(struct rb_upstream_tap *tap, int fd, const uint8_t id[2])
{
	uint32_t hash = ((uint32_t)fd << 16 ^ (uint32_t)get16(id)) * 2654435761U;

	return tap->asked[hash >> 16 & (SETS - 1)];
}

/* Keep it in place of what has been there for the longest time. */
static void asked_keep(struct rb_upstream_tap *tap, const struct asked *asked)
{
	struct asked *set = set_of(tap, asked->fd, asked->id), *oldest = set;

	for (unsigned int i = 0; i < WAYS && oldest->opening; i++)
		if (!set[i].opening || set[i].seen.query_ns < oldest->seen.query_ns)
			oldest = &set[i];
	if (oldest->opening && asked->seen.query_ns - oldest->seen.query_ns < PATIENCE_NS)
		lost_count(tap);
	*oldest = *asked;
}

/* To the relay, which asks the servers itself. */
static bool is_spared(const struct rb_upstream_tap *tap, const struct rb_upstream_seen *seen)
{
	static const uint8_t none[4];

	return tap->opts.spared && memcmp(&tap->opts.spared, none, sizeof(none)) != 0 &&
	       !memcmp(seen->server + 12, &tap->opts.spared, 4) &&
	       seen->transport == RB_UPSTREAM_OVER_TCP;
}

void rb_upstream_tap_sent(struct rb_upstream_tap *tap, int fd, enum rb_upstream_transport transport,
			  const void *message, size_t len, const struct sockaddr *to)
{
	const uint8_t *bytes = message;
	struct flow *flow = flow_of(tap, fd);
	int saved = errno;
	struct asked asked = {
		.fd = fd,
		.seen = {.query_ns = rb_clock_wall_ns(), .transport = (uint8_t)transport},
	};

	if (len < HEADER_BYTES || bytes[2] & FLAG_QR)
		return;
	if (fd >= FDS)
		lost_count(tap);
	if (!flow || flow->is_foreign || flow->is_udp != (transport == RB_UPSTREAM_OVER_UDP))
		return;
	asked.opening = flow->opening;
	asked.seen.recursive = bytes[2] & FLAG_RD;
	memcpy(asked.id, bytes, sizeof(asked.id));
	if (ends_find(fd, to, &asked.seen)) {
		flow->is_foreign = is_spared(tap, &asked.seen);
		if (!flow->is_foreign) {
			tell(tap, &asked.seen, bytes, len);
			asked_keep(tap, &asked);
		}
	}
	errno = saved;
}

/* --- responses --- */

static bool is_from(const struct rb_upstream_seen *seen, const struct sockaddr *from)
{
	uint8_t addr[16];
	uint16_t port;

	return !from || (address_take(from, addr, &port) && port == seen->server_port &&
			 !memcmp(addr, seen->server, sizeof(addr)));
}

void rb_upstream_tap_received(struct rb_upstream_tap *tap, int fd, const void *message, size_t len,
			      const struct sockaddr *from)
{
	const uint8_t *bytes = message;
	struct flow *flow = flow_of(tap, fd);
	struct asked *set;
	int saved = errno;

	if (!flow || flow->is_foreign || len < HEADER_BYTES || !(bytes[2] & FLAG_QR))
		return;
	set = set_of(tap, fd, bytes);
	for (unsigned int i = 0; i < WAYS; i++) {
		struct asked *asked = &set[i];

		if (!asked->opening || asked->opening != flow->opening || asked->fd != fd ||
		    memcmp(asked->id, bytes, sizeof(asked->id)) != 0 ||
		    !is_from(&asked->seen, from))
			continue;
		asked->opening = 0;
		asked->seen.response_ns = rb_clock_wall_ns();
		tell(tap, &asked->seen, bytes, len);
		break;
	}
	errno = saved;
}

static void length_take(struct flow *flow, const uint8_t *bytes, size_t len)
{
	memcpy(flow->length + flow->length_have, bytes, len);
	flow->length_have += (uint8_t)len;
	flow->want = get16(flow->length);
	if (flow->length_have == LENGTH_BYTES && !flow->want)
		flow->length_have = 0;
}

/* Whether the response is whole now, at *ret_message. */
static bool piece_take(struct rb_upstream_tap *tap, struct flow *flow, const uint8_t *bytes,
		       size_t len, const uint8_t **ret_message)
{
	if (!flow->have && len == flow->want) {
		*ret_message = bytes;
		return true;
	}
	if (!flow->have && tap->pieces < PIECES_MAX) {
		flow->pieces = malloc(flow->want);
		tap->pieces += flow->pieces != NULL;
	}
	if (flow->pieces)
		memcpy(flow->pieces + flow->have, bytes, len);
	else if (!flow->have)
		lost_count(tap);
	flow->have += len;
	*ret_message = flow->pieces;
	return flow->have == flow->want;
}

void rb_upstream_tap_streamed(struct rb_upstream_tap *tap, int fd, const void *bytes, size_t len,
			      size_t room)
{
	struct flow *flow = flow_of(tap, fd);
	const uint8_t *message = NULL;
	int saved = errno;
	size_t rest;

	if (!flow || !flow->opening || flow->is_foreign || !len)
		return;
	rest = flow->length_have < LENGTH_BYTES ? LENGTH_BYTES - flow->length_have
						: flow->want - flow->have;
	if (room != rest || len > room) {
		pieces_drop(tap, flow);
		flow->is_foreign = true;
	} else if (flow->length_have < LENGTH_BYTES) {
		length_take(flow, bytes, len);
	} else if (piece_take(tap, flow, bytes, len, &message)) {
		if (message)
			rb_upstream_tap_received(tap, fd, message, flow->want, NULL);
		pieces_drop(tap, flow);
	}
	errno = saved;
}
