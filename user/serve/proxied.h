/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients for whom somebody in between speaks, by the PROXY protocol: who may do so, and the header
 * in front of a connection, which comes in clear text before anything else.
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
 * Whether this address may speak for others: it is one of proxy-protocol-allow:, or where there is
 * none, of this machine alone.
 */
bool rb_proxied_allows(const struct rb_config *config, const uint8_t peer[16]);

/* The header has come, or NULL: what has come is none. It is for the callee to free. */
typedef void rb_proxied_fn(void *context, const struct rb_proxy_header *header);

/* NULL: no memory. The descriptor is closed on failure too. */
struct rb_proxied *rb_proxied_new(struct event_base *base, int fd, rb_proxied_fn *done,
				  void *context);
void rb_proxied_free(struct rb_proxied *proxied);

/* Frees it, and gives the descriptor to the caller. */
int rb_proxied_end(struct rb_proxied *proxied);

#endif
