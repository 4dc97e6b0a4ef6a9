/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What to do on an interface, decided from what is known of it alone: the rules about devices.
 *
 * Thread: any; pure functions.
 */
#ifndef RB_DATAPATH_PLAN_H
#define RB_DATAPATH_PLAN_H

#include <stdbool.h>

#include "../kern/abi.h"
#include "netif/netif.h"

enum rb_mode {
	RB_MODE_NONE,    /* no program: sockets alone */
	RB_MODE_GENERIC, /* after the socket buffer was made */
	RB_MODE_NATIVE,  /* in the driver */
};

/* How packets come and go on an interface. */
struct rb_attach_mode {
	enum rb_mode mode;
	enum rb_egress egress;
	bool use_xsk; /* misses by AF_XDP */
};

struct rb_plan {
	struct rb_attach_mode best; /* to be tried first */
	bool needs_peer;            /* best.egress works only with an XDP program on the peer */
	bool needs_probe;           /* best.egress is to be proven before it is relied on */
	char reason[160];           /* why it is not more; "" where it is all */
	char advice[192];           /* what the operator had better change; "": nothing */
};

void rb_plan_make(const struct rb_netif *netif, struct rb_plan *ret_plan);

/* Why the driver may have refused native XDP, with the cure. */
#define RB_PLAN_REFUSED 320
void rb_plan_refused(const struct rb_netif *netif, char ret_text[RB_PLAN_REFUSED]);

/*
 * Where the best way is refused or does not deliver. Works on every Ethernet device, a veth with
 * any peer included (the reply is an ordinary socket buffer). AF_XDP stays out of it: generic XDP
 * loses redirected packets on some devices.
 */
struct rb_attach_mode rb_plan_fallback(void);

const char *rb_mode_name(enum rb_mode mode);
const char *rb_egress_name(enum rb_egress egress);

#endif
