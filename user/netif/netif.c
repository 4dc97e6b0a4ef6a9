/* SPDX-License-Identifier: BSD-2-Clause */
/* From the configured addresses to the interfaces that carry them. */
#include "netif/netif.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_arp.h>
#include <string.h>

#include "netif/locals.h"
#include "netif/rtnl.h"
#include "util/cleanup.h"

/* What is being built, and from what. */
struct search {
	const struct rb_rtnl_link *links;
	size_t link_count;
	struct rb_netif *netifs; /* room for one per link */
	size_t count;
};

static const struct rb_rtnl_link *link_by_index(const struct search *search, int ifindex)
{
	size_t i;

	for (i = 0; i < search->link_count; i++) {
		if (search->links[i].ifindex == ifindex)
			return &search->links[i];
	}
	return NULL;
}

static bool has_veth_slave(const struct search *search, int ifindex)
{
	size_t i;

	for (i = 0; i < search->link_count; i++) {
		if (search->links[i].master_ifindex == ifindex &&
		    !strcmp(search->links[i].kind, "veth"))
			return true;
	}
	return false;
}

/* On a bond its ports do, whatever the bond says of itself. */
static void find_stripper(const struct search *search, struct rb_netif *netif)
{
	bool is_bond = !strcmp(netif->kind, "bond"), strips = false;
	size_t i;

	for (i = 0; i < search->link_count && !strips; i++) {
		const struct rb_rtnl_link *link = &search->links[i];

		if ((is_bond ? link->master_ifindex : link->ifindex) != netif->ifindex ||
		    rb_ethtool_offload(link->name, RB_OFFLOAD_RXVLAN, &strips) || !strips)
			continue;
		memcpy(netif->strips_tags, link->name, sizeof(netif->strips_tags));
	}
}

/* Down through VLANs of VLANs, whose tags are the outer ones. Unknown ends leave parent_ifindex 0.
 */
static void find_parent(const struct search *search, const struct rb_rtnl_link *vlan,
			struct rb_netif *netif)
{
	const struct rb_rtnl_link *link = vlan;
	uint64_t tags = 0;
	unsigned int shift;

	for (shift = 0; link && !strcmp(link->kind, "vlan"); shift += 32) {
		if (shift > 32)
			return;
		tags |= ((uint64_t)link->vlan_protocol << 16 | link->vlan_id) << shift;
		link = link->lower_ifindex ? link_by_index(search, link->lower_ifindex) : NULL;
	}
	if (!link)
		return;
	memcpy(netif->parent, link->name, sizeof(netif->parent));
	netif->parent_ifindex = link->ifindex;
	netif->tags = tags;
}

static void netif_fill(const struct search *search, const struct rb_rtnl_link *link,
		       struct rb_netif *netif)
{
	const struct rb_rtnl_link *peer, *master;

	memcpy(netif->name, link->name, sizeof(netif->name));
	memcpy(netif->kind, link->kind, sizeof(netif->kind));
	memcpy(netif->mac, link->mac, sizeof(netif->mac));
	netif->ifindex = link->ifindex;
	netif->is_up = link->flags & IFF_UP;
	netif->is_loopback = link->flags & IFF_LOOPBACK;
	netif->is_sink = netif->is_loopback || !strcmp(link->kind, "dummy");
	netif->is_ethernet = link->type == ARPHRD_ETHER;
	netif->mtu = netif->reply_mtu = link->mtu;
	netif->foreign_prog_id = link->xdp_prog_id;
	netif->bond_mode = link->bond_mode;
	netif->is_l3s = link->is_l3s;
	netif->has_veth_slave = has_veth_slave(search, link->ifindex);
	master = link->master_ifindex ? link_by_index(search, link->master_ifindex) : NULL;
	if (master) {
		memcpy(netif->master, master->name, sizeof(netif->master));
		memcpy(netif->master_kind, master->kind, sizeof(netif->master_kind));
	}
	if (rb_ethtool_driver(link->name, netif->driver))
		netif->driver[0] = '\0';
	if (rb_ethtool_rx_queues(link->name, &netif->rx_queues))
		netif->rx_queues = link->rx_queues ? link->rx_queues : 1;
	if (!strcmp(link->kind, "vlan"))
		find_parent(search, link, netif);
	if (strcmp(link->kind, "veth") != 0)
		return;
	peer = link->lower_ifindex ? link_by_index(search, link->lower_ifindex) : NULL;
	if (peer) {
		netif->peer_ifindex = peer->ifindex;
		netif->peer_prog_id = peer->xdp_prog_id;
	}
}

