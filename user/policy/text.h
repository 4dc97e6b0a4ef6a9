/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and netblocks of local policy, in presentation format: IPv4 is not written as
 * IPv4-mapped.
 *
 * Thread: any; pure.
 */
#ifndef RB_POLICY_TEXT_H
#define RB_POLICY_TEXT_H

#include <netinet/in.h>

#include "policy/image.h"

#define RB_POLICY_NET_TEXT (INET6_ADDRSTRLEN + 4)

/* INET6_ADDRSTRLEN bytes. */
void rb_policy_addr_text(const uint8_t addr[16], char *out);

/* RB_POLICY_NET_TEXT bytes. */
void rb_policy_net_text(const struct rb_policy_net *net, char *out);

#endif
