/* SPDX-License-Identifier: BSD-2-Clause */
/* From plan to program and link. */
#include "datapath/attach.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "datapath/caps.h"
#include "datapath/link.h"
#include "datapath/peer.h"
#include "datapath/pins.h"
#include "datapath/port_sockets.h"
#include "netif/rtnl.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

/* Said once; later only if it is for another reason. */
static __attribute__((format(printf, 3, 4))) void degrade(struct rb_port *port, enum rb_retry retry,
							  const char *format, ...)
{
	char why[RB_PORT_WHY];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	if (rb_port_degrade(&port->health, retry, rb_clock_ns(), why))
		rb_log_warn("%s: %s", port->netif.name, why);
}

static void log_attached(const struct rb_port *port)
{
	struct rb_attach_mode attach = port->program.attach;
	unsigned int i;

	rb_log_notice("%s: %s XDP, replies by %s, misses by %s", port->netif.name,
		      rb_mode_name(attach.mode), rb_egress_name(attach.egress),
		      attach.use_xsk && !rb_port_lacks_sockets(port) ? "AF_XDP" : "socket");
	for (i = 0; i < port->netif.vlan_count; i++)
		rb_log_notice("%s: answers what comes for %s too", port->netif.name,
			      port->netif.vlan_names[i]);
	if (port->netif.locals_dropped)
		rb_log_warn("%s: %u of its addresses are more than XDP serves (%d per family); "
			    "served by sockets",
			    port->netif.name, port->netif.locals_dropped, RB_LOCALS_MAX);
}

static void whole(struct rb_port *port)
{
	bool was_degraded = port->health.since;

	rb_port_happens(&port->health, RB_PORT_WHOLE);
	if (was_degraded)
		rb_log_notice("%s: runs as planned again", port->netif.name);
}

/* --- program and link --------------------------------------------------------------------------
 */

static bool attach_same(struct rb_attach_mode a, struct rb_attach_mode b)
{
	return a.mode == b.mode && a.egress == b.egress && a.use_xsk == b.use_xsk;
}

/* Have a program for that mode. Where it cannot be loaded the one that is there stays. */
static int load(struct rb_port *port, struct rb_attach_mode attach)
{
	struct rb_program program;
	int err;

	if (port->program.fd >= 0 && attach_same(port->program.attach, attach))
		return 0;
	err = rb_program_load(&port->base->programs, &port->netif, attach, &port->xsks_fd,
			      &program);
	if (err)
		return err;
	rb_program_unload(&port->program);
	port->program = program;
	return 0;
}

/* The link, in the program's mode, running it. */
static int link_program(struct rb_port *port)
{
	enum rb_mode mode = port->program.attach.mode;
	char path[PATH_MAX];
	int err;

	if (port->link_fd >= 0 && port->link_mode == mode) {
		err = rb_link_update(port->link_fd, port->program.fd);
	} else {
		/* The kernel does not run both modes at a time. Sockets answer meanwhile. */
		rb_xdp_pin_drop(port->base->pin_dir, RB_PIN_LINK, port->netif.name, &port->link_fd);
		err = rb_xdp_pin_path(port->base->pin_dir, RB_PIN_LINK, port->netif.name, path);
		if (!err)
			err = rb_link_attach(port->program.fd, port->netif.ifindex, mode, path,
					     &port->link_fd);
	}
	if (err)
		return err;
	port->link_mode = mode;
	if (!port->program.is_linked)
		log_attached(port);
	port->program.is_linked = true;
	return 0;
}

/* A veth with its peer here needs that peer's help; without it replies would be lost in silence. */
static int attach_native(struct rb_port *port)
{
	int err;

	if (port->plan.needs_peer) {
		err = rb_port_attach_peer(port);
		/* Somebody was faster there: that is no program on the interface itself. */
		if (err)
			return err == -EBUSY || err == -EEXIST ? -EOPNOTSUPP : err;
	}
	return link_program(port);
}

void rb_port_give_up(struct rb_port *port, int err, const char *what)
{
	rb_port_detach(port);
	degrade(port, rb_retry_of(err), "%s (%s); served by sockets", what, strerror(-err));
}

/* The mode that works on every Ethernet device. */
static int fall_back(struct rb_port *port)
{
	int err = load(port, rb_plan_fallback());

	return err ? err : link_program(port);
}

void rb_port_step_down(struct rb_port *port, const char *why)
{
	int err = fall_back(port);

	if (!err) {
		degrade(port, RB_RETRY_SOON, "%s; answering in generic mode, misses by socket",
			why);
		return;
	}
	/* Nothing must run that swallows replies: without a program the sockets have it all. */
	rb_port_detach(port);
	degrade(port, rb_retry_of(err), "%s, and generic XDP failed (%s); served by sockets", why,
		strerror(-err));
}

/* --- what is wanted now ------------------------------------------------------------------------
 */