static struct rb_netif *netif_for(struct search *search, int ifindex)
{
	const struct rb_rtnl_link *link;
	struct rb_netif *netif;
	size_t i;

	for (i = 0; i < search->count; i++) {
		if (search->netifs[i].ifindex == ifindex)
			return &search->netifs[i];
	}
	link = link_by_index(search, ifindex);
	/* An interface that came between the two dumps. */
	if (!link)
		return NULL;
	netif = &search->netifs[search->count++];
	netif_fill(search, link, netif);
	return netif;
}

/* Sockets have every address of the family then, those to come too. */
static bool listen_is_wildcard(const struct rb_listen *listen)
{
	const struct sockaddr_in *in4 = (const struct sockaddr_in *)&listen->addr;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&listen->addr;

	return listen->addr.ss_family == AF_INET ? in4->sin_addr.s_addr == htonl(INADDR_ANY)
						 : IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
}

static bool listen_matches(const struct rb_listen *listen, const struct rb_rtnl_addr *addr)
{
	const struct sockaddr_in *in4 = (const struct sockaddr_in *)&listen->addr;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&listen->addr;

	if (listen->addr.ss_family != addr->family)
		return false;
	if (listen_is_wildcard(listen))
		return true;
	if (addr->family == AF_INET)
		return !memcmp(&in4->sin_addr, addr->addr, 4);
	/* Two interfaces may have the same link-local address; the scope tells which is meant. */
	if (in6->sin6_scope_id && (int)in6->sin6_scope_id != addr->ifindex)
		return false;
	return !memcmp(&in6->sin6_addr, addr->addr, 16);
}

/* Whether any interface carries the address, or need not now. */
static bool listen_assign(struct search *search, const struct rb_listen *listen,
			  const struct rb_rtnl_addr *addrs, size_t addr_count)
{
	const struct sockaddr_in *in4 = (const struct sockaddr_in *)&listen->addr;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&listen->addr;
	bool found = listen_is_wildcard(listen);
	size_t i;

	for (i = 0; i < addr_count; i++) {
		struct rb_netif *netif;

		if (!listen_matches(listen, &addrs[i]))
			continue;
		netif = netif_for(search, addrs[i].ifindex);
		if (!netif)
			continue;
		if (addrs[i].family == AF_INET)
			rb_locals_add4(netif, addrs[i].addr, in4->sin_port);
		else
			rb_locals_add6(netif, addrs[i].addr, in6->sin6_port);
		found = true;
	}
	return found;
}

static bool listen_wanted(const struct rb_config *config, const struct rb_listen *listen)
{
	if (!config->do_udp)
		return false;
	if (listen->addr.ss_family == AF_INET)
		return config->do_ip4;
	return listen->addr.ss_family == AF_INET6 && config->do_ip6;
}

/* names: a blank after each, so that none is taken for the beginning of another. */
static const char *name_next(const char *names, char ret_name[IF_NAMESIZE])
{
	size_t length = strcspn(names, " ");

	if (!length || length >= IF_NAMESIZE)
		return NULL;
	memcpy(ret_name, names, length);
	ret_name[length] = '\0';
	return names + length + (names[length] == ' ');
}

static bool names_have(const char *names, const char *wanted)
{
	char name[IF_NAMESIZE];

	while ((names = name_next(names, name))) {
		if (!strcmp(name, wanted))
			return true;
	}
	return false;
}

/* Its name, or that of a VLAN that is answered on it. */
static bool is_named(const struct rb_netif *netif, const char *name)
{
	unsigned int i;

	for (i = 0; i < netif->vlan_count; i++) {
		if (!strcmp(netif->vlan_names[i], name))
			return true;
	}
	return !strcmp(netif->name, name);
}

bool rb_netifs_unused_name(const struct rb_config *config, const struct rb_netif *netifs,
			   size_t count, char ret_name[IF_NAMESIZE])
{
	const char *names = config->xdp_interfaces;
	char name[IF_NAMESIZE];
	size_t i;

	while (names && (names = name_next(names, name))) {
		for (i = 0; i < count && !is_named(&netifs[i], name);)
			i++;
		if (i == count) {
			memcpy(ret_name, name, sizeof(name));
			return true;
		}
	}
	return false;
}

static void add_parents(struct search *search)
{
	size_t carriers = search->count, i;

	for (i = 0; i < carriers; i++) {
		struct rb_netif *parent;

		if (!search->netifs[i].parent_ifindex)
			continue;
		parent = netif_for(search, search->netifs[i].parent_ifindex);
		if (parent)
			find_stripper(search, parent);
	}
}

