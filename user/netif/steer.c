/* SPDX-License-Identifier: BSD-2-Clause */
/* ntuple rules: which there shall be, how they look, and what the driver has of them. */
#include "netif/steer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "util/cleanup.h"

/*
 * A power of two of parts can be told by low bits of the source port. Where the queues are none,
 * twice as many parts make their shares less uneven.
 */
static unsigned int slots_for(size_t queue_count)
{
	unsigned int slots = 1;

	while (slots < queue_count && slots < RB_STEER_SLOTS_MAX)
		slots *= 2;
	if (slots > queue_count && slots < RB_STEER_SLOTS_MAX)
		slots *= 2;
	return slots;
}

static void rule_set(struct rb_steer_rule *rule, int family, const void *addr, uint16_t port)
{
	*rule = (struct rb_steer_rule){.family = family, .port = port};
	memcpy(rule->addr, addr, family == AF_INET ? 4 : 16);
}

size_t rb_steer_plan(const struct rb_netif *netif, const uint32_t *queues, size_t queue_count,
		     enum rb_steer_spread spread, struct rb_steer_rule *ret_rules)
{
	unsigned int slots = spread == RB_STEER_BY_SOURCE ? slots_for(queue_count) : 1;
	unsigned int addresses = netif->locals4_count + netif->locals6_count, address, slot;
	size_t count = 0;

	if (!queue_count)
		return 0;
	for (address = 0; address < addresses; address++) {
		for (slot = 0; slot < slots; slot++) {
			struct rb_steer_rule *rule = &ret_rules[count];

			if (address < netif->locals4_count) {
				const struct rb_local4 *local = &netif->locals4[address];

				rule_set(rule, AF_INET, &local->addr, local->port);
			} else {
				const struct rb_local6 *local =
					&netif->locals6[address - netif->locals4_count];

				rule_set(rule, AF_INET6, local->addr, local->port);
			}
			rule->source = htons((uint16_t)slot);
			rule->source_mask = htons((uint16_t)(slots - 1));
			rule->queue = queues[(slots == 1 ? address : slot) % queue_count];
			count++;
		}
	}
	return count;
}

void rb_steer_spec(const struct rb_steer_rule *rule, struct ethtool_rx_flow_spec *ret_spec)
{
	struct ethtool_rx_flow_spec spec = {.ring_cookie = rule->queue};

	if (rule->family == AF_INET) {
		spec.flow_type = UDP_V4_FLOW;
		memcpy(&spec.h_u.udp_ip4_spec.ip4dst, rule->addr, 4);
		memset(&spec.m_u.udp_ip4_spec.ip4dst, 0xff, 4);
		spec.h_u.udp_ip4_spec.pdst = rule->port;
		spec.m_u.udp_ip4_spec.pdst = 0xffff;
		spec.h_u.udp_ip4_spec.psrc = rule->source;
		spec.m_u.udp_ip4_spec.psrc = rule->source_mask;
	} else {
		spec.flow_type = UDP_V6_FLOW;
		memcpy(spec.h_u.udp_ip6_spec.ip6dst, rule->addr, 16);
		memset(spec.m_u.udp_ip6_spec.ip6dst, 0xff, 16);
		spec.h_u.udp_ip6_spec.pdst = rule->port;
		spec.m_u.udp_ip6_spec.pdst = 0xffff;
		spec.h_u.udp_ip6_spec.psrc = rule->source;
		spec.m_u.udp_ip6_spec.psrc = rule->source_mask;
	}
	*ret_spec = spec;
}

bool rb_steer_same_match(const struct ethtool_rx_flow_spec *a, const struct ethtool_rx_flow_spec *b)
{
	return a->flow_type == b->flow_type &&
	       !memcmp(a->h_u.hdata, b->h_u.hdata, sizeof(a->h_u.hdata)) &&
	       !memcmp(a->m_u.hdata, b->m_u.hdata, sizeof(a->m_u.hdata));
}

/* Whether the masked bits of the value are those that the rule wants. */
static bool matches(const void *value, const void *wanted, const void *mask, size_t bytes)
{
	const uint8_t *v = value, *w = wanted, *m = mask;
	size_t i;

	for (i = 0; i < bytes; i++) {
		if ((v[i] ^ w[i]) & m[i])
			return false;
	}
	return true;
}

bool rb_steer_takes(const struct ethtool_rx_flow_spec *spec, int family, const uint8_t *addr,
		    uint16_t port)
{
	const struct ethtool_tcpip4_spec *want4 = &spec->h_u.udp_ip4_spec;
	const struct ethtool_tcpip4_spec *mask4 = &spec->m_u.udp_ip4_spec;
	const struct ethtool_tcpip6_spec *want6 = &spec->h_u.udp_ip6_spec;
	const struct ethtool_tcpip6_spec *mask6 = &spec->m_u.udp_ip6_spec;
	uint32_t type = spec->flow_type & ~(uint32_t)(FLOW_EXT | FLOW_MAC_EXT | FLOW_RSS);

	if (family == AF_INET)
		return type == UDP_V4_FLOW && matches(addr, &want4->ip4dst, &mask4->ip4dst, 4) &&
		       matches(&port, &want4->pdst, &mask4->pdst, sizeof(port));
	return type == UDP_V6_FLOW && matches(addr, want6->ip6dst, mask6->ip6dst, 16) &&
	       matches(&port, &want6->pdst, &mask6->pdst, sizeof(port));
}

static int ethtool(const char *ifname, void *command)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_data = command};

	if (fd < 0)
		return -errno;
	strncpy(request.ifr_name, ifname, IF_NAMESIZE - 1);
	return ioctl(fd, SIOCETHTOOL, &request) < 0 ? -errno : 0;
}

