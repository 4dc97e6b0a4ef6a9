/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values of unbound.conf: the format and the meaning of each kind.
 *
 * Pure functions, but rb_value_address() which asks for the index of an interface (fe80::1%eth0).
 * They return whether the text is such a value; if not, ret_ arguments are unchanged.
 */
#ifndef RB_CONFIG_VALUES_H
#define RB_CONFIG_VALUES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum rb_value_kind {
	RB_VALUE_NONE,
	RB_VALUE_TEXT,
	RB_VALUE_YESNO,
	RB_VALUE_NUMBER,
	RB_VALUE_NUMBERS,  /* "3 2 1 0 0", which may be negative */
	RB_VALUE_SIZE,     /* bytes: 64m, 10 KB */
	RB_VALUE_PORTS,    /* 1024-65535 or one */
	RB_VALUE_NETBLOCK, /* 10.0.0.0/8, ::1 */
	RB_VALUE_ADDRESS,  /* 192.0.2.1@5353, and for an upstream #tls.name */
	RB_VALUE_DOMAIN,
	RB_VALUE_HOST, /* a domain with @port and #tls.name */
	RB_VALUE_PATH, /* absolute */
	RB_VALUE_FILE, /* one that must be readable; relative to directory: */
};

struct rb_netblock {
	uint8_t addr[16]; /* IPv4-mapped for IPv4; bits past the prefix are zero */
	uint8_t prefix;   /* of the 128 bits */
};

/* addr: IPv4-mapped for IPv4. */
bool rb_netblock_has(const struct rb_netblock *block, const uint8_t addr[16]);

/* 127.0.0.0/8 and ::1. */
bool rb_address_is_localhost(const uint8_t addr[16]);

void rb_address_mapped(const struct sockaddr_storage *addr, uint8_t ret_addr[16]);

bool rb_value_yesno(const char *text, bool *ret);
bool rb_value_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret);
bool rb_value_size(const char *text, uint64_t *ret_bytes);

/* ret_addr: IPv4-mapped for IPv4, bits past the prefix are zero. ret_prefix: of 128. */
bool rb_value_netblock(const char *text, uint8_t ret_addr[16], uint8_t *ret_prefix);

/* IP[@port][#name]; port: used if the text has none. */
bool rb_value_address(const char *text, uint16_t port, struct sockaddr_storage *ret);

bool rb_value_domain(const char *text);

/* Whether the text is a value of this kind; what was expected, for a message. */
bool rb_value_matches(enum rb_value_kind kind, const char *text);
const char *rb_value_expected(enum rb_value_kind kind);

#endif
