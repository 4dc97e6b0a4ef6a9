/* SPDX-License-Identifier: BSD-2-Clause */
/* All served interfaces together: opened, attached, watched, detached. */
#include "datapath/xdp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/attach.h"
#include "datapath/caps.h"
#include "datapath/counters.h"
#include "datapath/detach.h"
#include "datapath/follow.h"
#include "datapath/maps.h"
#include "datapath/pins.h"
#include "datapath/sockets.h"
#include "datapath/state.h"
#include "datapath/steering.h"
#include "datapath/watch.h"
#include "skel/pass.skel.h"
#include "util/cleanup.h"
#include "util/log.h"

static void xdp_closep(struct rb_xdp **xdp)
{
	rb_xdp_close(*xdp);
}

static int log_forbidden(int err)
{
	char missing[RB_CAPS_TEXT];

	rb_caps_missing(missing);
	if (missing[0])
		rb_log_warn("XDP is not available, missing: %s", missing);
	else
		rb_log_warn("XDP is not available: the kernel refuses bpf(), which works in the "
			    "initial user namespace and without kernel lockdown alone");
	return err;
}

/* The verifier refuses some of what it takes of the privileged: not a fault of the program. */
static bool lacks_privileges(void)
{
	char missing[RB_CAPS_TEXT];

	rb_caps_missing(missing);
	return missing[0];
}

/* The table fell back to plain memory, which XDP cannot read. */
static int log_no_table(const char *pin_dir)
{
	char missing[RB_CAPS_TEXT];

	rb_caps_missing(missing);
	if (missing[0])
		return log_forbidden(-EPERM);
	rb_log_warn("XDP is not available: the hot table is not in BPF maps. Is %s in a bpffs?",
		    pin_dir);
	return -EPERM;
}

/* One interface's failure is no other's; a kernel that refuses us refuses all. */
static int prepare(struct rb_xdp *xdp)
{
	size_t i;

	for (i = 0; i < xdp->port_count; i++) {
		int err = 0;

		if (xdp->ports[i].health.state == RB_PORT_PLANNED)
			err = rb_port_prepare(&xdp->ports[i]);
		if (err == -EPERM || (err == -EACCES && lacks_privileges()))
			return log_forbidden(err);
	}
	return 0;
}

int rb_xdp_refresh_fd(const struct rb_xdp *xdp)
{
	return xdp->refreshes ? rb_refreshes_fd(xdp->refreshes) : -1;
}

void rb_xdp_refreshes(struct rb_xdp *xdp, rb_refresh_fn *ask, void *context)
{
	if (xdp->refreshes)
		rb_refreshes_read(xdp->refreshes, ask, context);
}

size_t rb_xdp_sockets(const struct rb_xdp *xdp, unsigned int worker, struct rb_xsk ***ret_sockets)
{
	if (worker >= xdp->base.assignment.workers)
		return 0;
	*ret_sockets = xdp->base.assignment.lists[worker].sockets;
	return xdp->base.assignment.lists[worker].count;
}

void rb_xdp_set_assigner(struct rb_xdp *xdp, const struct rb_xdp_assigner *assigner)
{
	xdp->base.assignment.assigner = *assigner;
	xdp->base.assignment.time = RB_ASSIGN_NOW;
}

/* Access rules, pins and the ring of refreshes. */
static int open_maps(struct rb_xdp *xdp)
{
	struct rb_program_base *programs = &xdp->base.programs;
	int err = rb_xdp_maps_open(programs, xdp->pin_dir);

	if (err == -EPERM)
		return log_forbidden(err);
	if (!err)
		err = rb_acl_load(xdp->acl, programs->acl_fd, programs->knobs.acl_epoch);
	if (!err && (programs->knobs.prefetch || programs->knobs.stale_ns))
		err = rb_refreshes_open(programs->refreshes_fd, &xdp->refreshes);
	return err;
}

