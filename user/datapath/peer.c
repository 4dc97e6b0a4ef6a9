/* SPDX-License-Identifier: BSD-2-Clause */
/* The pass program, for peers that have none. */
#include "datapath/peer.h"

#include <errno.h>

#include "datapath/link.h"
#include "datapath/pins.h"
#include "netif/rtnl.h"
#include "skel/pass.skel.h"

static int load_pass(struct rb_ports_base *base)
{
	struct rb_pass_bpf *pass;
	int err;

	if (base->pass)
		return 0;
	pass = rb_pass_bpf__open();
	if (!pass)
		return -errno;
	err = rb_pass_bpf__load(pass);
	if (err)
		rb_pass_bpf__destroy(pass);
	else
		base->pass = pass;
	return err;
}

int rb_port_attach_peer(struct rb_port *port)
{
	struct rb_rtnl_link peer;
	char path[PATH_MAX];
	int prog_fd, err;

	err = rb_rtnl_link(port->netif.peer_ifindex, &peer);
	if (err)
		return err;
	/* Somebody else's makes the peer take what we send just as well, if the driver runs it. */
	if (peer.xdp_prog_id && port->peer_link_fd < 0)
		return peer.xdp_native ? 0 : -EOPNOTSUPP;
	err = load_pass(port->base);
	if (err)
		return err;
	prog_fd = bpf_program__fd(port->base->pass->progs.rb_pass);
	if (port->peer_link_fd >= 0)
		return rb_link_update(port->peer_link_fd, prog_fd);
	err = rb_xdp_pin_path(port->base->pin_dir, RB_PIN_PEER, port->netif.name, path);
	if (err)
		return err;
	return rb_link_attach(prog_fd, port->netif.peer_ifindex, RB_MODE_NATIVE, path,
			      &port->peer_link_fd);
}

void rb_port_detach_peer(struct rb_port *port)
{
	rb_xdp_pin_drop(port->base->pin_dir, RB_PIN_PEER, port->netif.name, &port->peer_link_fd);
}
