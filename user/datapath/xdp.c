/* SPDX-License-Identifier: BSD-2-Clause */
/* All served interfaces together: opened, attached, watched, detached. */
#include "datapath/xdp.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "datapath/caps.h"
#include "datapath/counters.h"
#include "datapath/pins.h"
#include "datapath/port.h"
#include "datapath/sockets.h"
#include "datapath/state.h"
#include "datapath/steering.h"
#include "netif/netif.h"
#include "skel/pass.skel.h"
#include "table/pins.h"
#include "util/cleanup.h"
#include "util/log.h"

/* What rb_xdp_refreshes() was called with, on its way through libbpf. */
struct refresh_call {
	void (*ask)(struct rb_table_place place, void *context);
	void *context;
};

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
static int open_port(struct rb_xdp *xdp, const struct rb_netif *netif)
{
	int err = rb_port_open(&xdp->base, netif, &xdp->ports[xdp->port_count]);

	if (err == -EPERM || (err == -EACCES && lacks_privileges()))
		return log_forbidden(err);
	if (!err)
		xdp->port_count++;
	else if (err != -ENOTSUP)
		rb_log_error("%s: no XDP (%s); served by sockets. A higher 'verbosity:' shows "
			     "what the kernel said.",
			     netif->name, strerror(-err));
	return 0;
}

static bool serves_natively(const struct rb_xdp *xdp, int ifindex)
{
	size_t i;

	for (i = 0; i < xdp->port_count; i++) {
		if (xdp->ports[i].netif.ifindex == ifindex)
			return !xdp->ports[i].idle && xdp->ports[i].way.mode == RB_MODE_NATIVE;
	}
	return false;
}

void rb_xdp_excuse_peers(struct rb_xdp *xdp)
{
	struct rb_plan plan;
	size_t i;

	for (i = 0; i < xdp->port_count; i++) {
		struct rb_port *port = &xdp->ports[i];

		if (port->idle)
			continue;
		rb_plan_make(&port->netif, &plan);
		if (plan.needs_peer && serves_natively(xdp, port->netif.peer_ifindex))
			plan.needs_peer = false;
		/* The peer is served no more: it needs the pass program from now on. */
		if (plan.needs_peer && !port->plan.needs_peer)
			port->changed = true;
		port->plan.needs_peer = plan.needs_peer;
	}
}

static int open_ports(struct rb_xdp *xdp, const struct rb_config *config)
{
	_cleanup_free_ struct rb_netif *netifs = NULL;
	_cleanup_free_ size_t *missing = NULL;
	size_t count, missing_count, i;
	int err;

	err = rb_trunk_find(config, &xdp->refusals, &netifs, &count, &missing, &missing_count);
	if (err)
		return err;
	xdp->ports = calloc(count + 1, sizeof(*xdp->ports));
	if (!xdp->ports)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		err = open_port(xdp, &netifs[i]);
		if (err)
			return err;
	}
	rb_xdp_excuse_peers(xdp);
	return rb_xdp_follow_open(xdp, config, &netifs, count, missing, missing_count);
}

/*
 * The programs that a predecessor left attached go on with its own trie until they are replaced, so
 * that rules of two configurations never mix.
 */
static int pin_maps(const struct rb_xdp *xdp)
{
	const struct {
		const char *name;
		int fd;
	} maps[] = {{"rb_counters", xdp->base.programs.counters_fd},
		    {"rb_acl", xdp->base.programs.acl_fd}};
	char path[PATH_MAX];
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(maps); i++) {
		err = rb_pins_path(xdp->pin_dir, maps[i].name, path);
		if (err)
			return err;
		unlink(path);
		err = bpf_obj_pin(maps[i].fd, path);
		if (err)
			return err;
	}
	return 0;
}

/* Called by libbpf for each event of the ring. */
static int on_refresh(void *context, void *data, size_t bytes)
{
	const struct refresh_call *call = *(const struct refresh_call **)context;
	const struct rb_refresh *refresh = data;

	if (bytes >= sizeof(*refresh) && refresh->class < RB_CLASSES)
		call->ask((struct rb_table_place){.class = refresh->class, .index = refresh->index},
			  call->context);
	return 0;
}

int rb_xdp_open_refreshes(struct rb_xdp *xdp)
{
	const struct rb_program_base *programs = &xdp->base.programs;

	if (xdp->refreshes || programs->refreshes_fd < 0 ||
	    (!programs->prefetch && !programs->stale_ns))
		return 0;
	xdp->refreshes = ring_buffer__new(xdp->base.programs.refreshes_fd, on_refresh,
					  &xdp->refresh_call, NULL);
	return xdp->refreshes ? 0 : -errno;
}

int rb_xdp_refresh_fd(const struct rb_xdp *xdp)
{
	return xdp->refreshes ? ring_buffer__epoll_fd(xdp->refreshes) : -1;
}

void rb_xdp_refreshes(struct rb_xdp *xdp, void (*ask)(struct rb_table_place place, void *context),
		      void *context)
{
	const struct refresh_call call = {.ask = ask, .context = context};

	if (!xdp->refreshes)
		return;
	xdp->refresh_call = &call;
	ring_buffer__consume(xdp->refreshes);
	xdp->refresh_call = NULL;
}

