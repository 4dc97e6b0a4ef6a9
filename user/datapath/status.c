/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in force on each interface. */
#include "datapath/status.h"

#include <bpf/bpf.h>
#include <stdio.h>

#include "datapath/state.h"

static uint32_t program_id(int fd)
{
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) ? 0 : info.id;
}

/* Those without a program, as they were decided on. */
static bool declined_status(const struct rb_xdp *xdp, size_t number,
			    struct rb_xdp_status *ret_status)
{
	struct rb_plan plan;
	size_t i, p;

	for (i = 0; i < xdp->seen_count; i++) {
		for (p = 0; p < xdp->port_count; p++) {
			if (xdp->ports[p].netif.ifindex == xdp->seen[i].ifindex)
				break;
		}
		if (p < xdp->port_count || number--)
			continue;
		rb_plan_make(&xdp->seen[i], &plan);
		*ret_status = (struct rb_xdp_status){
			.mode = rb_mode_name(RB_MODE_NONE),
			.egress = rb_egress_name(RB_EGRESS_NONE),
		};
		snprintf(ret_status->ifname, sizeof(ret_status->ifname), "%s", xdp->seen[i].name);
		snprintf(ret_status->reason, sizeof(ret_status->reason), "%s",
			 plan.advice[0] ? plan.advice : plan.reason);
		return true;
	}
	return false;
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
	const struct rb_port *port;

	if (number >= xdp->port_count)
		return declined_status(xdp, number - xdp->port_count, ret_status);
	port = &xdp->ports[number];
	*ret_status = (struct rb_xdp_status){
		.mode = rb_mode_name(port->link_fd < 0 ? RB_MODE_NONE : port->way.mode),
		.egress = rb_egress_name(port->way.egress),
		.sockets = port->way.use_xsk ? port->socket_count : 0,
		.prog_id = port->link_fd < 0 ? 0 : program_id(port->program.fd),
		.steered = port->steered,
	};
	snprintf(ret_status->ifname, sizeof(ret_status->ifname), "%s", port->netif.name);
	add_vlans(&port->netif, ret_status->vlans, sizeof(ret_status->vlans));
	return true;
}

bool rb_xdp_queue_status(const struct rb_xdp *xdp, size_t number,
			 struct rb_xdp_queue_status *ret_status)
{
	const struct rb_port *port = xdp->ports, *end = xdp->ports + xdp->port_count;
	const struct rb_xsk *xsk;

	for (; port < end && number >= port->socket_count; port++)
		number -= port->socket_count;
	if (port >= end)
		return false;
	xsk = port->sockets[number];
	*ret_status = (struct rb_xdp_queue_status){
		.queue = rb_xsk_queue(xsk),
		.worker = rb_xsk_queue(xsk) % xdp->workers,
		.in_use = port->link_fd >= 0 && port->way.use_xsk,
	};
	snprintf(ret_status->ifname, sizeof(ret_status->ifname), "%s", port->netif.name);
	rb_xsk_stats(xsk, &ret_status->stats);
	return true;
}
