/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies that do not leave are noticed within a second, and the interface steps down. */
#include <errno.h>
#include <string.h>

#include "datapath/counters.h"
#include "datapath/link.h"
#include "datapath/port.h"
#include "netif/rtnl.h"
#include "util/cleanup.h"
#include "util/log.h"

static void step_down(struct rb_port *port, const char *why)
{
	int err = rb_port_apply(port, rb_plan_fallback());

	if (!err) {
		rb_log_warn("%s: %s; answering in generic mode, misses by socket", port->netif.name,
			    why);
		return;
	}
	/* Nothing must run that swallows replies: without a program the sockets have it all. */
	rb_port_detach(port);
	rb_log_error("%s: %s, and generic XDP failed (%s); served by sockets", port->netif.name,
		     why, strerror(-err));
}

static void step_up(struct rb_port *port)
{
	int err = rb_port_apply(port, port->plan.best);

	if (!err) {
		rb_log_notice("%s: replies leave from native XDP again", port->netif.name);
		return;
	}
	rb_log_warn("%s: native XDP refused (%s)", port->netif.name, strerror(-err));
	/* The generic link had to go before. */
	if (port->link_fd < 0 && rb_port_apply(port, rb_plan_fallback()))
		rb_port_detach(port);
}

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

static void watch_redirect(struct rb_port *port, uint64_t replies)
{
	if (port->way.egress == RB_EGRESS_REDIRECT) {
		if (redirect_suspect(port, replies) && rb_probe_run(port->probe) == -ENETUNREACH)
			step_down(port, "replies do not leave any more: the other end of this veth "
					"has GRO off (on the host: ethtool -K PEER gro on)");
	} else if (!rb_probe_run(port->probe)) {
		step_up(port);
	}
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
		step_down(port, "the veth's other end lost its XDP program");
	else
		rb_log_notice("%s: gave the veth's other end the pass program again",
			      port->netif.name);
}

static bool still_there(struct rb_port *port)
{
	struct rb_rtnl_link link;
	int ifindex;

	if (port->link_fd < 0)
		return false;
	if (rb_link_ifindex(port->link_fd, &ifindex) || ifindex)
		return true;
	/* A device that went is followed by rtnetlink's word of it. */
	if (rb_rtnl_link(port->netif.ifindex, &link) == -ENODEV)
		return false;
	port->lost = true;
	rb_log_warn("%s: somebody detached our XDP program; restart to attach it again",
		    port->netif.name);
	return false;
}

void rb_port_watch(struct rb_port *port, const uint64_t counters[RB_COUNTER_COUNT])
{
	struct rb_rtnl_link link;

	if (port->lost || port->idle || !still_there(port))
		return;
	/* Nothing leaves an interface that is down, and nothing comes in either. */
	if (rb_rtnl_link(port->netif.ifindex, &link) || !(link.flags & IFF_RUNNING))
		return;
	if (port->plan.needs_probe)
		watch_redirect(port, rb_counters_replies(counters));
	else if (port->plan.needs_peer && port->way.mode == RB_MODE_NATIVE)
		watch_peer(port);
}
