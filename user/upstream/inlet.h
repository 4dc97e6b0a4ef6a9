/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A socket of ours on the loopback, that libunbound sends queries to: over TCP, where one connection
 * has many of them (RFC 7766), rather than each a socket of its own.
 *
 * Anybody on the machine can connect: who sends a query that is not taken is cut off, and of those
 * who have sent none so far only a few are kept.
 *
 * Thread:   one event loop's, the same as libunbound's.
 * Lifetime: a caller lasts as long as somebody refers to it, its connection maybe shorter.
 * Errors:   0 or -errno.
 */
#ifndef RB_UPSTREAM_INLET_H
#define RB_UPSTREAM_INLET_H

#include <event2/event.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

/* A connection that brings queries. */
struct rb_upstream_caller;

struct rb_upstream_inlet {
	struct event_base *base;
	/* One query, valid until this returns. false: it does not come from libunbound. */
	bool (*take)(struct rb_upstream_inlet *inlet, struct rb_upstream_caller *caller,
		     const uint8_t *packet, size_t len);
	struct sockaddr_in addr;
	TAILQ_HEAD(, rb_upstream_caller) strangers, callers; /* without a query so far; others */
	unsigned int stranger_count;
	struct event *ready, *pause;
	int fd;
};

int rb_upstream_inlet_open(struct rb_upstream_inlet *inlet, struct event_base *base,
			   in_addr_t address);

/* Also for one that could not be opened, or is all zeros. */
void rb_upstream_inlet_close(struct rb_upstream_inlet *inlet);

struct rb_upstream_caller *rb_upstream_caller_ref(struct rb_upstream_caller *caller);
void rb_upstream_caller_unref(struct rb_upstream_caller *caller);

/*
 * Send the response with this ID instead of its own. If the connection has ended, nothing happens.
 */
void rb_upstream_caller_reply(struct rb_upstream_caller *caller, const uint8_t id[2],
			      const uint8_t *response, size_t len);

#endif
