/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the datapath keeps while it runs, for xdp.c (start and end) and follow.c (changes between).
 *
 * Thread: main.
 */
#ifndef RB_DATAPATH_STATE_H
#define RB_DATAPATH_STATE_H

#include "config/config.h"
#include "datapath/port.h"
#include "datapath/trunk.h"
#include "datapath/xdp.h"

struct refresh_call;
struct ring_buffer;
struct rb_steering;

struct rb_xdp {
	char *pin_dir;
	struct rb_ports_base base;
	struct rb_port *ports;
	size_t port_count;
	unsigned int workers;
	const struct refresh_call *refresh_call;
	struct ring_buffer *refreshes;   /* NULL: neither prefetch nor serve-expired */
	struct rb_xsk ***worker_sockets; /* by worker */
	size_t *worker_counts;
	struct rb_xdp_dealer dealer; /* give NULL: only the start deals */
	const struct rb_acl *acl;
	struct rb_config followed; /* with those listens alone that have sockets */
	struct rb_netif *seen;     /* the served interfaces when last looked at */
	size_t seen_count;
	struct rb_steering *steering; /* NULL: xdp-steer is off */
	int changes_fd;               /* of rtnetlink; -1: nothing is followed */
	struct rb_refusals refusals;
	bool looks_again; /* a plan turned out not to work, or the configuration changed */
};

/* A peer that we serve too gets a program for its own sake. */
void rb_xdp_excuse_peers(struct rb_xdp *xdp);

/* What programs are told of the configuration. */
void rb_xdp_configure(struct rb_program_base *programs, const struct rb_config *config,
		      const struct rb_acl *acl);

/* The ring by which the kernel asks for refreshes, where the programs use it. */
int rb_xdp_open_refreshes(struct rb_xdp *xdp);

/* Access rules into their map, and pins for the programs' maps: once there is a first program. */
int rb_xdp_share_maps(struct rb_xdp *xdp);

/*
 * Begin to follow the interfaces. netifs: those that were found, taken over on success; missing:
 * indexes of listens that no interface carries: without ip-freebind: they have no sockets.
 */
int rb_xdp_follow_open(struct rb_xdp *xdp, const struct rb_config *config, struct rb_netif **netifs,
		       size_t count, const size_t *missing, size_t missing_count);

/* Attach to what came, leave what went, adapt to what changed since the last call. */
void rb_xdp_follow(struct rb_xdp *xdp);

/* A port refused native XDP, without which its VLANs cannot be answered there: plan without it. */
void rb_xdp_look_again(struct rb_xdp *xdp, struct rb_port *port);

/* The sockets that are there at the start, for rb_xdp_sockets(). */
int rb_xdp_deal_open(struct rb_xdp *xdp);
void rb_xdp_deal_close(struct rb_xdp *xdp);

/* Hand a new port's sockets to the workers, or do without them. */
void rb_xdp_deal(const struct rb_xdp *xdp, struct rb_port *port);

/* Take them back and close them. false: the workers keep them until the end. */
bool rb_xdp_undeal(const struct rb_xdp *xdp, struct rb_port *port);

void rb_xdp_follow_close(struct rb_xdp *xdp);

#endif
