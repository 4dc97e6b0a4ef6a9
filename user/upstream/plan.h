/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which servers a resolver process asks over TLS, and how: one block without pointers, made from the
 * configuration and handed to the process in memory.
 *
 * Thread:   any.
 * Lifetime: a block is its maker's, to be freed; a mapped one lasts as long as the process.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_UPSTREAM_PLAN_H
#define RB_UPSTREAM_PLAN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "config/config.h"

#define RB_UPSTREAM_NAME_BYTES    256
#define RB_UPSTREAM_TEXT_BYTES    384
#define RB_UPSTREAM_CIPHERS_BYTES 2048
#define RB_UPSTREAM_SOURCES_MAX   16

struct rb_upstream_server_plan {
	struct sockaddr_storage addr;      /* with the port; of a host AF_UNSPEC */
	char host[RB_UPSTREAM_NAME_BYTES]; /* whose addresses are looked up; "": addr is known */
	uint16_t port;                     /* of the host; host order */
	char name[RB_UPSTREAM_NAME_BYTES]; /* that its certificate must be for; "": of anybody */
	char text[RB_UPSTREAM_TEXT_BYTES]; /* as written, for messages */
	uint32_t zone;                     /* counted from 0, in the order of the text */
};

struct rb_upstream_plan {
	uint32_t zone_count;
	uint32_t server_count;
	uint32_t pad_block_bytes; /* queries are padded to multiples of that; 0: not */
	uint32_t source_count;
	bool use_sni;
	bool verify_unnamed; /* certificates of servers without a name must be from somebody known */
	bool spare_localhost; /* do-not-query-localhost: what others name there is not asked */
	bool use_ip6;
	char ciphers[RB_UPSTREAM_CIPHERS_BYTES];                  /* of TLS 1.2; "": OpenSSL's */
	char ciphersuites[RB_UPSTREAM_CIPHERS_BYTES];             /* of TLS 1.3; "": OpenSSL's */
	struct sockaddr_storage sources[RB_UPSTREAM_SOURCES_MAX]; /* to connect from; none: any */
	uint32_t authorities_bytes;
	uint32_t spared_count;
	/* Behind them the netblocks of do-not-query-address, then the authorities, as PEM. */
	struct rb_upstream_server_plan servers[];
};

/* *ret_plan is NULL where nobody is to be asked over TLS. */
int rb_upstream_plan_new(const struct rb_config *config, struct rb_upstream_plan **ret_plan,
			 size_t *ret_bytes);

const char *rb_upstream_plan_authorities(const struct rb_upstream_plan *plan);

/* Whether there is a server whose addresses are to be looked up. */
bool rb_upstream_plan_has_hosts(const struct rb_upstream_plan *plan);

/* Whether the operator forbids that this address, which a look-up gave, is asked. */
bool rb_upstream_plan_spares(const struct rb_upstream_plan *plan,
			     const struct sockaddr_storage *addr);

/* The same in a process: from a descriptor to what rb_upstream_plan_new() made. */
int rb_upstream_plan_map(int fd, const struct rb_upstream_plan **ret_plan);

#endif
