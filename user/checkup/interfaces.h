/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For --check-config: what XDP will do on this machine with this configuration, and what prevents
 * more. Nothing is attached; a veth is probed with one frame where privileges allow.
 *
 * Thread: main. Errors: 0 or -errno if the system cannot be queried at all.
 */
#ifndef RB_CHECKUP_INTERFACES_H
#define RB_CHECKUP_INTERFACES_H

#include "config/config.h"
#include "netif/netif.h"
#include "util/report.h"

/* Kernel, BTF, capabilities, bpffs, locked memory. */
void rb_xdp_report_host(struct rb_report *report, const struct rb_config *config);

/* Every served interface: its chain to the wire, its plan and why, its findings. */
int rb_xdp_report_netifs(struct rb_report *report, const struct rb_config *config);

/*
 * Whether the card of an interface supports ntuple rules, and the rules that concern what it
 * serves.
 */
void rb_xdp_report_steering(struct rb_report *report, const struct rb_config *config,
			    const struct rb_netif *netif);

#endif
