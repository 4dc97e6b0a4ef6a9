/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked of which source. */
#include "daemon/feed_order.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define DEADLINE_S 600                                  /* see DEADLINE_NS in feed.c */
#define BUNDLE     "/etc/ssl/certs/ca-certificates.crt" /* as Debian and others have it */

/* The process asks us for names. If a wildcard address is served, it uses loopback. */
static void resolver_find(const struct rb_config *config, struct sockaddr_storage *ret_addr)
{
	struct sockaddr_in *addr4 = (struct sockaddr_in *)ret_addr;
	struct sockaddr_in6 *addr6 = (struct sockaddr_in6 *)ret_addr;

	*ret_addr = config->listens[0].addr;
	if (ret_addr->ss_family == AF_INET && addr4->sin_addr.s_addr == htonl(INADDR_ANY))
		addr4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (ret_addr->ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&addr6->sin6_addr))
		addr6->sin6_addr = in6addr_loopback;
}

/* The serial identifies the copy, whatever server it came from. */
static void zone_order(const struct rb_feed *feed, struct rb_fetch_order *order)
{
	const struct rb_transfer *zone = feed->source.zone;

	memcpy(order->zone, zone->name, zone->name_len);
	order->zone_len = zone->name_len;
	if (rb_transfer_is_url(order->source))
		return;
	order->kind = RB_FETCH_ZONE;
	order->has_kept = feed->copy.exists && feed->copy.refresh_s;
	order->serial = feed->copy.serial;
}

void rb_feed_order(const struct rb_feed *feed, struct rb_fetch_order *order)
{
	const struct rb_config *config = feed->config;
	const char *bundle = config->tls_cert_bundle;

	*order = (struct rb_fetch_order){
		.kind = RB_FETCH_URL,
		.deadline_s = DEADLINE_S,
		.bytes_max = feed->source.max_bytes,
		.format = feed->source.format,
	};
	resolver_find(config, &order->resolver);
	snprintf(order->source, sizeof(order->source), "%s", feed->source.from[feed->next_from]);
	snprintf(order->bundle, sizeof(order->bundle), "%s", bundle && *bundle ? bundle : BUNDLE);
	if (feed->source.zone)
		zone_order(feed, order);
	if (order->kind != RB_FETCH_URL || !feed->copy.exists ||
	    strcmp(feed->copy.source, order->source) != 0)
		return;
	order->has_kept = true;
	snprintf(order->etag, sizeof(order->etag), "%s", feed->copy.etag);
	snprintf(order->modified, sizeof(order->modified), "%s", feed->copy.modified);
}
