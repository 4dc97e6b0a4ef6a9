/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The settings of this program, as the verifier sees them. */
#ifndef RB_KNOBS_BPF_H
#define RB_KNOBS_BPF_H

#include "knobs.h"

const volatile struct rb_knobs rb_knobs = {
	.egress = RB_EGRESS_TX,
	.acl_epoch = 1,
	.edns_size = 1232,
	.max_udp_size = 1232,
	.room4 = 1472,
	.room6 = 1232,
};

#endif
