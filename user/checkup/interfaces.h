/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What XDP will do on this machine with this configuration, and what stands in its way: for
 * --check-config. Nothing is attached; a veth is probed with one frame where privileges allow.
 *
 * Thread: main. Errors: 0 or -errno where the system cannot be asked at all.
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

/* Whether the card of an interface takes ntuple rules, and those that concern what it serves. */
void rb_xdp_report_steering(struct rb_report *report, const struct rb_config *config,
			    const struct rb_netif *netif);

#endif
