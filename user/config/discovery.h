/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local records that tell clients about this resolver: where it serves DNS over TLS and HTTPS (RFC
 * 9462), and what it does (RFC 9606).
 *
 * Thread: read by main; immutable afterwards. Lifetime: of its rb_config.
 */
#ifndef RB_CONFIG_DISCOVERY_H
#define RB_CONFIG_DISCOVERY_H

#include <stdbool.h>

#include "config/directives.h"

struct rb_discovery {
	char *name;     /* designated-resolver: the name in the certificate; NULL, "": no records */
	bool info;      /* resolver-info: no */
	char *info_url; /* resolver-info-url: NULL, "": none */
	bool minimises; /* qname-minimisation: yes */
};

rb_handler rb_handle_discovery;

/* Call it after the addresses to listen on and the views: it adds the records. */
int rb_discovery_finish(struct rb_reader *reader);

void rb_discovery_free(struct rb_discovery *discovery);

#endif