static const char *why_unproven(const struct rb_port *port)
{
	struct rb_rtnl_link link;

	if (!rb_rtnl_link(port->netif.ifindex, &link) && !(link.flags & IFF_RUNNING))
		return "this veth or its other end is down";
	return "what XDP redirects does not leave, for the other end of this veth has GRO off "
	       "(on the host: 'ethtool -K PEER gro on'; if it is on: off and on again)";
}

/* Native only if a frame was seen to leave. */
static const char *unproven(struct rb_port *port)
{
	if (!port->plan.needs_probe)
		return NULL;
	if (!port->probe && rb_probe_new(&port->netif, &port->probe))
		return "whether what XDP redirects leaves cannot be tried";
	return rb_probe_run(port->probe) ? why_unproven(port) : NULL;
}

int rb_port_prepare(struct rb_port *port)
{
	struct rb_attach_mode attach = port->plan.best;
	int err;

	if (unproven(port) || port->health.retry_ns)
		attach = rb_plan_fallback();
	err = load(port, attach);
	return err == -EPERM || err == -EACCES ? err : 0;
}

/* --- settling ----------------------------------------------------------------------------------
 */

static void settle_generic(struct rb_port *port)
{
	int err = fall_back(port);

	if (err)
		rb_port_give_up(port, err, "generic XDP cannot be had");
	else
		whole(port);
}

/* The program is loaded, and the driver does not take it. */
static int settle_refused(struct rb_port *port, int err)
{
	bool is_final = rb_retry_of(err) == RB_RETRY_RARELY;
	char why[RB_PLAN_REFUSED];
	int fallback_err;

	if (err == -EBUSY || err == -EEXIST) {
		rb_port_give_up(port, err, "somebody else's XDP program came first");
		return 0;
	}
	rb_plan_refused(&port->netif, why);
	if (port->netif.vlan_count && is_final) {
		rb_log_warn("%s: native XDP refused (%s); its VLANs are answered on themselves, in "
			    "generic mode. Probably %s.",
			    port->netif.name, strerror(-err), why);
		rb_port_detach(port);
		return -EOPNOTSUPP;
	}
	if (port->netif.vlan_count) {
		rb_port_give_up(port, err, "native XDP cannot be had");
		return 0;
	}
	fallback_err = fall_back(port);
	if (fallback_err)
		rb_port_give_up(port, fallback_err, "neither native nor generic XDP can be had");
	else
		degrade(port, rb_retry_of(err),
			"native XDP refused (%s); answering in generic mode, misses by socket%s%s",
			strerror(-err), is_final ? ". Probably " : "", is_final ? why : "");
	return 0;
}

/* What the link runs may be out of date: another program for the interface as it is now, or none.
 */
static void settle_unloaded(struct rb_port *port, int err)
{
	if (port->link_fd >= 0 && port->program.fd >= 0 && !link_program(port))
		degrade(port, rb_retry_of(err), "its native XDP program cannot be loaded (%s)",
			strerror(-err));
	else
		rb_port_give_up(port, err, "its XDP program cannot be loaded");
}

void rb_port_conclude(struct rb_port *port)
{
	char missing[RB_PORT_WHY];
	int err;

	if (port->health.state != RB_PORT_PLANNED || !rb_port_runs(port) ||
	    port->link_mode != RB_MODE_NATIVE || rb_port_awaits_sockets(port))
		return;
	err = rb_port_missing_sockets(port, missing);
	if (err)
		degrade(port, rb_retry_of(err), "%s", missing);
	else
		whole(port);
}

static int settle_native(struct rb_port *port)
{
	int err = load(port, port->plan.best);

	if (!err && port->program.attach.use_xsk)
		err = rb_port_map_sockets(port);
	if (err) {
		settle_unloaded(port, err);
		return 0;
	}
	err = attach_native(port);
	if (err)
		return settle_refused(port, err);
	rb_port_conclude(port);
	return 0;
}

/* Native was refused a moment ago. Trying it again would leave a gap, for nothing probably. */
static bool is_spared(const struct rb_port *port)
{
	return port->health.retry_ns && !rb_port_is_due(&port->health, rb_clock_ns()) &&
	       port->link_fd >= 0 && port->link_mode == RB_MODE_GENERIC &&
	       !port->netif.vlan_count && !port->plan.needs_probe;
}

int rb_port_settle(struct rb_port *port)
{
	const char *doubt;
	int err;

	if (port->health.state == RB_PORT_ABSENT || port->health.state == RB_PORT_LOST)
		return 0;
	if (port->plan.best.mode == RB_MODE_GENERIC) {
		settle_generic(port);
		return 0;
	}
	rb_port_open_sockets(port);
	if (is_spared(port)) {
		err = fall_back(port);
		if (err)
			rb_port_give_up(port, err, "generic XDP cannot be had");
		else
			rb_port_happens(&port->health, RB_PORT_PART);
		return 0;
	}
	doubt = unproven(port);
	if (doubt) {
		rb_port_step_down(port, doubt);
		return 0;
	}
	return settle_native(port);
}
