/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sees the DNS messages that this process sends to servers and gets from them, for dnstap.
 *
 * libunbound tells nobody whom it asks. But it is a shared library, so the calls by which it sends
 * and receives are those of calls.c, which pass them on to the kernel and then to here;
 * what goes over TLS comes from upstream/connection.c. A response is only told if its query was:
 * same socket, same ID and same server.
 *
 * Thread:   one event loop's, the same as libunbound's.
 * Memory:   so many queries without a response and so many responses that come in pieces; what
 *	     there is no room for is counted as lost.
 * Errors:   0 or -errno. The functions that see messages keep errno.
 */
#ifndef RB_UPSTREAM_TAP_H
#define RB_UPSTREAM_TAP_H

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* The numbers of dnstap's SocketProtocol. */
enum rb_upstream_transport {
	RB_UPSTREAM_OVER_UDP = 1,
	RB_UPSTREAM_OVER_TCP = 2,
	RB_UPSTREAM_OVER_TLS = 3,
};

/* What is known of a message. Addresses: IPv4-mapped for IPv4. */
struct rb_upstream_seen {
	uint64_t query_ns;    /* since 1970 */
	uint64_t response_ns; /* 0: it is a query */
	uint8_t server[16], own[16];
	uint16_t server_port, own_port;
	uint8_t transport; /* enum rb_upstream_transport */
	uint8_t recursive; /* the query has RD=1: it is a forwarder's */
	uint8_t zero[2];
};

struct rb_upstream_tap_opts {
	/* The message is valid until this returns. false: there is no room for it. */
	bool (*tell)(void *context, const struct rb_upstream_seen *seen, const uint8_t *message,
		     size_t len);
	void *context;
	in_addr_t spared;       /* of the relay: what goes there goes to nobody yet; 0: none */
	_Atomic uint64_t *lost; /* counts messages */
};

struct rb_upstream_tap;

/* NULL: nothing is to be seen. Set by rb_upstream_tap_begin(), since calls have no context. */
extern struct rb_upstream_tap *rb_upstream_tap;

/* Whether libunbound uses this program's calls: the linker has to have exported them. */
bool rb_upstream_tap_has_calls(void);

int rb_upstream_tap_begin(const struct rb_upstream_tap_opts *opts);
void rb_upstream_tap_end(void);

/* The descriptor is a new socket, of a type as socket() takes it. */
void rb_upstream_tap_opened(struct rb_upstream_tap *tap, int fd, int type);

/* The message was sent. to: NULL if the socket is connected. */
void rb_upstream_tap_sent(struct rb_upstream_tap *tap, int fd, enum rb_upstream_transport transport,
			  const void *message, size_t len, const struct sockaddr *to);

/* A whole message was received. from: NULL if the socket is connected. */
void rb_upstream_tap_received(struct rb_upstream_tap *tap, int fd, const void *message, size_t len,
			      const struct sockaddr *from);

/*
 * A part of a TCP stream was received, by somebody who asks for a length, and then for the rest of
 * so many bytes, as libunbound does. room: what was asked for.
 */
void rb_upstream_tap_streamed(struct rb_upstream_tap *tap, int fd, const void *bytes, size_t len,
			      size_t room);

#endif
