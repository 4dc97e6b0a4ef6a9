/* SPDX-License-Identifier: BSD-2-Clause */
/* The report on ntuple rules: whether the card takes them, and where they bring DNS. */
#include "checkup/interfaces.h"

#include <errno.h>
#include <string.h>

#include "netif/steer.h"
#include "util/cleanup.h"

/* Whether a rule takes what is sent to an address that we serve. */
static bool takes_ours(const struct rb_netif *netif, const struct ethtool_rx_flow_spec *spec)
{
	unsigned int i;

	for (i = 0; i < netif->locals4_count; i++) {
		if (rb_steer_takes(spec, AF_INET, (const uint8_t *)&netif->locals4[i].addr,
				   netif->locals4[i].port))
			return true;
	}
	for (i = 0; i < netif->locals6_count; i++) {
		if (rb_steer_takes(spec, AF_INET6, (const uint8_t *)netif->locals6[i].addr,
				   netif->locals6[i].port))
			return true;
	}
	return false;
}

static void report_rule(struct rb_report *report, const struct rb_netif *netif,
			const struct ethtool_rx_flow_spec *spec)
{
	uint64_t queue = ethtool_get_flow_spec_ring(spec->ring_cookie);

	if (spec->ring_cookie == RX_CLS_FLOW_DISC)
		rb_report_add(report, RB_LEVEL_WARN,
			      "%s: ntuple rule %u drops queries to an address that is served: "
			      "ethtool -N %s delete %u",
			      netif->name, spec->location, netif->name, spec->location);
	else if (spec->flow_type & FLOW_RSS)
		rb_report_add(report, RB_LEVEL_INFO,
			      "%s: ntuple rule %u brings queries to a set of queues of its own "
			      "('ethtool -n %s')",
			      netif->name, spec->location, netif->name);
	else if (queue >= netif->rx_queues || ethtool_get_flow_spec_ring_vf(spec->ring_cookie))
		rb_report_add(report, RB_LEVEL_WARN,
			      "%s: ntuple rule %u brings queries to queue %llu, which runbound "
			      "does not serve: ethtool -N %s delete %u",
			      netif->name, spec->location, (unsigned long long)queue, netif->name,
			      spec->location);
	else
		rb_report_add(report, RB_LEVEL_INFO,
			      "%s: ntuple rule %u brings queries to queue %llu", netif->name,
			      spec->location, (unsigned long long)queue);
}

static void report_none(struct rb_report *report, const struct rb_netif *netif, bool asked, int err)
{
	if (err == -EOPNOTSUPP && asked)
		rb_report_add(report, RB_LEVEL_WARN,
			      "%s: xdp-steer: yes cannot be done, its driver%s%s takes no ntuple "
			      "rules; queries come to the queues that the card chooses. Leave it "
			      "out, or choose with 'ethtool -X' where the driver can",
			      netif->name, netif->driver[0] ? " " : "", netif->driver);
	else if (err == -EOPNOTSUPP)
		rb_report_add(report, RB_LEVEL_INFO,
			      "%s: its driver takes no ntuple rules, so xdp-steer: yes would "
			      "change nothing",
			      netif->name);
	else
		rb_report_add(report, asked ? RB_LEVEL_WARN : RB_LEVEL_INFO,
			      "%s: its ntuple rules cannot be read (%s)", netif->name,
			      strerror(-err));
}

void rb_xdp_report_steering(struct rb_report *report, const struct rb_config *config,
			    const struct rb_netif *netif)
{
	_cleanup_free_ struct ethtool_rx_flow_spec *specs = NULL;
	bool on = false, found = false;
	size_t count, i;
	int err = rb_steer_list(netif->name, &specs, &count);

	if (err) {
		report_none(report, netif, config->xdp_steer, err);
		return;
	}
	for (i = 0; i < count; i++) {
		if (!takes_ours(netif, &specs[i]))
			continue;
		report_rule(report, netif, &specs[i]);
		found = true;
	}
	if (rb_steer_feature(netif->name, &on))
		on = false;
	if (!found)
		rb_report_add(report, RB_LEVEL_INFO,
			      "%s: takes ntuple rules (rx-ntuple-filter %s) and has none for DNS; "
			      "%s",
			      netif->name, on ? "on" : "off",
			      config->xdp_steer ? "runbound will make them"
						: "xdp-steer: yes would make them");
}
