/* SPDX-License-Identifier: BSD-2-Clause */
/* Decompression of names. */
#include "dns/expand.h"

#include <errno.h>
#include <string.h>

#define POINTER_BITS 0xc0
#define LABEL_MAX    63

int rb_expand_name(const uint8_t *message, size_t len, size_t *offset, struct rb_expanded *ret_name)
{
	size_t at = *offset, end = 0;
	size_t lowest = at;
	unsigned int hops = 0;
	size_t name_len = 0;
	uint16_t count = 0;

	for (;;) {
		uint8_t head;

		if (at >= len)
			return -EBADMSG;
		head = message[at];
		if ((head & POINTER_BITS) == POINTER_BITS) {
			if (at + 2 > len || ++hops > RB_LABELS_MAX)
				return -EBADMSG;
			if (!end)
				end = at + 2;
			at = (size_t)(head & LABEL_MAX) << 8 | message[at + 1];
			/* Ever further back: this is what ends every chain of pointers. */
			if (at >= lowest)
				return -EBADMSG;
			lowest = at;
			continue;
		}
		if (head > LABEL_MAX || name_len + 1 + head > RB_NAME_MAX || at + 1 + head > len)
			return -EBADMSG;
		memcpy(ret_name->name + name_len, message + at, (size_t)head + 1);
		at += (size_t)head + 1;
		if (!head)
			break;
		ret_name->labels[count++] = (uint8_t)name_len;
		name_len += (size_t)head + 1;
	}
	ret_name->len = (uint16_t)(name_len + 1);
	ret_name->label_count = count;
	*offset = end ? end : at;
	return 0;
}
