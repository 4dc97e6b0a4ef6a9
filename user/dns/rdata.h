/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the RDATA of resource records has names: RFC 1035 3.3 for the types whose names may be
 * compressed, RFC 3597 4 for those that must be decompressed. All other RDATA is opaque.
 *
 * Thread: any; constant.
 */
#ifndef RB_DNS_RDATA_H
#define RB_DNS_RDATA_H

#include <stdbool.h>
#include <stdint.h>

struct rb_rdata_layout {
	uint8_t fixed_bytes; /* before the names */
	uint8_t strings;     /* character-strings behind them */
	uint8_t names;       /* behind those; 0: the data is opaque */
	uint8_t tail_bytes;  /* behind the names; RB_RDATA_TAIL_ANY: the rest */
	bool compressible;   /* the names may be compressed */
};

#define RB_RDATA_TAIL_ANY 255

struct rb_rdata_layout rb_rdata_layout(uint16_t type);

/* Meta types and query types (RFC 6895 3.1), which never are data. */
bool rb_rdata_is_meta(uint16_t type);

/*
 * Sent only in reply to queries with DO=1, or for the type itself: RFC 4035 3.2.1, as in Unbound.
 */
bool rb_rdata_is_dnssec(uint16_t type);

#endif
