/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A served interface with its plan, its program, its AF_XDP sockets and its links: how it is
 * created, changed and removed. attach.h puts the plan in force, and watch.h watches it.
 *
 * Thread:   the keeper's only one.
 * Errors:   0 or -errno. These functions log what they decide, with the interface's name.
 */
#ifndef RB_DATAPATH_PORT_H
#define RB_DATAPATH_PORT_H

#include "datapath/plan.h"
#include "datapath/port_state.h"
#include "datapath/probe.h"
#include "datapath/program.h"
#include "datapath/receiver.h"
#include "xsk/make.h"

struct rb_pass_bpf;

enum rb_port_socket_state {
	RB_SOCKET_GIVEN,  /* the server is expected to map it */
	RB_SOCKET_MAPPED, /* ready to bind, but the queue still has another socket */
	RB_SOCKET_BOUND,
};

struct rb_port_socket {
	uint32_t id; /* the server's name for it */
	enum rb_port_socket_state state;
	uint64_t mapped_ns; /* of rb_clock_ns() */
	struct rb_xsk_parts parts;
};

/* Queues that lack the socket that they should have. */
struct rb_port_missing {
	uint32_t count;
	uint32_t queue; /* the first, and why */
	int err;
};

/* What the ports share. */
struct rb_ports_base {
	struct rb_program_base programs;
	const char *pin_dir;
	struct rb_xsk_opts xsk;          /* of every socket, except ifname and queue */
	struct rb_pass_bpf *pass;        /* NULL until a veth needs it */
	struct rb_xdp_receiver receiver; /* give is NULL: no server runs */
	uint32_t next_id;                /* of a socket */
};

struct rb_port {
	struct rb_ports_base *base;
	struct rb_netif netif; /* foreign_prog_id, peer_prog_id: do not count our own programs */
	struct rb_plan plan;
	struct rb_port_health health;
	/*
	 * For the current interface and configuration. Not loaded: what the link runs is out of
	 * date.
	 */
	struct rb_program program;
	struct rb_port_socket *sockets;
	size_t socket_count;
	struct rb_port_missing missing;
	int xsks_fd;            /* the programs' map of them; -1: none yet */
	int link_fd;            /* -1: not attached */
	enum rb_mode link_mode; /* of link_fd */
	int peer_link_fd;       /* the pass program's, -1: none of ours */
	struct rb_probe *probe; /* NULL: plan.needs_probe is not set, or it cannot be had */
	uint64_t sent;          /* by the device's counter, when last watched */
	uint64_t replies;       /* by the programs' counters, when last watched */
	size_t steered;         /* ntuple rules of the card, for the queues of sockets */
};

/* Plan, and find what a predecessor left pinned. Whether there is a plan is in health.state. */
void rb_port_open(struct rb_port *port, struct rb_ports_base *base, const struct rb_netif *netif);

/* The interface is as given now: plan again. */
void rb_port_replan(struct rb_port *port, const struct rb_netif *netif);

/* Whether it is another case than the port's, so that it has to be planned again. */
bool rb_port_has_changed(const struct rb_port *port, const struct rb_netif *netif);

/* Somebody detached its program. */
void rb_port_lose(struct rb_port *port);

/* Its program has to be loaded anew, by another configuration. */
void rb_port_outdate(struct rb_port *port);

/* Detach and unpin. */
void rb_port_detach(struct rb_port *port);

/* Detach, and log what went: the interface or its served addresses. */
void rb_port_leave(struct rb_port *port);

/* Free; what is attached and pinned stays. */
void rb_port_close(struct rb_port *port);

/* Whether a program of ours runs there; how packets come and go then. */
static inline bool rb_port_runs(const struct rb_port *port)
{
	return port->link_fd >= 0 && port->health.state != RB_PORT_LOST;
}

static inline struct rb_attach_mode rb_port_mode(const struct rb_port *port)
{
	return rb_port_runs(port) ? port->program.attach
				  : (struct rb_attach_mode){.mode = RB_MODE_NONE};
}

#endif
