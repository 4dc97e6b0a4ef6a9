/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies of messages for dnstap. */
#include "serve/tap.h"

#include "serve/private.h"

void rb_tap(const struct rb_serve *serve, enum rb_tapped_kind kind, const struct rb_path *path,
	    const uint8_t *client, uint16_t port, const uint8_t *message, size_t len)
{
	static const enum rb_tapped_protocol protocols[RB_TRANSPORTS] = {
		[RB_TRANSPORT_UDP] = RB_TAPPED_UDP,   [RB_TRANSPORT_XDP] = RB_TAPPED_UDP,
		[RB_TRANSPORT_TCP] = RB_TAPPED_TCP,   [RB_TRANSPORT_TLS] = RB_TAPPED_DOT,
		[RB_TRANSPORT_HTTPS] = RB_TAPPED_DOH,
	};
	uint8_t addr[16];
	const struct rb_tapped tapped = {
		.kind = kind,
		.protocol = protocols[path->transport],
		.client = addr,
		.client_port = port,
		.message = message,
		.len = len,
	};

	if (!serve->dnstap || !len)
		return;
	rb_private_addr(serve->config, client, addr);
	rb_dnstap_put(serve->dnstap, &tapped);
}
