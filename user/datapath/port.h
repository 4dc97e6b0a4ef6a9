/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A served interface with its program, its AF_XDP sockets and its links.
 *
 * Thread:   main. The sockets are their workers' between attach and close.
 * Errors:   0 or -errno. These functions log what they had to leave out, with the interface's name.
 */
#ifndef RB_DATAPATH_PORT_H
#define RB_DATAPATH_PORT_H

#include "datapath/plan.h"
#include "datapath/probe.h"
#include "datapath/program.h"
#include "datapath/xsk.h"

struct rb_pass_bpf;

/* What the ports share. */
struct rb_ports_base {
	struct rb_program_base programs;
	const char *pin_dir;
	struct rb_xsk_opts xsk;   /* of every socket, but for ifname and queue */
	struct rb_pass_bpf *pass; /* NULL until a veth needs it */
	bool sockets_dealt;       /* workers have theirs: no other port gets AF_XDP */
};

struct rb_port {
	struct rb_ports_base *base;
	struct rb_netif netif; /* foreign_prog_id, peer_prog_id: without programs of our own */
	struct rb_plan plan;
	struct rb_way way; /* in force, or to be */
	struct rb_program program;
	struct rb_xsk **sockets;
	size_t socket_count;
	int link_fd;            /* -1: not attached */
	enum rb_mode link_mode; /* of link_fd */
	int peer_link_fd;       /* the pass program's, -1: none of ours */
	struct rb_probe *probe; /* NULL: plan.needs_probe is not set */
	uint64_t sent;          /* by the device's counter, when last watched */
	uint64_t replies;       /* by the programs' counters, when last watched */
	bool lost;              /* somebody detached our program: left alone until a restart */
	size_t steered;         /* ntuple rules of the card, for the queues of sockets */
	bool idle;              /* nothing is attached: the interface or its addresses are gone */
	bool changed;           /* planned anew, not yet attached */
	bool fresh;             /* the program is the one that was planned */
	bool sockets_dead;      /* their device was deleted */
	bool refuses_native;    /* and has VLANs, which want it: attaching failed for that */
};

/* Find what is pinned, decide, open sockets, load. -ENOTSUP: nothing to be done on this interface.
 */
int rb_port_open(struct rb_ports_base *base, const struct rb_netif *netif,
		 struct rb_port *ret_port);

/* Attach, or take the pinned link over. */
int rb_port_attach(struct rb_port *port);

/* The interface is as given now: plan again. -ENOTSUP: nothing to be done on it any more. */
int rb_port_replan(struct rb_port *port, const struct rb_netif *netif);

/* Attach anew, or replace the attached program without a gap, by the plan in force. */
int rb_port_renew(struct rb_port *port);

/* Detach, and log what went: the interface or its served addresses. Can be planned anew. */
void rb_port_retire(struct rb_port *port);

/* See whether replies leave; step down, or up again. counters: of all programs now. */
void rb_port_watch(struct rb_port *port, const uint64_t counters[RB_COUNTER_COUNT]);

/* Detach and unpin. */
void rb_port_detach(struct rb_port *port);

/* Its AF_XDP sockets, which no worker may have any more: misses come by socket from the next
 * program on. */
void rb_port_close_sockets(struct rb_port *port);

/* Free; what is attached and pinned stays. */
void rb_port_close(struct rb_port *port);

/* Bring the program into the way given, through the link in force where there is one. */
int rb_port_apply(struct rb_port *port, struct rb_way way);

/* Decide on plan and way, with a probe where that is needed. -ENOTSUP: nothing to be done. */
int rb_port_plan(struct rb_port *port);

/* Detach one of its links, by the prefix of its pin; it is -1 then. */
void rb_port_detach_link(const struct rb_port *port, const char *prefix, int *link_fd);

/* Take the pass program from the peer, where it is ours. */
void rb_port_detach_peer(struct rb_port *port);

/* Make the peer able to take what XDP_TX sends; 0 where it has a program already. */
int rb_port_attach_peer(struct rb_port *port);

#endif
