/* SPDX-License-Identifier: BSD-2-Clause */
/* All served interfaces together: opened, attached, watched, detached. */
#include "datapath/xdp.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "datapath/attach.h"
#include "datapath/board.h"
#include "datapath/caps.h"
#include "datapath/counters.h"
#include "datapath/detach.h"
#include "datapath/follow.h"
#include "datapath/maps.h"
#include "datapath/pins.h"
#include "datapath/port_sockets.h"
#include "datapath/sockets.h"
#include "datapath/state.h"
#include "datapath/steering.h"
#include "datapath/watch.h"
#include "skel/pass.skel.h"
#include "util/cleanup.h"
#include "util/log.h"

#define ERRNO_MAX     4095
#define ARRIVAL_US    10000
#define QUEUE_WAIT_MS 20 /* between two looks whether a queue is free by now */

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

/* Access rules, pins and the ring of refreshes, which another configuration may come to need. */
static int open_maps(struct rb_xdp *xdp, const struct rb_acl *acl)
{
	struct rb_program_base *programs = &xdp->base.programs;
	int err = rb_xdp_maps_open(programs, xdp->pin_dir);

	if (err == -EPERM)
		return log_forbidden(err);
	if (!err)
		err = rb_acl_load(acl, programs->acl_fd, programs->knobs.acl_epoch);
	if (!err)
		err = rb_refreshes_open(programs->refreshes_fd, programs->logged_fd,
					&xdp->refreshes);
	return err;
}

static int xdp_new(const struct rb_config *config, struct rb_table *table, const struct rb_acl *acl,
		   struct rb_xdp **ret_xdp)
{
	_cleanup_(xdp_closep) struct rb_xdp *xdp = calloc(1, sizeof(*xdp));
	int err;

	if (!xdp)
		return -ENOMEM;
	xdp->changes_fd = -1;
	xdp->base.programs = (struct rb_program_base){
		.table = table,
		.knobs.acl_epoch = 1,
		.refreshes_fd = -1,
		.logged_fd = -1,
		.counters_fd = -1,
		.acl_fd = -1,
	};
	rb_program_configure(&xdp->base.programs, config, rb_acl_is_open(acl));
	xdp->base.xsk = rb_sockets_opts(config);
	xdp->pin_dir = strdup(config->pin_dir);
	if (!xdp->pin_dir)
		return -ENOMEM;
	xdp->base.pin_dir = xdp->pin_dir;
	err = rb_board_new(&xdp->board);
	if (!err && config->xdp_steer)
		err = rb_steering_new(RB_STEER_DIR, xdp->pin_dir, &xdp->steering);
	if (!err)
		*ret_xdp = TAKE_PTR(xdp);
	return err;
}

int rb_xdp_open(const struct rb_config *config, struct rb_table *table, const struct rb_acl *acl,
		struct rb_xdp **ret_xdp)
{
	_cleanup_(xdp_closep) struct rb_xdp *xdp = NULL;
	int err;

	if (!table->in_kernel)
		return log_no_table(config->pin_dir);
	rb_program_log_libbpf();
	err = xdp_new(config, table, acl, &xdp);
	if (!err)
		err = open_maps(xdp, acl);
	if (!err)
		err = rb_follow_open(xdp, config);
	if (err)
		return err;
	*ret_xdp = TAKE_PTR(xdp);
	return 0;
}

/* One interface's failure is no other's; a kernel that refuses us refuses all. */
int rb_xdp_load(struct rb_xdp *xdp)
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

bool rb_xdp_loaded(const struct rb_xdp *xdp, uint32_t port, struct rb_xdp_loaded *ret_loaded)
{
	if (port >= xdp->port_count)
		return false;
	*ret_loaded = (struct rb_xdp_loaded){
		.attach = xdp->ports[port].program.attach,
		.program_fd = xdp->ports[port].program.fd,
		.xsks_fd = xdp->ports[port].xsks_fd,
	};
	return true;
}

