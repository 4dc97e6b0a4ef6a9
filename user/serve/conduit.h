/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of a connection in both directions, in clear text or over TLS.
 *
 * Thread:   of one worker. Lifetime: rb_conduit_close(), also of one that was not opened.
 * Errors:   0 or -errno.
 */
#ifndef RB_SERVE_CONDUIT_H
#define RB_SERVE_CONDUIT_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

struct bufferevent;
struct evbuffer;
struct event_base;

struct rb_conduit {
	struct bufferevent *bev;
	SSL *ssl;                /* of bev; NULL: in clear text */
	struct evbuffer *staged; /* what leaves next, over TLS: many replies, one record */
};

/* tls NULL: in clear text. Takes the descriptor unless it fails. */
int rb_conduit_open(struct rb_conduit *conduit, struct event_base *base, int fd, SSL_CTX *tls,
		    enum rb_speech speech);

/* Over TLS, tell the client that nothing was cut off. */
void rb_conduit_close(struct rb_conduit *conduit);

/* The buffer for what is sent next, and how many bytes have not been sent. */
struct evbuffer *rb_conduit_output(const struct rb_conduit *conduit);
size_t rb_conduit_output_len(const struct rb_conduit *conduit);

/* Send it, in as few TLS records as possible. */
void rb_conduit_flush(const struct rb_conduit *conduit);

enum rb_conduit_read {
	RB_CONDUIT_NOTHING,
	RB_CONDUIT_REST, /* all bytes are in the input */
	RB_CONDUIT_SOME, /* some bytes are in the input, and there may be more */
	RB_CONDUIT_END,  /* the client sends no more */
	RB_CONDUIT_FAILED,
};

/* Read what TLS has received and libevent does not know of, until the input has about max bytes. */
enum rb_conduit_read rb_conduit_read(const struct rb_conduit *conduit, size_t max);

bool rb_conduit_is_resumed(const struct rb_conduit *conduit);

/* Whether a handshake is under way. */
bool rb_conduit_shakes_hands(const struct rb_conduit *conduit);

#endif
