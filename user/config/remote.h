/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clause remote-control: the addresses for unbound-control, and the certificates.
 *
 * Thread: read by main; immutable afterwards. Lifetime: of its rb_config.
 */
#ifndef RB_CONFIG_REMOTE_H
#define RB_CONFIG_REMOTE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "config/directives.h"

#define RB_REMOTE_PORT 8953
#define RB_REMOTE_MAX  32 /* addresses and paths to listen at */

/* FILE:LINE of a directive; NULL: it is the default. */
struct rb_remote_origin {
	const char *file;
	unsigned int line;
};

/* One control-interface:, or one address of an interface that it names. */
struct rb_remote_listen {
	struct sockaddr_storage addr; /* with the port; AF_UNIX: text is the path */
	char *text;                   /* as written */
	struct rb_remote_origin origin;
};

struct rb_remote {
	bool enabled;  /* no */
	bool use_cert; /* yes */
	uint16_t port; /* RB_REMOTE_PORT */
	struct rb_remote_listen *listens;
	size_t listen_count;
	char *key_file, *cert_file; /* of the server: complete paths */
	struct rb_remote_origin enabled_at, key_at, cert_at;
};

rb_handler rb_handle_control_enable;
rb_handler rb_handle_control_interface;
rb_handler rb_handle_server_key_file;
rb_handler rb_handle_server_cert_file;

/* Call it after the last line: interfaces become addresses, and files complete paths. */
int rb_remote_finish(struct rb_reader *reader);

/*
 * Whether this one uses TLS: addresses do with control-use-cert; Unix sockets do if unbound-control
 * would, which looks only at the first control-interface:.
 */
bool rb_remote_uses_tls(const struct rb_remote *remote, const struct rb_remote_listen *listen);

/* Whether any of them does. */
bool rb_remote_needs_cert(const struct rb_remote *remote);

void rb_remote_free(struct rb_remote *remote);

#endif
