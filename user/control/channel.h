/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connection of a control socket's client, plain or over TLS; it never waits.
 *
 * Thread:   one.
 * Errors:   -errno. -EAGAIN: try again when the descriptor is ready for what the channel wants.
 */
#ifndef RB_CONTROL_CHANNEL_H
#define RB_CONTROL_CHANNEL_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rb_channel {
	int fd;         /* -1: none */
	SSL *ssl;       /* NULL: plain */
	uint32_t wants; /* EPOLLIN or EPOLLOUT, after -EAGAIN */
};

/* Open it on an accepted descriptor, which the channel owns, also on failure. tls NULL: plain. */
int rb_channel_open(struct rb_channel *channel, int fd, SSL_CTX *tls);

/* Returns bytes; 0: the client sends no more. */
ssize_t rb_channel_receive(struct rb_channel *channel, void *bytes, size_t room);
ssize_t rb_channel_send(struct rb_channel *channel, const void *bytes, size_t len);

/* Tell the client that this is the end. */
void rb_channel_finish(struct rb_channel *channel);

void rb_channel_close(struct rb_channel *channel);

#endif