void rb_xdp_configure(struct rb_program_base *programs, const struct rb_config *config,
		      const struct rb_acl *acl)
{
	programs->edns_size = config->edns_buffer_size;
	programs->max_udp_size = config->max_udp_size;
	programs->ede_said = rb_config_ede_said(config);
	programs->acl_open = rb_acl_is_open(acl);
	programs->prefetch = config->prefetch;
	programs->stale_ns = config->serve_expired_client_timeout_ms ? 0
								     : rb_config_stale_ns(config);
	programs->stale_ttl_s = config->serve_expired_reply_ttl_s;
}

int rb_xdp_share_maps(struct rb_xdp *xdp)
{
	const struct rb_program_base *programs = &xdp->base.programs;
	int err = rb_acl_load(xdp->acl, programs->acl_fd, programs->acl_epoch);

	return err ? err : pin_maps(xdp);
}

int rb_xdp_open(const struct rb_config *config, struct rb_table *table, const struct rb_acl *acl,
		unsigned int workers, struct rb_xdp **ret_xdp)
{
	_cleanup_(xdp_closep) struct rb_xdp *xdp = calloc(1, sizeof(*xdp));
	struct rb_program_base *programs;
	char path[PATH_MAX];
	int err;

	if (!xdp)
		return -ENOMEM;
	xdp->changes_fd = -1;
	programs = &xdp->base.programs;
	*programs = (struct rb_program_base){
		.table = table,
		.acl_epoch = 1,
		.refreshes_fd = -1,
		.counters_fd = -1,
		.acl_fd = -1,
	};
	rb_xdp_configure(programs, config, acl);
	if (!table->in_kernel)
		return log_no_table(config->pin_dir);
	xdp->acl = acl;
	xdp->workers = workers ? workers : 1;
	xdp->pin_dir = strdup(config->pin_dir);
	if (!xdp->pin_dir)
		return -ENOMEM;
	xdp->base.pin_dir = xdp->pin_dir;
	xdp->base.xsk = rb_sockets_opts(config);
	rb_program_log_libbpf();
	err = rb_pins_path(xdp->pin_dir, "rb_counters", path);
	if (err)
		return err;
	err = rb_program_counters_adopt(path, &programs->counters_fd);
	if (err == -EPERM)
		return log_forbidden(err);
	err = open_ports(xdp, config);
	if (!err)
		err = rb_xdp_deal_open(xdp);
	if (!err && xdp->port_count)
		err = rb_acl_load(acl, programs->acl_fd, programs->acl_epoch);
	if (!err)
		err = rb_xdp_open_refreshes(xdp);
	if (!err && config->xdp_steer)
		err = rb_steering_new(RB_STEER_DIR, xdp->pin_dir, &xdp->steering);
	if (err)
		return err;
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
			return true;
		if (rb_xdp_pin_is(name, RB_PIN_PEER, port->netif.name))
			return port->peer_link_fd >= 0;
	}
	return false;
}

int rb_xdp_attach(struct rb_xdp *xdp)
{
	int err, attach_err;
	size_t i;

	err = rb_xdp_pins_detach(xdp->pin_dir, serves_link, xdp);
	if (err < 0)
		return err;
	/* What a predecessor that was killed left. */
	rb_steering_undo(RB_STEER_DIR, xdp->pin_dir);
	if (!xdp->port_count)
		return 0;
	err = pin_maps(xdp);
	if (err)
		return err;
	for (i = 0; i < xdp->port_count; i++) {
		attach_err = rb_port_attach(&xdp->ports[i]);
		if (attach_err && xdp->ports[i].refuses_native)
			rb_xdp_look_again(xdp, &xdp->ports[i]);
		else if (attach_err)
			rb_log_error("%s: XDP cannot be attached (%s); served by sockets",
				     xdp->ports[i].netif.name, strerror(-attach_err));
	}
	if (xdp->looks_again)
		rb_xdp_follow(xdp);
	rb_steering_update(xdp->steering, xdp->ports, xdp->port_count);
	return 0;
}

void rb_xdp_watch(struct rb_xdp *xdp)
{
	uint64_t counters[RB_COUNTER_COUNT];
	size_t i;

	rb_xdp_follow(xdp);
	if (!xdp->port_count || rb_counters_read(xdp->base.programs.counters_fd, counters))
		return;
	for (i = 0; i < xdp->port_count; i++)
		rb_port_watch(&xdp->ports[i], counters);
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
	size_t i;

	if (!xdp)
		return;
	for (i = 0; i < xdp->port_count; i++)
		rb_port_close(&xdp->ports[i]);
	free(xdp->ports);
	rb_xdp_follow_close(xdp);
	rb_steering_free(xdp->steering);
	rb_xdp_deal_close(xdp);
	rb_pass_bpf__destroy(xdp->base.pass);
	ring_buffer__free(xdp->refreshes);
	rb_closep(&xdp->base.programs.refreshes_fd);
	rb_closep(&xdp->base.programs.counters_fd);
	rb_closep(&xdp->base.programs.acl_fd);
	free(xdp->pin_dir);
	free(xdp);
}
