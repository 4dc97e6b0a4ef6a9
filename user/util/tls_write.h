/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing to a connection of TLS: many messages in one record, at once where there is room.
 *
 * Thread: the one of the connection.
 */
#ifndef RB_UTIL_TLS_WRITE_H
#define RB_UTIL_TLS_WRITE_H

#include <openssl/ssl.h>

struct bufferevent;
struct evbuffer;

/*
 * All of staged leaves; what there is no room for, or no connection as yet, by libevent, when there
 * is. ssl: of the bufferevent, with SSL_MODE_ENABLE_PARTIAL_WRITE and
 * SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER. Errors come to the bufferevent's callback.
 */
void rb_tls_write(struct bufferevent *bev, SSL *ssl, struct evbuffer *staged);

#endif
