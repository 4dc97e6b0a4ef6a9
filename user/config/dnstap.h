/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clause dnstap: who is sent copies of what clients ask and get.
 *
 * Thread: read by main; immutable afterwards. Lifetime: of its rb_config.
 */
#ifndef RB_CONFIG_DNSTAP_H
#define RB_CONFIG_DNSTAP_H

#include <stdbool.h>

#include "config/directives.h"
#include "config/tls_files.h"

#define RB_DNSTAP_SOCKET "/run/dnstap.sock"

#define RB_DNSTAP_BUNDLE    "dnstap-tls-cert-bundle"
#define RB_DNSTAP_CERT_FILE "dnstap-tls-client-cert-file"
#define RB_DNSTAP_KEY_FILE  "dnstap-tls-client-key-file"

struct rb_config_dnstap {
	bool enabled;              /* no */
	bool bidirectional;        /* yes */
	char *socket_path;         /* NULL, "": ip counts */
	char *ip;                  /* IP@PORT; NULL, "": none */
	bool tls;                  /* yes; but to a Unix socket */
	char *tls_server_name;     /* NULL, "": any */
	struct rb_tls_files files; /* of those below; read where TLS is spoken */
	bool send_identity, send_version;
	char *identity, *version; /* NULL, "": those of CHAOS */
	unsigned int sample_rate; /* one message in so many; 0, 1: all */
	bool queries, responses;  /* of clients */
	/* Of the resolvers: with servers of zones, and with forwarders. */
	bool resolver_queries, resolver_responses;
	bool forwarder_queries, forwarder_responses;
};

rb_handler rb_handle_dnstap_enable;
rb_handler rb_handle_dnstap_ip;
rb_handler rb_handle_dnstap_file;

/* After the last line: a place that is there, and can be spoken to. */
int rb_dnstap_finish(struct rb_reader *reader);

void rb_config_dnstap_free(struct rb_config_dnstap *dnstap);

#endif
