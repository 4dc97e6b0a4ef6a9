/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients behind a proxy, by the PROXY protocol: which proxies are allowed, and how a connection
 * begins. Its header comes in clear text before anything else (HAProxy, the protocol's text), or
 * over TLS before anything else (dnsdist, Unbound); then the connection begins with a handshake.
 *
 * Thread:   of one worker.
 * Lifetime: rb_proxied_free() or rb_proxied_end(). Owns the descriptor.
 */
#ifndef RB_SERVE_PROXIED_H
#define RB_SERVE_PROXIED_H

#include "serve/proxy_header.h"
#include "serve/query.h"

struct event_base;
struct rb_proxied;

/*
 * Whether this address is an allowed proxy: one of proxy-protocol-allow:, or if there is none, of
 * this machine.
 */
bool rb_proxied_allows(const struct rb_config *config, const uint8_t peer[16]);

enum rb_proxied_start {
	RB_PROXIED_HEADER,
	RB_PROXIED_HANDSHAKE, /* of TLS, of which nothing has been read */
	RB_PROXIED_NEITHER,
};

/* Called once with what the connection begins with; the header is NULL unless it is one. */
typedef void rb_proxied_fn(void *context, enum rb_proxied_start start,
			   const struct rb_proxy_header *header);

/* NULL: no memory. The descriptor is closed on failure too. */
struct rb_proxied *rb_proxied_new(struct event_base *base, int fd, rb_proxied_fn *done,
				  void *context);
void rb_proxied_free(struct rb_proxied *proxied);

/* Free it, and return the descriptor to the caller. */
int rb_proxied_end(struct rb_proxied *proxied);

#endif