/* How many rules there are, and whether the driver chooses their locations. */
static int rules_count(const char *ifname, uint32_t *ret_count, bool *ret_driver_chooses)
{
	struct ethtool_rxnfc request = {.cmd = ETHTOOL_GRXCLSRLCNT};
	int err = ethtool(ifname, &request);

	if (err)
		return err;
	*ret_count = request.rule_cnt;
	*ret_driver_chooses = request.data & RX_CLS_LOC_SPECIAL;
	return 0;
}

/* Their locations, and how many of these the card has (0: it does not say). */
static int rules_locations(const char *ifname, uint32_t count, struct ethtool_rxnfc **ret_request)
{
	_cleanup_free_ struct ethtool_rxnfc *request =
		calloc(1, sizeof(*request) + count * sizeof(request->rule_locs[0]));
	int err;

	if (!request)
		return -ENOMEM;
	request->cmd = ETHTOOL_GRXCLSRLALL;
	request->rule_cnt = count;
	err = ethtool(ifname, request);
	if (err)
		return err;
	if (request->rule_cnt > count)
		return -EAGAIN;
	*ret_request = TAKE_PTR(request);
	return 0;
}

static int rule_read(const char *ifname, uint32_t location, struct ethtool_rx_flow_spec *ret_spec)
{
	struct ethtool_rxnfc request = {.cmd = ETHTOOL_GRXCLSRULE, .fs.location = location};
	int err = ethtool(ifname, &request);

	if (!err)
		*ret_spec = request.fs;
	return err;
}

int rb_steer_list(const char *ifname, struct ethtool_rx_flow_spec **ret_specs, size_t *ret_count)
{
	_cleanup_free_ struct ethtool_rxnfc *locations = NULL;
	_cleanup_free_ struct ethtool_rx_flow_spec *specs = NULL;
	uint32_t count, i;
	bool driver_chooses;
	int err;

	err = rules_count(ifname, &count, &driver_chooses);
	if (!err)
		err = rules_locations(ifname, count, &locations);
	if (err)
		return err;
	specs = calloc(locations->rule_cnt + 1, sizeof(*specs));
	if (!specs)
		return -ENOMEM;
	for (i = 0; i < locations->rule_cnt; i++) {
		err = rule_read(ifname, locations->rule_locs[i], &specs[i]);
		if (err)
			return err;
		specs[i].location = locations->rule_locs[i];
	}
	*ret_count = locations->rule_cnt;
	*ret_specs = TAKE_PTR(specs);
	return 0;
}

/* The last free location: rules before it count first, and others' shall. */
static int location_find(const char *ifname, const struct ethtool_rx_flow_spec *specs, size_t count,
			 uint32_t *ret_location)
{
	_cleanup_free_ struct ethtool_rxnfc *locations = NULL;
	int err = rules_locations(ifname, (uint32_t)count, &locations);
	uint64_t location;
	size_t i;

	if (err)
		return err;
	for (location = locations->data; location; location--) {
		for (i = 0; i < count && specs[i].location != location - 1; i++)
			;
		if (i < count)
			continue;
		*ret_location = (uint32_t)(location - 1);
		return 0;
	}
	return locations->data ? -ENOSPC : -EOPNOTSUPP;
}

int rb_steer_insert(const char *ifname, const struct rb_steer_rule *rule, uint32_t *ret_location)
{
	struct ethtool_rxnfc request = {.cmd = ETHTOOL_SRXCLSRLINS};
	_cleanup_free_ struct ethtool_rx_flow_spec *specs = NULL;
	uint32_t unused;
	size_t count, i;
	bool driver_chooses;
	int err;

	err = rules_count(ifname, &unused, &driver_chooses);
	if (!err)
		err = rb_steer_list(ifname, &specs, &count);
	if (err)
		return err;
	rb_steer_spec(rule, &request.fs);
	for (i = 0; i < count; i++) {
		if (rb_steer_same_match(&specs[i], &request.fs))
			return -EEXIST;
	}
	request.fs.location = RX_CLS_LOC_ANY;
	if (!driver_chooses)
		err = location_find(ifname, specs, count, &request.fs.location);
	if (!err)
		err = ethtool(ifname, &request);
	if (!err)
		*ret_location = request.fs.location;
	return err;
}

int rb_steer_delete(const char *ifname, const struct rb_steer_rule *rule, uint32_t location)
{
	struct ethtool_rxnfc request = {.cmd = ETHTOOL_SRXCLSRLDEL, .fs.location = location};
	struct ethtool_rx_flow_spec spec;
	int err = rule_read(ifname, location, &spec);

	if (err)
		return err;
	if (!rb_steer_takes(&spec, rule->family, rule->addr, rule->port))
		return -ESTALE;
	return ethtool(ifname, &request);
}

int rb_steer_feature(const char *ifname, bool *ret_on)
{
	struct ethtool_value value = {.cmd = ETHTOOL_GFLAGS};
	int err = ethtool(ifname, &value);

	if (!err)
		*ret_on = value.data & ETH_FLAG_NTUPLE;
	return err;
}

int rb_steer_feature_set(const char *ifname, bool on)
{
	struct ethtool_value value = {.cmd = ETHTOOL_GFLAGS};
	int err = ethtool(ifname, &value);

	if (err)
		return err;
	value.cmd = ETHTOOL_SFLAGS;
	value.data = on ? value.data | ETH_FLAG_NTUPLE : value.data & ~(uint32_t)ETH_FLAG_NTUPLE;
	return ethtool(ifname, &value);
}