/* What is on sinks comes in on the interfaces that are named. */
static void spread_sinks(struct search *search, const char *names)
{
	size_t carriers = search->count, i, s;

	for (i = 0; i < search->link_count; i++) {
		const struct rb_rtnl_link *link = &search->links[i];
		struct rb_netif *netif;

		if (!names_have(names, link->name))
			continue;
		netif = netif_for(search, link->ifindex);
		if (!netif || netif->is_sink)
			continue;
		for (s = 0; s < carriers; s++) {
			struct rb_netif *sink = &search->netifs[s];

			if (!sink->is_sink || !rb_locals_have_outer(sink))
				continue;
			rb_locals_add_outer(netif, sink);
			if (!sink->comes_in_on[0])
				memcpy(sink->comes_in_on, netif->name, sizeof(netif->name));
		}
	}
}

/* Loopback's no frame may have at all; a link-local address is somebody else's on another link. */
static bool is_of_machine(const struct rb_rtnl_addr *addr)
{
	const struct in6_addr *addr6 = (const void *)addr->addr;

	if (addr->family == AF_INET)
		return addr->addr[0] != IN_LOOPBACKNET;
	return !IN6_IS_ADDR_LOOPBACK(addr6) && !IN6_IS_ADDR_LINKLOCAL(addr6);
}

static void add_own_addr(struct rb_netif *netif, const struct rb_rtnl_addr *addr)
{
	if (addr->family == AF_INET)
		rb_locals_add_own4(netif, addr->addr, addr->prefix);
	else
		rb_locals_add_own6(netif, addr->addr);
}

/*
 * The interface's, served or not, and those of sinks that are served on it; then, as far as there is
 * room, those of the machine's other interfaces: Linux takes packets from them for forged, too.
 */
static void add_own(struct rb_netif *netif, const struct rb_rtnl_addr *addrs, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (addrs[i].ifindex == netif->ifindex)
			add_own_addr(netif, &addrs[i]);
	for (i = 0; i < netif->locals4_count; i++)
		rb_locals_add_own4(netif, (const uint8_t *)&netif->locals4[i].addr, 32);
	for (i = 0; i < netif->locals6_count; i++)
		rb_locals_add_own6(netif, (const uint8_t *)netif->locals6[i].addr);
	for (i = 0; i < count; i++)
		if (is_of_machine(&addrs[i]))
			add_own_addr(netif, &addrs[i]);
}

static int by_ifindex(const void *a, const void *b)
{
	const struct rb_netif *first = a, *second = b;

	return first->ifindex - second->ifindex;
}

int rb_netifs_find(const struct rb_served *served, struct rb_netif **ret_netifs, size_t *ret_count,
		   size_t **ret_missing, size_t *ret_missing_count)
{
	const struct rb_config *config = served->config;
	_cleanup_free_ struct rb_rtnl_link *links = NULL;
	_cleanup_free_ struct rb_rtnl_addr *addrs = NULL;
	_cleanup_free_ struct rb_netif *netifs = NULL;
	_cleanup_free_ size_t *missing = NULL;
	struct search search = {0};
	size_t addr_count, missing_count = 0, i;
	int err;

	err = rb_rtnl_links(&links, &search.link_count);
	if (err)
		return err;
	err = rb_rtnl_addrs(&addrs, &addr_count);
	if (err)
		return err;
	netifs = calloc(search.link_count + 1, sizeof(*netifs));
	missing = calloc(served->listen_count + 1, sizeof(*missing));
	if (!netifs || !missing)
		return -ENOMEM;
	search.links = links;
	search.netifs = netifs;
	for (i = 0; i < served->listen_count; i++) {
		if (listen_wanted(config, &served->listens[i]) &&
		    !listen_assign(&search, &served->listens[i], addrs, addr_count))
			missing[missing_count++] = i;
	}
	if (config->xdp_interfaces)
		spread_sinks(&search, config->xdp_interfaces);
	add_parents(&search);
	for (i = 0; i < search.count; i++)
		add_own(&netifs[i], addrs, addr_count);
	for (i = 0; config->xdp_interfaces && i < search.count; i++)
		netifs[i].is_excluded = !names_have(config->xdp_interfaces, netifs[i].name);
	qsort(netifs, search.count, sizeof(*netifs), by_ifindex);
	*ret_netifs = TAKE_PTR(netifs);
	*ret_count = search.count;
	*ret_missing = TAKE_PTR(missing);
	*ret_missing_count = missing_count;
	return 0;
}

void rb_netifs_free(struct rb_netif *netifs)
{
	free(netifs);
}
