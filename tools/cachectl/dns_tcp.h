/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One TCP connection to a DNS server, made when it is needed and as often as that is: questions
 * one after the other, answers in any order (RFC 7766 6.2.1.1).
 *
 * Thread: one. Errors: 0 or -errno; ret_ arguments untouched on failure. Never prints.
 */
#ifndef CACHECTL_DNS_TCP_H
#define CACHECTL_DNS_TCP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct dns_tcp {
	int fd; /* to be polled; -1: no connection */
	struct sockaddr_storage peer;
	socklen_t peer_len;
	size_t have, done; /* bytes of in; of these handed out */
	uint8_t in[sizeof(uint16_t) + UINT16_MAX];
};

/* To where the UDP socket is connected; not yet. To be closed in any case. */
int dns_tcp_begin(struct dns_tcp *tcp, int udp_fd);

/* Connects where there is no connection, patiently. After an error there is none. */
int dns_tcp_send(struct dns_tcp *tcp, const uint8_t *query, size_t len);

/*
 * The next message that has arrived whole: 1, borrowed until the next call. 0: none yet. An error:
 * the connection is over, and nothing comes to what was sent.
 */
int dns_tcp_receive(struct dns_tcp *tcp, const uint8_t **ret_message, size_t *ret_len);

void dns_tcp_close(struct dns_tcp *tcp);

#endif
