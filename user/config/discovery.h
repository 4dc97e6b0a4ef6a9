/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What we tell clients of ourselves, as local records: where they find us by DNS over TLS and HTTPS
 * (RFC 9462), and what we do (RFC 9606).
 *
 * Thread: read by main; immutable afterwards. Lifetime: of its rb_config.
 */
#ifndef RB_CONFIG_DISCOVERY_H
#define RB_CONFIG_DISCOVERY_H

#include <stdbool.h>

#include "config/directives.h"

struct rb_discovery {
	char *name;     /* designated-resolver: that certificates are for; NULL, "": not told */
	bool info;      /* resolver-info: no */
	char *info_url; /* resolver-info-url: NULL, "": none */
	bool minimises; /* qname-minimisation: yes */
};

rb_handler rb_handle_discovery;

/* After the addresses to listen on, and views: the records. */
int rb_discovery_finish(struct rb_reader *reader);

void rb_discovery_free(struct rb_discovery *discovery);

#endif
