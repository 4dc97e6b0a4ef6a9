/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The datapath's state. Private to user/datapath.
 *
 * Thread: the keeper's only one.
 */
#ifndef RB_DATAPATH_STATE_H
#define RB_DATAPATH_STATE_H

#include "config/config.h"
#include "datapath/board.h"
#include "datapath/port.h"
#include "datapath/refreshes.h"
#include "datapath/trunk.h"

struct rb_steering;

struct rb_xdp {
	char *pin_dir;
	struct rb_ports_base base;
	struct rb_port *ports; /* one for each served interface, including those without XDP */
	size_t port_count;
	struct rb_refreshes *refreshes;
	struct rb_board *board;
	bool is_attached;             /* a server has run */
	struct rb_served followed;    /* the addresses that have sockets; we own the list */
	struct rb_steering *steering; /* NULL: xdp-steer is off */
	int changes_fd;               /* of rtnetlink; -1: not following */
	struct rb_refusals refusals;
	bool is_unsettled; /* some plans are not in force yet, for lack of time */
	bool needs_look;   /* a plan turned out not to work, or the configuration changed */
};

#endif