static int xdp_new(const struct rb_config *config, struct rb_table *table, const struct rb_acl *acl,
		   unsigned int workers, struct rb_xdp **ret_xdp)
{
	_cleanup_(xdp_closep) struct rb_xdp *xdp = calloc(1, sizeof(*xdp));
	int err;

	if (!xdp)
		return -ENOMEM;
	xdp->changes_fd = -1;
	xdp->acl = acl;
	xdp->base.programs = (struct rb_program_base){
		.table = table,
		.knobs.acl_epoch = 1,
		.refreshes_fd = -1,
		.counters_fd = -1,
		.acl_fd = -1,
	};
	rb_program_configure(&xdp->base.programs, config, rb_acl_is_open(acl));
	xdp->base.xsk = rb_sockets_opts(config);
	xdp->pin_dir = strdup(config->pin_dir);
	if (!xdp->pin_dir)
		return -ENOMEM;
	xdp->base.pin_dir = xdp->pin_dir;
	err = rb_assign_open(&xdp->base.assignment, workers);
	if (!err && config->xdp_steer)
		err = rb_steering_new(RB_STEER_DIR, xdp->pin_dir, &xdp->steering);
	if (!err)
		*ret_xdp = TAKE_PTR(xdp);
	return err;
}

int rb_xdp_open(const struct rb_config *config, struct rb_table *table, const struct rb_acl *acl,
		unsigned int workers, struct rb_xdp **ret_xdp)
{
	_cleanup_(xdp_closep) struct rb_xdp *xdp = NULL;
	int err;

	if (!table->in_kernel)
		return log_no_table(config->pin_dir);
	rb_program_log_libbpf();
	err = xdp_new(config, table, acl, workers, &xdp);
	if (!err)
		err = open_maps(xdp);
	if (!err)
		err = rb_follow_open(xdp, config);
	if (!err)
		err = prepare(xdp);
	if (err)
		return err;
	xdp->base.assignment.time = RB_ASSIGN_NEVER;
	*ret_xdp = TAKE_PTR(xdp);
	return 0;
}

/* Links of interfaces that are not served any more are not kept. */
static bool serves_link(const char *name, const void *context)
{
	const struct rb_xdp *xdp = context;
	size_t i;

	for (i = 0; i < xdp->port_count; i++) {
		const struct rb_port *port = &xdp->ports[i];

		if (rb_xdp_pin_is(name, RB_PIN_LINK, port->netif.name))
			return port->health.state != RB_PORT_ABSENT;
		if (rb_xdp_pin_is(name, RB_PIN_PEER, port->netif.name))
			return port->peer_link_fd >= 0;
	}
	return false;
}

int rb_xdp_attach(struct rb_xdp *xdp)
{
	int err = rb_xdp_pins_detach(xdp->pin_dir, serves_link, xdp);

	if (err < 0)
		return err;
	/* What a predecessor that was killed left. */
	rb_steering_undo(RB_STEER_DIR, xdp->pin_dir);
	err = rb_xdp_maps_pin(&xdp->base.programs, xdp->pin_dir);
	if (err)
		return err;
	rb_follow_settle(xdp);
	rb_follow(xdp);
	return 0;
}

void rb_xdp_watch(struct rb_xdp *xdp)
{
	uint64_t counters[RB_COUNTER_COUNT] = {0};
	size_t i;

	rb_follow(xdp);
	/* Without them replies are proven to leave more often than need be. */
	rb_counters_read(xdp->base.programs.counters_fd, counters);
	for (i = 0; i < xdp->port_count; i++)
		rb_port_watch(&xdp->ports[i], counters);
	rb_follow_settle(xdp);
}

void rb_xdp_detach(struct rb_xdp *xdp)
{
	size_t i;
	int err;

	for (i = 0; i < xdp->port_count; i++)
		rb_port_detach(&xdp->ports[i]);
	err = rb_xdp_detach_pinned(xdp->pin_dir);
	if (err < 0)
		rb_log_warn("%s: cannot remove what is pinned there (%s)", xdp->pin_dir,
			    strerror(-err));
}

void rb_xdp_close(struct rb_xdp *xdp)
{
	if (!xdp)
		return;
	/* Workers are gone. */
	xdp->base.assignment.time = RB_ASSIGN_NEVER;
	rb_follow_close(xdp);
	rb_assign_close(&xdp->base.assignment);
	rb_steering_free(xdp->steering);
	rb_pass_bpf__destroy(xdp->base.pass);
	rb_refreshes_close(xdp->refreshes);
	rb_xdp_maps_close(&xdp->base.programs);
	free(xdp->pin_dir);
	free(xdp);
}
