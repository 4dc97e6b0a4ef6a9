/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies of messages for dnstap. */
#include "serve/tap.h"

#include <string.h>

#include "dns/bytes.h"
#include "serve/private.h"

static void tap(const struct rb_serve *serve, enum rb_tapped_kind kind, const struct rb_path *path,
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

	rb_private_addr(serve->config, client, addr);
	rb_dnstap_put(serve->dnstap, &tapped);
}

/* Most servers have no dnstap, and this is asked for every message. */
void rb_tap(const struct rb_serve *serve, enum rb_tapped_kind kind, const struct rb_path *path,
	    const uint8_t *client, uint16_t port, const uint8_t *message, size_t len)
{
	if (serve->dnstap && len)
		tap(serve, kind, path, client, port, message, len);
}

#define FLAGS_AT   2 /* in a message */
#define QDCOUNT_AT 4
#define HEAD_MAX   (sizeof(struct rb_dns_header) + RB_NAME_MAX + RB_QUESTION_TAIL)

/* A message with only the header and the question. */
static void head_make(const struct rb_tap_logged *logged, uint16_t flags, uint8_t *out)
{
	static const uint8_t counts[8] = {0, 1}; /* one question, no records */

	memcpy(out, logged->message, logged->head);
	rb_bytes_put16(out + FLAGS_AT, flags);
	memcpy(out + QDCOUNT_AT, counts, sizeof(counts));
}

void rb_tap_kernel(const struct rb_config *config, struct rb_dnstap *dnstap,
		   const struct rb_tap_logged *logged)
{
	uint8_t addr[16], head[HEAD_MAX];
	struct rb_tapped tapped = {
		.kind = RB_TAPPED_CLIENT_QUERY,
		.protocol = RB_TAPPED_UDP,
		.client = addr,
		.client_port = logged->port,
		.message = head,
		.len = logged->head,
		.is_sampled = true,
	};

	if (!dnstap || logged->head > sizeof(head))
		return;
	rb_private_addr(config, logged->client, addr);
	/* The kernel only answers queries with these flags. */
	head_make(logged, RB_FLAG_RD, head);
	rb_dnstap_put(dnstap, &tapped);
	tapped.kind = RB_TAPPED_CLIENT_RESPONSE;
	head_make(logged, rb_bytes_get16(logged->message + FLAGS_AT), head);
	if (logged->bytes >= logged->len) {
		tapped.message = logged->message;
		tapped.len = logged->len;
	}
	rb_dnstap_put(dnstap, &tapped);
}

void rb_tap_upstream(struct rb_dnstap *dnstap, const struct rb_shown *shown)
{
	/* Of transports the numbers are the same. */
	static const enum rb_tapped_kind kinds[2][2] = {
		{RB_TAPPED_RESOLVER_QUERY, RB_TAPPED_RESOLVER_RESPONSE},
		{RB_TAPPED_FORWARDER_QUERY, RB_TAPPED_FORWARDER_RESPONSE},
	};
	const struct rb_upstream_seen *seen = shown->seen;
	const struct rb_tapped tapped = {
		.kind = kinds[seen->recursive][seen->response_ns != 0],
		.protocol = (enum rb_tapped_protocol)seen->transport,
		.client = seen->own,
		.client_port = seen->own_port,
		.server = seen->server,
		.server_port = seen->server_port,
		.zone = shown->zone,
		.zone_len = shown->zone_len,
		.query_ns = seen->query_ns,
		.response_ns = seen->response_ns,
		.message = shown->message,
		.len = shown->len,
	};

	rb_dnstap_put(dnstap, &tapped);
}
