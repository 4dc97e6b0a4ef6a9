/* SPDX-License-Identifier: BSD-2-Clause */
/* What has to be looked at every second. */
#include "datapath/watch.h"

#include <errno.h>
#include <unistd.h>

#include "datapath/attach.h"
#include "datapath/counters.h"
#include "datapath/link.h"
#include "datapath/peer.h"
#include "netif/rtnl.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

/*
 * Fewer frames sent than replies made is only a suspicion: replies are counted for all interfaces
 * together, and other programs may send through this device. The probe decides.
 */
static bool redirect_suspect(struct rb_port *port, uint64_t replies)
{
	static const char *const patterns[] = {"tx_queue_*_xdp_xmit"};
	uint64_t sent, new_replies = replies - port->replies, new_sent;

	if (rb_ethtool_sums(port->netif.name, patterns, ARRAY_SIZE(patterns), &sent))
		return false;
	new_sent = sent - port->sent;
	port->sent = sent;
	port->replies = replies;
	return new_sent < new_replies;
}

static bool redirect_is_news(struct rb_port *port, uint64_t replies)
{
	if (rb_port_mode(port).egress == RB_EGRESS_REDIRECT)
		return redirect_suspect(port, replies) && rb_probe_run(port->probe) == -ENETUNREACH;
	return !rb_probe_run(port->probe);
}

/* XDP_TX towards a veth's peer in our namespace: it needs a program there, ours or another. */
static void watch_peer(struct rb_port *port)
{
	struct rb_rtnl_link peer;
	int err = rb_rtnl_link(port->netif.peer_ifindex, &peer);

	/* Gone with our own end, or moved to another namespace, where our program went along. */
	if (err)
		return;
	if (peer.xdp_prog_id && peer.xdp_native)
		return;
	if (port->peer_link_fd >= 0) {
		close(port->peer_link_fd);
		port->peer_link_fd = -1;
	}
	err = rb_port_attach_peer(port);
	if (err)
		rb_port_step_down(port, "the veth's other end lost its XDP program");
	else
		rb_log_notice("%s: gave the veth's other end the pass program again",
			      port->netif.name);
}

/* false: the link is not where it was. */
static bool is_there(struct rb_port *port)
{
	struct rb_rtnl_link link;
	int ifindex;

	if (port->link_fd < 0 || rb_link_ifindex(port->link_fd, &ifindex) || ifindex)
		return true;
	/* A device that went is followed by rtnetlink's word of it. */
	if (rb_rtnl_link(port->netif.ifindex, &link) != -ENODEV)
		rb_port_lose(port);
	return false;
}

void rb_port_watch(struct rb_port *port, const uint64_t counters[RB_COUNTER_COUNT])
{
	struct rb_rtnl_link link;
	bool settle;

	if (port->health.state == RB_PORT_ABSENT || port->health.state == RB_PORT_LOST ||
	    !is_there(port))
		return;
	settle = rb_port_is_due(&port->health, rb_clock_ns());
	/* Nothing leaves an interface that is down, and nothing comes in either. */
	if (rb_port_runs(port) && !rb_rtnl_link(port->netif.ifindex, &link) &&
	    link.flags & IFF_RUNNING) {
		if (port->probe)
			settle |= redirect_is_news(port, rb_counters_replies(counters));
		else if (port->plan.needs_peer && port->link_mode == RB_MODE_NATIVE)
			watch_peer(port);
	}
	if (settle)
		rb_port_happens(&port->health, RB_PORT_PLAN);
}
