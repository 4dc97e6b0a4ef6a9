/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The UDP sockets of one worker.
 *
 * Thread:   made and freed by main while the worker does not run, otherwise the worker's.
 * Lifetime: descriptors stay the caller's, and open until rb_udp_free().
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_SERVE_UDP_H
#define RB_SERVE_UDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "serve/query.h"

struct event_base;
struct rb_udp;

int rb_udp_new(struct event_base *base, struct rb_serve *serve, const int *fds, size_t count,
	       struct rb_udp **ret_udp);
void rb_udp_free(struct rb_udp *udp);

/* Add a socket. */
int rb_udp_add(struct rb_udp *udp, int fd);

/* Stop receiving; replies are still sent. */
void rb_udp_retire(struct rb_udp *udp);

/*
 * Send a reply to a query that did not come by a socket, from the socket that serves the address it
 * was sent to. Returns whether there is such a socket, and whether it accepted the reply.
 */
struct rb_frame_ends;
bool rb_udp_serves(const struct rb_udp *udp, const struct rb_frame_ends *ends);
bool rb_udp_send(const struct rb_udp *udp, const struct rb_frame_ends *ends, const uint8_t *reply,
		 size_t len);

/* Make room for replies as large as the configuration now allows. */
int rb_udp_fit(struct rb_udp *udp);

#endif
