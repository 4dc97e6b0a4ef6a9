/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies of messages for dnstap, with the client's address shortened by log-prefix-ipv4 and -ipv6.
 *
 * Thread: the worker's.
 */
#ifndef RB_SERVE_TAP_H
#define RB_SERVE_TAP_H

#include "resolve/resolver.h"
#include "serve/dnstap.h"
#include "serve/query.h"

/* client: IPv4-mapped for IPv4. Does nothing if dnstap is off, or if len is 0. */
void rb_tap(const struct rb_serve *serve, enum rb_tapped_kind kind, const struct rb_path *path,
	    const uint8_t *client, uint16_t port, const uint8_t *message, size_t len);

/* A reply of the kernel. */
struct rb_tap_logged {
	const uint8_t *client; /* IPv4-mapped for IPv4 */
	uint16_t port;
	const uint8_t *message;
	size_t head;  /* bytes of its header and question */
	size_t bytes; /* how many bytes of it are here */
	size_t len;   /* how many it has */
};

/*
 * Copy the reply, and the query as far as the reply tells: id, RD and question. A reply that is not
 * here as a whole is copied as header and question, with counts of zero for the rest. dnstap NULL:
 * no-op. Thread: main.
 */
void rb_tap_kernel(const struct rb_config *config, struct rb_dnstap *dnstap,
		   const struct rb_tap_logged *logged);

/*
 * A message between a resolver process and a server. dnstap NULL: no-op. Thread: main.
 */
void rb_tap_upstream(struct rb_dnstap *dnstap, const struct rb_shown *shown);

#endif
