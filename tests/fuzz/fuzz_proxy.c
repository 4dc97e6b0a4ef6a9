/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a header of the PROXY protocol. */
#include <stdint.h>
#include <stdlib.h>

#include "serve/proxy_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rb_proxy_header header;
	int got = rb_proxy_header_parse(data, size, &header);

	if (got == 1 && (header.len > size || header.len < RB_PROXY_FIXED_BYTES))
		abort();
	return 0;
}
