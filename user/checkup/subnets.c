/* SPDX-License-Identifier: BSD-2-Clause */
/* The report on interfaces that share a subnet. */
#include <string.h>

#include "checkup/view.h"
#include "util/cleanup.h"

static bool same_subnet(const struct rb_rtnl_addr *a, const struct rb_rtnl_addr *b)
{
	unsigned int bits = a->prefix < b->prefix ? a->prefix : b->prefix;
	unsigned int bytes = bits / 8, rest = bits % 8;

	if (a->family != b->family || !bits || bits > (a->family == AF_INET ? 32U : 128U))
		return false;
	if (memcmp(a->addr, b->addr, bytes) != 0)
		return false;
	return !rest || !((a->addr[bytes] ^ b->addr[bytes]) >> (8 - rest));
}

static bool is_link_local(const struct rb_rtnl_addr *addr)
{
	return addr->family == AF_INET6 && addr->addr[0] == 0xfe && (addr->addr[1] & 0xc0) == 0x80;
}

/* Of the interface itself, or of a VLAN that is answered on it. */
static bool is_part(const struct rb_report_view *view, const struct rb_netif *netif, int ifindex)
{
	const struct rb_rtnl_link *link = rb_chain_link(view->links, view->link_count, ifindex);
	unsigned int i;

	for (i = 0; link && i < netif->vlan_count; i++) {
		if (!strcmp(link->name, netif->vlan_names[i]))
			return true;
	}
	return ifindex == netif->ifindex;
}

static bool serves(const struct rb_report_view *view, const struct rb_netif *netif,
		   const struct rb_rtnl_addr *addr)
{
	unsigned int i;

	if (is_link_local(addr) || !is_part(view, netif, addr->ifindex))
		return false;
	for (i = 0; addr->family == AF_INET && i < netif->locals4_count; i++) {
		if (!memcmp(&netif->locals4[i].addr, addr->addr, 4))
			return true;
	}
	for (i = 0; addr->family == AF_INET6 && i < netif->locals6_count; i++) {
		if (!memcmp(netif->locals6[i].addr, addr->addr, 16))
			return true;
	}
	return false;
}

/* For all interfaces; an interface's own setting may be stricter still. */
static int arp_ignore(void)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/sys/net/ipv4/conf/all/arp_ignore", "re");
	int value = 0;

	return file && fscanf(file, "%d", &value) == 1 ? value : 0;
}

static void report_subnet(const struct rb_report_view *view, const struct rb_netif *netif,
			  const struct rb_rtnl_link *other, int family)
{
	if (family == AF_INET6 || arp_ignore())
		rb_report_add(view->report, RB_LEVEL_INFO,
			      "%s and %s share a subnet: XDP works on the one that carries the "
			      "address",
			      netif->name, other->name);
	else
		rb_report_add(view->report, RB_LEVEL_WARN,
			      "%s and %s share a subnet: by default Linux answers ARP for either's "
			      "address on both, and queries may come in where the address is not. "
			      "Set net.ipv4.conf.all.arp_ignore=1 and arp_announce=2 (sysctl)",
			      netif->name, other->name);
}

void rb_report_subnets(const struct rb_report_view *view, const struct rb_netif *netif)
{
	size_t i, other;

	for (i = 0; i < view->addr_count; i++) {
		if (!serves(view, netif, &view->addrs[i]))
			continue;
		for (other = 0; other < view->addr_count; other++) {
			const struct rb_rtnl_link *link = rb_chain_link(
				view->links, view->link_count, view->addrs[other].ifindex);

			if (view->addrs[other].ifindex == view->addrs[i].ifindex || !link ||
			    !same_subnet(&view->addrs[i], &view->addrs[other]))
				continue;
			report_subnet(view, netif, link, view->addrs[i].family);
			return;
		}
	}
}
