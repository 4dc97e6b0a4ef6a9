/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in force on each interface. */
#include "datapath/status.h"

#include <stdio.h>

#include "datapath/link.h"
#include "datapath/port_sockets.h"
#include "datapath/state.h"

/* What the plan says of itself, where it is no program. */
static const char *reason(const struct rb_port *port)
{
	if (port->health.state != RB_PORT_ABSENT)
		return port->health.why;
	return port->plan.advice[0] ? port->plan.advice : port->plan.reason;
}

static void add_vlans(const struct rb_netif *netif, char *text, size_t room)
{
	size_t used = 0;
	unsigned int i;
	int length;

	text[0] = '\0';
	for (i = 0; i < netif->vlan_count && used < room; i++) {
		length = snprintf(text + used, room - used, "%s%s", i ? "," : "",
				  netif->vlan_names[i]);
		used += length > 0 ? (size_t)length : 0;
	}
}

bool rb_xdp_status(const struct rb_xdp *xdp, size_t number, struct rb_xdp_status *ret_status)
{
	const struct rb_port *port = xdp->ports + number;
	struct rb_attach_mode attach;

	if (number >= xdp->port_count)
		return false;
	attach = rb_port_mode(port);
	*ret_status = (struct rb_xdp_status){
		.state = port->health.state,
		.mode = attach.mode,
		.egress = attach.egress,
		.uses_sockets = attach.use_xsk,
		.sockets = attach.use_xsk ? rb_port_bound_sockets(port) : 0,
		.steered = port->steered,
		.since = port->health.since,
	};
	if (rb_port_runs(port))
		rb_link_program_id(port->link_fd, &ret_status->prog_id);
	snprintf(ret_status->ifname, sizeof(ret_status->ifname), "%s", port->netif.name);
	snprintf(ret_status->reason, sizeof(ret_status->reason), "%s", reason(port));
	add_vlans(&port->netif, ret_status->vlans, sizeof(ret_status->vlans));
	return true;
}
