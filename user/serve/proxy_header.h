/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header of the PROXY protocol, version 2, by which somebody in between says for whom it speaks
 * (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt, section 2.2).
 *
 * Thread: any; a pure function.
 */
#ifndef RB_SERVE_PROXY_HEADER_H
#define RB_SERVE_PROXY_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RB_PROXY_FIXED_BYTES 16  /* after which its length is known */
#define RB_PROXY_BYTES_MAX   536 /* of the whole; longer ones are refused */

struct rb_proxy_header {
	size_t len;
	bool is_own;      /* the one in between speaks for itself: the addresses are the socket's */
	uint8_t addr[16]; /* of the client, v4-mapped for IPv4 */
	uint16_t port;
};

/* 1: *ret_header is set; 0: there is more to come, of what could be a header; -EBADMSG: it is none. */
int rb_proxy_header_parse(const uint8_t *bytes, size_t len, struct rb_proxy_header *ret_header);

#endif
