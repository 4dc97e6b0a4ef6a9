/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where questions to upstreams may come from: outgoing-interface:, outgoing-port-permit: and
 * outgoing-port-avoid:. libunbound is passed them; here is what it would only find at the start.
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
	bool (*ports)[RB_PORTS]; /* that may be used; NULL: as libunbound has them */
	struct rb_location ports_location;
};

rb_handler rb_handle_outgoing_interface;
rb_handler rb_handle_outgoing_ports;

/* Whether IPv4 has an address to ask from. */
bool rb_outgoing_has_ip4(const struct rb_outgoing *outgoing);

/* config->tls_sources: each that is one address; of blocks it is said. */
int rb_outgoing_addresses(struct rb_reader *reader);

int rb_outgoing_finish(struct rb_reader *reader);
void rb_outgoing_free(struct rb_outgoing *outgoing);

#endif
