/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses into the fixed lists of an interface. */
#include "netif/locals.h"

#include <arpa/inet.h>
#include <string.h>

/* 127.0.0.0/8, ::1, fe80::/10: of a sink they are for itself alone. */
static bool is_inner4(const struct rb_local4 *local)
{
	return ntohl(local->addr) >> 24 == IN_LOOPBACKNET;
}

static bool is_inner6(const struct rb_local6 *local)
{
	struct in6_addr addr;

	memcpy(&addr, local->addr, sizeof(addr));
	return IN6_IS_ADDR_LOOPBACK(&addr) || IN6_IS_ADDR_LINKLOCAL(&addr);
}

bool rb_locals_have_outer(const struct rb_netif *netif)
{
	unsigned int i;

	for (i = 0; i < netif->locals4_count; i++) {
		if (!is_inner4(&netif->locals4[i]))
			return true;
	}
	for (i = 0; i < netif->locals6_count; i++) {
		if (!is_inner6(&netif->locals6[i]))
			return true;
	}
	return false;
}

void rb_locals_add4(struct rb_netif *netif, const uint8_t addr[4], __be16 port)
{
	struct rb_local4 local = {.port = port};
	unsigned int i;

	memcpy(&local.addr, addr, sizeof(local.addr));
	for (i = 0; i < netif->locals4_count; i++) {
		if (netif->locals4[i].addr == local.addr && netif->locals4[i].port == port)
			return;
	}
	if (netif->locals4_count == RB_LOCALS_MAX)
		netif->locals_dropped++;
	else
		netif->locals4[netif->locals4_count++] = local;
}

void rb_locals_add6(struct rb_netif *netif, const uint8_t addr[16], __be16 port)
{
	struct rb_local6 local = {.port = port};
	unsigned int i;

	memcpy(local.addr, addr, sizeof(local.addr));
	for (i = 0; i < netif->locals6_count; i++) {
		if (!memcmp(netif->locals6[i].addr, addr, sizeof(local.addr)) &&
		    netif->locals6[i].port == port)
			return;
	}
	if (netif->locals6_count == RB_LOCALS_MAX)
		netif->locals_dropped++;
	else
		netif->locals6[netif->locals6_count++] = local;
}

static void own4_put(struct rb_netif *netif, __be32 addr)
{
	for (unsigned int i = 0; i < netif->own4_count; i++) {
		if (netif->own4[i] == addr)
			return;
	}
	if (netif->own4_count < RB_OWN_MAX)
		netif->own4[netif->own4_count++] = addr;
}

static void own6_put(struct rb_netif *netif, const struct rb_addr6 *addr)
{
	for (unsigned int i = 0; i < netif->own6_count; i++) {
		if (!memcmp(&netif->own6[i], addr, sizeof(*addr)))
			return;
	}
	if (netif->own6_count < RB_OWN_MAX)
		netif->own6[netif->own6_count++] = *addr;
}

void rb_locals_add_own4(struct rb_netif *netif, const uint8_t addr[4], unsigned int prefix)
{
	__be32 own;

	memcpy(&own, addr, sizeof(own));
	own4_put(netif, own);
	/* Links of two addresses (RFC 3021) and single ones have no broadcast address. */
	if (prefix < 31)
		own4_put(netif, own | htonl(0xffffffff >> prefix));
}

void rb_locals_add_own6(struct rb_netif *netif, const uint8_t addr[16])
{
	struct rb_addr6 own;

	memcpy(own.addr, addr, sizeof(own.addr));
	own6_put(netif, &own);
}

void rb_locals_copy_own(struct rb_netif *netif, const struct rb_netif *from)
{
	for (unsigned int i = 0; i < from->own4_count; i++)
		own4_put(netif, from->own4[i]);
	for (unsigned int i = 0; i < from->own6_count; i++)
		own6_put(netif, &from->own6[i]);
}

void rb_locals_add_outer(struct rb_netif *netif, const struct rb_netif *sink)
{
	unsigned int i;

	for (i = 0; i < sink->locals4_count; i++) {
		if (!is_inner4(&sink->locals4[i]))
			rb_locals_add4(netif, (const uint8_t *)&sink->locals4[i].addr,
				       sink->locals4[i].port);
	}
	for (i = 0; i < sink->locals6_count; i++) {
		if (!is_inner6(&sink->locals6[i]))
			rb_locals_add6(netif, (const uint8_t *)sink->locals6[i].addr,
				       sink->locals6[i].port);
	}
}
