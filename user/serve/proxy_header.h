/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header of the PROXY protocol, version 2, by which a proxy names its client
 * (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt, section 2.2).
 *
 * Thread: any; a pure function.
 */
#ifndef RB_SERVE_PROXY_HEADER_H
#define RB_SERVE_PROXY_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RB_PROXY_FIXED_BYTES 16  /* the header's length is known after these */
#define RB_PROXY_BYTES_MAX   536 /* of the whole header; longer ones are refused */

struct rb_proxy_header {
	size_t len;
	bool is_own;      /* the proxy's own connection: use the socket's addresses */
	uint8_t addr[16]; /* of the client, IPv4-mapped for IPv4 */
	uint16_t port;
};

/* 1: *ret_header is set; 0: the header is incomplete so far; -EBADMSG: not a header. */
int rb_proxy_header_parse(const uint8_t *bytes, size_t len, struct rb_proxy_header *ret_header);

#endif
