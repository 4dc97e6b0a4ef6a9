/* SPDX-License-Identifier: BSD-2-Clause */
/* Data that the parts of the report on interfaces share. Thread: main. */
#ifndef RB_CHECKUP_VIEW_H
#define RB_CHECKUP_VIEW_H

#include "checkup/interfaces.h"
#include "netif/chain.h"
#include "netif/netif.h"

/* The system's interfaces, read once. */
struct rb_report_view {
	struct rb_report *report;
	const struct rb_config *config;
	struct rb_rtnl_link *links;
	size_t link_count;
	struct rb_rtnl_addr *addrs;
	size_t addr_count;
};

/* Interfaces that share a subnet with one that serves: queries may come in on the wrong one. */
void rb_report_subnets(const struct rb_report_view *view, const struct rb_netif *netif);

#endif
