/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes at the end of their memory. */
#include "lib/exact.h"

#include <stdlib.h>
#include <string.h>

uint8_t *exact_copy(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, bytes, len);
	return copy;
}
