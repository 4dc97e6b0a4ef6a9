/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The addresses of an interface: those that are served, and those that are its own.
 *
 * Thread: any; only the struct is changed.
 */
#ifndef RB_NETIF_LOCALS_H
#define RB_NETIF_LOCALS_H

#include "netif/netif.h"

/* Add an address once; count it in locals_dropped if there is no room. */
void rb_locals_add4(struct rb_netif *netif, const uint8_t addr[4], __be16 port);
void rb_locals_add6(struct rb_netif *netif, const uint8_t addr[16], __be16 port);

/*
 * Add one of its own addresses, with the prefix length of its subnet: no client has it, nor the
 * subnet's broadcast address.
 */
void rb_locals_add_own4(struct rb_netif *netif, const uint8_t addr[4], unsigned int prefix);
void rb_locals_add_own6(struct rb_netif *netif, const uint8_t addr[16]);

/* Add all own addresses of another interface. */
void rb_locals_copy_own(struct rb_netif *netif, const struct rb_netif *from);

/* Add the addresses of a sink to which other machines may send packets. */
void rb_locals_add_outer(struct rb_netif *netif, const struct rb_netif *sink);

/* Whether it has such addresses. */
bool rb_locals_have_outer(const struct rb_netif *netif);

#endif
