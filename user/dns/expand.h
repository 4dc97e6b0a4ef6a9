/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names in a message, with compression pointers (RFC 1035 4.1.4).
 *
 * Thread: any; pure functions. Offsets in bytes from the start of the message.
 */
#ifndef RB_DNS_EXPAND_H
#define RB_DNS_EXPAND_H

#include <stddef.h>
#include <stdint.h>

#include "../kern/abi.h"

#define RB_LABELS_MAX 127 /* of a name, without the root label */

/* A name without compression, padded so that labels can be read in 8-byte words. */
struct rb_expanded {
	uint8_t name[RB_NAME_MAX + 9];
	uint8_t labels[RB_LABELS_MAX + 1]; /* offset in name of each label, root label excluded */
	uint16_t len;                      /* bytes, with the root label */
	uint16_t label_count;
};

/*
 * Read the name at *offset and advance *offset past it. Pointers may only lead backwards, at most
 * RB_LABELS_MAX of them. -EBADMSG: *offset is unchanged, and ret_name is undefined.
 */
int rb_expand_name(const uint8_t *message, size_t len, size_t *offset,
		   struct rb_expanded *ret_name);

#endif
