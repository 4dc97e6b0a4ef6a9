/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The addresses of an interface: those that are served, and those that are its own.
 *
 * Thread: any; nothing but the struct is touched.
 */
#ifndef RB_NETIF_LOCALS_H
#define RB_NETIF_LOCALS_H

#include "netif/netif.h"

/* Once each; counted in locals_dropped where there is no room. */
void rb_locals_add4(struct rb_netif *netif, const uint8_t addr[4], __be16 port);
void rb_locals_add6(struct rb_netif *netif, const uint8_t addr[16], __be16 port);

/* One of its own with the bits of its subnet: no client has it, nor the subnet's broadcast address.
 */
void rb_locals_add_own4(struct rb_netif *netif, const uint8_t addr[4], unsigned int prefix);
void rb_locals_add_own6(struct rb_netif *netif, const uint8_t addr[16]);

/* All that another interface has of its own. */
void rb_locals_copy_own(struct rb_netif *netif, const struct rb_netif *from);

/* The addresses of a sink that packets from elsewhere could be for. */
void rb_locals_add_outer(struct rb_netif *netif, const struct rb_netif *sink);

/* Whether it has any such. */
bool rb_locals_have_outer(const struct rb_netif *netif);

#endif
