/* SPDX-License-Identifier: BSD-2-Clause */
/* Growing arrays. */
#include "util/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int rb_array_append(void *array_pointer, size_t *count, size_t member_bytes, const void *member)
{
	char *grown;

	memcpy(&grown, array_pointer, sizeof(grown));
	/* Capacity is the next power of two: lists of a million zones exist. */
	if (!(*count & (*count - 1))) {
		grown = reallocarray(grown, *count ? 2 * *count : 1, member_bytes);
		if (!grown)
			return -ENOMEM;
		memcpy(array_pointer, &grown, sizeof(grown));
	}
	memcpy(grown + *count * member_bytes, member, member_bytes);
	(*count)++;
	return 0;
}
