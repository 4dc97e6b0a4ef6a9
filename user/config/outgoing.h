/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The source addresses and ports of queries to upstreams: outgoing-interface:,
 * outgoing-port-permit: and outgoing-port-avoid:. They are passed to libunbound; this finds errors
 * that libunbound would find only at the start.
 *
 * Thread: main, of one reading. Errors: as struct rb_reader.
 */
#ifndef RB_CONFIG_OUTGOING_H
#define RB_CONFIG_OUTGOING_H

#include "config/config.h"
#include "config/directives.h"

#define RB_PORTS (UINT16_MAX + 1)

struct rb_outgoing {
	struct rb_outgoing_block *blocks; /* of outgoing-interface: */
	size_t block_count;
	bool (*ports)[RB_PORTS]; /* allowed ports; NULL: libunbound's default */
	struct rb_location ports_location;
};

rb_handler rb_handle_outgoing_interface;
rb_handler rb_handle_outgoing_ports;

/* Whether there is an IPv4 source address. */
bool rb_outgoing_has_ip4(const struct rb_outgoing *outgoing);

/* Set config->tls_sources: all single addresses; a message names blocks. */
int rb_outgoing_addresses(struct rb_reader *reader);

int rb_outgoing_finish(struct rb_reader *reader);
void rb_outgoing_free(struct rb_outgoing *outgoing);

#endif