void rb_xdp_take_loaded(struct rb_xdp *xdp, uint32_t port, const struct rb_xdp_loaded *loaded)
{
	struct rb_program program = {.fd = loaded->program_fd, .attach = loaded->attach};
	int xsks_fd = loaded->xsks_fd;

	if (port < xdp->port_count && xdp->ports[port].program.fd < 0 &&
	    xdp->ports[port].xsks_fd < 0) {
		xdp->ports[port].program = program;
		xdp->ports[port].xsks_fd = xsks_fd;
		return;
	}
	rb_closep(&program.fd);
	rb_closep(&xsks_fd);
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

static int attach(struct rb_xdp *xdp)
{
	int err = rb_xdp_pins_detach(xdp->pin_dir, serves_link, xdp);

	if (err < 0)
		return err;
	/* What a predecessor that was killed left. */
	rb_steering_undo(RB_STEER_DIR, xdp->pin_dir);
	return rb_xdp_maps_pin(&xdp->base.programs, xdp->pin_dir);
}

/* Those that could have sockets are settled once more, with a server that takes them. */
static void plan_sockets(struct rb_xdp *xdp)
{
	for (size_t i = 0; i < xdp->port_count; i++) {
		struct rb_port *port = &xdp->ports[i];

		if (port->health.state != RB_PORT_ABSENT && port->plan.best.use_xsk)
			rb_port_happens(&port->health, RB_PORT_PLAN);
	}
}

int rb_xdp_serve(struct rb_xdp *xdp, const struct rb_xdp_receiver *receiver)
{
	int err = xdp->is_attached ? 0 : attach(xdp);

	if (err)
		return err;
	xdp->base.receiver = *receiver;
	if (xdp->is_attached)
		plan_sockets(xdp);
	xdp->is_attached = true;
	rb_follow_settle(xdp);
	rb_follow(xdp);
	rb_board_write(xdp->board, xdp);
	return 0;
}

void rb_xdp_mapped(struct rb_xdp *xdp, uint32_t id, int result)
{
	if (result > 0 || result < -ERRNO_MAX)
		result = -EPROTO;
	for (size_t i = 0; i < xdp->port_count; i++) {
		if (rb_port_socket_mapped(&xdp->ports[i], id, result))
			continue;
		rb_port_conclude(&xdp->ports[i]);
		break;
	}
	rb_board_write(xdp->board, xdp);
}

void rb_xdp_unserve(struct rb_xdp *xdp)
{
	xdp->base.receiver = (struct rb_xdp_receiver){0};
	for (size_t i = 0; i < xdp->port_count; i++)
		rb_port_close_sockets(&xdp->ports[i], RB_SOCKETS_LEFT);
	rb_board_write(xdp->board, xdp);
}

/*
 * A program that was running has its packets delivered at the end of its turn, all of which is a
 * critical section of RCU. Where the kernel has no such barrier (CPUs without a tick), one that a
 * busy host takes away from its guest for longer than this is rare.
 */
void rb_xdp_await_arrivals(void)
{
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(ARRIVAL_US);
}

void rb_xdp_hold(struct rb_xdp *xdp)
{
	for (size_t i = 0; i < xdp->port_count; i++)
		rb_port_unmap_sockets(&xdp->ports[i]);
}

void rb_xdp_release(struct rb_xdp *xdp)
{
	for (size_t i = 0; i < xdp->port_count; i++)
		if (rb_port_map_sockets(&xdp->ports[i]))
			rb_port_outdate(&xdp->ports[i]);
}

int rb_xdp_patience_ms(const struct rb_xdp *xdp)
{
	if (xdp->is_attached && xdp->is_unsettled)
		return 0;
	for (size_t i = 0; i < xdp->port_count; i++)
		if (rb_port_waits_for_queues(&xdp->ports[i]))
			return QUEUE_WAIT_MS;
	return -1;
}

void rb_xdp_go_on(struct rb_xdp *xdp)
{
	if (rb_xdp_patience_ms(xdp) < 0)
		return;
	if (xdp->is_attached && xdp->is_unsettled)
		rb_follow_settle(xdp);
	for (size_t i = 0; i < xdp->port_count; i++) {
		if (!rb_port_waits_for_queues(&xdp->ports[i]))
			continue;
		rb_port_bind_sockets(&xdp->ports[i]);
		rb_port_conclude(&xdp->ports[i]);
	}
	rb_board_write(xdp->board, xdp);
}

void rb_xdp_watch(struct rb_xdp *xdp)
{
	struct rb_counts counts = {0};
	size_t i;

	/* What a predecessor left is its own until a server has come. */
	if (!xdp->is_attached)
		return;
	rb_follow(xdp);
	/* Without them replies are proven to leave more often than need be. */
	rb_counters_read(xdp->base.programs.counters_fd, &counts);
	for (i = 0; i < xdp->port_count; i++)
		rb_port_watch(&xdp->ports[i], rb_counters_of(&counts));
	rb_follow_settle(xdp);
	rb_board_write(xdp->board, xdp);
}

void rb_xdp_detach(struct rb_xdp *xdp)
{
	size_t i;
	int err;

	xdp->is_attached = false;
	for (i = 0; i < xdp->port_count; i++)
		rb_port_detach(&xdp->ports[i]);
	err = rb_xdp_detach_pinned(xdp->pin_dir);
	if (err < 0)
		rb_log_warn("%s: cannot remove what is pinned there (%s)", xdp->pin_dir,
			    strerror(-err));
	rb_board_write(xdp->board, xdp);
}

void rb_xdp_close(struct rb_xdp *xdp)
{
	if (!xdp)
		return;
	rb_follow_close(xdp);
	rb_steering_free(xdp->steering);
	rb_pass_bpf__destroy(xdp->base.pass);
	rb_refreshes_close(xdp->refreshes);
	rb_board_free(xdp->board);
	rb_xdp_maps_close(&xdp->base.programs);
	free(xdp->pin_dir);
	free(xdp);
}

/* The keeper's server, and its maps, are not ours to take anything from. */
static void forget_others(struct rb_xdp *xdp)
{
	xdp->base.receiver = (struct rb_xdp_receiver){0};
	for (size_t i = 0; i < xdp->port_count; i++) {
		rb_closep(&xdp->ports[i].xsks_fd);
		xdp->ports[i].xsks_fd = -1;
	}
}

int rb_xdp_leave(struct rb_xdp *xdp, struct rb_xdp_shared *ret_shared)
{
	int err = rb_board_share(xdp->board);

	/* libbpf asks the system for it once, while it may. */
	(void)libbpf_num_possible_cpus();
	if (!err)
		*ret_shared = (struct rb_xdp_shared){
			.board = TAKE_PTR(xdp->board),
			.refreshes = TAKE_PTR(xdp->refreshes),
			.counters_fd = TAKE_FD(xdp->base.programs.counters_fd),
		};
	forget_others(xdp);
	rb_xdp_close(xdp);
	return err;
}

void rb_xdp_shared_close(struct rb_xdp_shared *shared)
{
	if (!shared->board)
		return;
	rb_board_free(shared->board);
	rb_refreshes_close(shared->refreshes);
	rb_closep(&shared->counters_fd);
	shared->board = NULL;
}
