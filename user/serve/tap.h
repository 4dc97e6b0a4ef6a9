/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies of messages for dnstap, with the client's address shortened by log-prefix-ipv4 and -ipv6.
 *
 * Thread: the worker's.
 */
#ifndef RB_SERVE_TAP_H
#define RB_SERVE_TAP_H

#include "serve/dnstap.h"
#include "serve/query.h"

/* client: IPv4-mapped for IPv4. Does nothing if dnstap is off, or if len is 0. */
void rb_tap(const struct rb_serve *serve, enum rb_tapped_kind kind, const struct rb_path *path,
	    const uint8_t *client, uint16_t port, const uint8_t *message, size_t len);

#endif
