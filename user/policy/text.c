/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and netblocks as text. */
#include "policy/text.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_v4(const uint8_t addr[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return !memcmp(addr, mapped, sizeof(mapped));
}

void rb_policy_addr_text(const uint8_t addr[16], char *out)
{
	if (is_v4(addr))
		inet_ntop(AF_INET, addr + 12, out, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, addr, out, INET6_ADDRSTRLEN);
}

void rb_policy_net_text(const struct rb_policy_net *net, char *out)
{
	size_t len;

	rb_policy_addr_text(net->addr, out);
	len = strlen(out);
	snprintf(out + len, RB_POLICY_NET_TEXT - len, "/%u",
		 is_v4(net->addr) && net->prefix >= 96 ? net->prefix - 96 : net->prefix);
}
