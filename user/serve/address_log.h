/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses in messages: their text, and why one cannot be served.
 *
 * Thread: main.
 */
#ifndef RB_SERVE_ADDRESS_LOG_H
#define RB_SERVE_ADDRESS_LOG_H

#include <netinet/in.h>
#include <sys/socket.h>

#define RB_ADDRESS_TEXT (INET6_ADDRSTRLEN + 8)

/* ADDRESS@PORT, as in unbound.conf. */
void rb_address_text(const struct sockaddr_storage *addr, char text[RB_ADDRESS_TEXT]);

/* type: SOCK_DGRAM or SOCK_STREAM. err: the -errno of the attempt to open a socket. */
void rb_address_log_failure(const struct sockaddr_storage *addr, int type, int err);

#endif
