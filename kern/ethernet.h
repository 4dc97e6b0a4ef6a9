/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of an Ethernet frame before the IP header (IEEE 802.3, 802.1Q). */
#ifndef RB_ETHERNET_H
#define RB_ETHERNET_H

#define ETH_P_IP      0x0800
#define ETH_P_IPV6    0x86dd
#define ETH_P_8021Q   0x8100
#define ETH_P_8021AD  0x88a8
#define VLAN_ID       0x0fff
#define VLAN_TAGS_MAX 2

#endif
