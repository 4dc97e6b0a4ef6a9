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

bool rb_xdp_status(const struct rb_xdp *xdp, size_t number, struct rb_xdp_status *ret_status)
{
	const struct rb_port *port;

	if (number >= xdp->port_count)
		return false;
	port = &xdp->ports[number];
	*ret_status = (struct rb_xdp_status){
		.mode = rb_mode_name(port->link_fd < 0 ? RB_MODE_NONE : port->way.mode),
		.egress = rb_egress_name(port->way.egress),
		.sockets = port->way.use_xsk ? port->socket_count : 0,
		.prog_id = port->link_fd < 0 ? 0 : program_id(port->program.fd),
	};
	snprintf(ret_status->ifname, sizeof(ret_status->ifname), "%s", port->netif.name);
	return true;
}
