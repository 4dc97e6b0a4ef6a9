/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Write to a TLS connection: many messages in one record, at once if there is room.
 *
 * Thread: the one of the connection.
 */
#ifndef RB_UTIL_TLS_WRITE_H
#define RB_UTIL_TLS_WRITE_H

#include <openssl/ssl.h>

struct bufferevent;
struct evbuffer;

/*
 * Send all of staged. libevent sends later what there is no room for yet, or what comes before the
 * connection is established. ssl: the bufferevent's, with SSL_MODE_ENABLE_PARTIAL_WRITE and
 * SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER. Errors come to the bufferevent's callback.
 */
void rb_tls_write(struct bufferevent *bev, SSL *ssl, struct evbuffer *staged);

#endif
