/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading from a connection of TLS whose OpenSSL reads ahead (SSL_CTX_set_read_ahead): many records by
 * one system call, rather than one by two.
 *
 * Thread: the bufferevent's loop's.
 */
#ifndef RB_UTIL_TLS_READ_H
#define RB_UTIL_TLS_READ_H

#include <event2/buffer.h>
#include <openssl/ssl.h>

/*
 * To be called whenever libevent has read something, which leaves it at one record: what OpenSSL has
 * beyond that makes no socket readable. Up to a megabyte or so goes to the input.
 *
 * SSL_ERROR_WANT_READ: that was all. SSL_ERROR_NONE: there is more, and this is to be called again.
 * Anything else: the connection has ended, or failed as the thread's queue of errors says.
 */
int rb_tls_read(SSL *ssl, struct evbuffer *input);

#endif
