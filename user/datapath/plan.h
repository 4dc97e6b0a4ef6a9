/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules for devices: what to do on an interface, decided only from what is known of it.
 *
 * Thread: any; pure functions.
 */
#ifndef RB_DATAPATH_PLAN_H
#define RB_DATAPATH_PLAN_H

#include <stdbool.h>

#include "../kern/abi.h"
#include "netif/netif.h"

enum rb_mode {
	RB_MODE_NONE,    /* no program, only sockets */
	RB_MODE_GENERIC, /* after the kernel has made the socket buffer */
	RB_MODE_NATIVE,  /* in the driver */
};

/* How queries come and replies leave on an interface. */
struct rb_attach_mode {
	enum rb_mode mode;
	enum rb_egress egress;
	bool use_xsk; /* misses by AF_XDP */
};

struct rb_plan {
	struct rb_attach_mode best; /* try this first */
	bool needs_peer;            /* best.egress works only with an XDP program on the peer */
	bool needs_probe;           /* test best.egress before relying on it */
	char reason[160];           /* why the mode is not a better one; "" if it is the best */
	char advice[192];           /* what the operator should change; "": nothing */
};

void rb_plan_make(const struct rb_netif *netif, struct rb_plan *ret_plan);

/* Why the driver may have refused native XDP, with the remedy. */
#define RB_PLAN_REFUSED 320
void rb_plan_refused(const struct rb_netif *netif, char ret_text[RB_PLAN_REFUSED]);

/*
 * The mode if the best one is refused or does not deliver. It works on every Ethernet device,
 * including a veth with any peer (the reply is an ordinary socket buffer). It does not use AF_XDP:
 * generic XDP loses redirected packets on some devices.
 */
struct rb_attach_mode rb_plan_fallback(void);

const char *rb_mode_name(enum rb_mode mode);
const char *rb_egress_name(enum rb_egress egress);

#endif
