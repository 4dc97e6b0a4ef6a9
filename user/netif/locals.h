/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The served addresses of an interface.
 *
 * Thread: any; nothing but the struct is touched.
 */
#ifndef RB_NETIF_LOCALS_H
#define RB_NETIF_LOCALS_H

#include "netif/netif.h"

/* Once each; counted in locals_dropped where there is no room. */
void rb_locals_add4(struct rb_netif *netif, const uint8_t addr[4], __be16 port);
void rb_locals_add6(struct rb_netif *netif, const uint8_t addr[16], __be16 port);

/* The addresses of a sink that packets from elsewhere could be for. */
void rb_locals_add_outer(struct rb_netif *netif, const struct rb_netif *sink);

/* Whether it has any such. */
bool rb_locals_have_outer(const struct rb_netif *netif);

#endif
