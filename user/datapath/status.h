/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in force on each interface, for status and metrics. Thread: the keeper's. Never logs. */
#ifndef RB_DATAPATH_STATUS_H
#define RB_DATAPATH_STATUS_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "datapath/plan.h"
#include "datapath/port_state.h"
#include "datapath/xdp.h"

struct rb_xdp_status {
	char ifname[IF_NAMESIZE];
	enum rb_port_state state;
	enum rb_mode mode;
	enum rb_egress egress;    /* how replies leave */
	bool uses_sockets;        /* the program in force uses AF_XDP */
	size_t sockets;           /* that receive misses */
	uint32_t prog_id;         /* 0: not attached */
	time_t since;             /* when less than planned began to run; 0: all of it runs */
	char reason[RB_PORT_WHY]; /* why less runs or nothing is planned; else "" */
	char vlans[256];          /* VLANs that are answered there too: "eth0.10,eth0.20" */
	size_t steered;           /* ntuple rules on the card */
};

/* Count from 0; false: no interface with that number. */
bool rb_xdp_status(const struct rb_xdp *xdp, size_t number, struct rb_xdp_status *ret_status);

#endif
