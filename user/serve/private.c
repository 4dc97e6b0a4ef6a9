/* SPDX-License-Identifier: BSD-2-Clause */
/* Shortens clients' addresses before others see them. */
#include "serve/private.h"

#include <string.h>

#define MAPPED_BITS 96

void rb_private_addr(const struct rb_config *config, const uint8_t client[16], uint8_t ret_addr[16])
{
	static const uint8_t mapped[MAPPED_BITS / 8] = {[10] = 0xff, 0xff};
	unsigned int bits = memcmp(client, mapped, sizeof(mapped)) != 0
				    ? config->log_prefix_ipv6
				    : MAPPED_BITS + config->log_prefix_ipv4;

	for (unsigned int i = 0; i < 16; i++, bits -= bits < 8 ? bits : 8)
		ret_addr[i] = bits < 8 ? (uint8_t)(client[i] & (0xff00 >> bits)) : client[i];
}
