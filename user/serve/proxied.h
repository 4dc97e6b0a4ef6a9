/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients behind a proxy, by the PROXY protocol: which proxies are allowed, and the header at the
 * start of a connection, which comes in clear text before anything else.
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

/* Called with the header, which the callee frees; NULL: the connection does not begin with one. */
typedef void rb_proxied_fn(void *context, const struct rb_proxy_header *header);

/* NULL: no memory. The descriptor is closed on failure too. */
struct rb_proxied *rb_proxied_new(struct event_base *base, int fd, rb_proxied_fn *done,
				  void *context);
void rb_proxied_free(struct rb_proxied *proxied);

/* Free it, and return the descriptor to the caller. */
int rb_proxied_end(struct rb_proxied *proxied);

#endif
