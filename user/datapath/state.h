/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the datapath keeps while it runs. Private to user/datapath.
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
	struct rb_port *ports; /* one for each interface that is served, those without XDP too */
	size_t port_count;
	struct rb_refreshes *refreshes;
	struct rb_board *board;
	bool is_attached;             /* a server has run */
	struct rb_served followed;    /* those addresses that have sockets; the list is ours */
	struct rb_steering *steering; /* NULL: xdp-steer is off */
	int changes_fd;               /* of rtnetlink; -1: nothing is followed */
	struct rb_refusals refusals;
	bool is_unsettled; /* there was no time for all of what is planned */
	bool needs_look;   /* a plan turned out not to work, or the configuration changed */
};

#endif
