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

/* The client learns that nothing was cut off. */
void rb_conduit_close(struct rb_conduit *conduit);

/* Where what leaves next is put, and how much has not left. */
struct evbuffer *rb_conduit_output(const struct rb_conduit *conduit);
size_t rb_conduit_output_len(const struct rb_conduit *conduit);

/* Have it leave, in as few records of TLS as it takes. */
void rb_conduit_flush(const struct rb_conduit *conduit);

enum rb_conduit_read {
	RB_CONDUIT_NOTHING,
	RB_CONDUIT_REST, /* came to the input: that was all */
	RB_CONDUIT_SOME, /* came to the input, and there may be more */
	RB_CONDUIT_END,  /* the client sends no more */
	RB_CONDUIT_FAILED,
};

/* What has come over TLS beyond what libevent knows of, until the input has about max bytes. */
enum rb_conduit_read rb_conduit_read(const struct rb_conduit *conduit, size_t max);

bool rb_conduit_is_resumed(const struct rb_conduit *conduit);

/* Whether it ends in the middle of a handshake. */
bool rb_conduit_shakes_hands(const struct rb_conduit *conduit);

#endif
