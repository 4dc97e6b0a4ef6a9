/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read from a TLS connection whose OpenSSL reads ahead (SSL_CTX_set_read_ahead): many records by
 * one system call, instead of one by two.
 *
 * Thread: the bufferevent's loop's.
 */
#ifndef RB_UTIL_TLS_READ_H
#define RB_UTIL_TLS_READ_H

#include <event2/buffer.h>
#include <openssl/ssl.h>

/*
 * Call it whenever libevent has read something, and after the handshake. libevent stops after one
 * record, and what OpenSSL has beyond that does not make the socket readable. The input grows to
 * about max bytes.
 *
 * SSL_ERROR_WANT_READ: that was all. SSL_ERROR_NONE: there may be more; call it again. Anything
 * else: the connection has ended, or has failed as OpenSSL's error queue of the thread says.
 */
int rb_tls_read(SSL *ssl, struct evbuffer *input, size_t max);

#endif
