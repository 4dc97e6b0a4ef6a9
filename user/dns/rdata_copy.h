/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RDATA from one message to another: its names are read with pointers, and written as RFC 3597 4
 * allows for the type.
 *
 * Thread: any; the compressor is the caller's. Offsets in bytes from the start of the message.
 */
#ifndef RB_DNS_RDATA_COPY_H
#define RB_DNS_RDATA_COPY_H

#include <stddef.h>
#include <stdint.h>

#include "dns/compress.h"

/*
 * Copy the RDATA [rdata, rdata_end) of message, which may contain anything, to *out_len of the
 * compressor's message, and advance that. -EBADMSG: it is not RDATA of this type. -EMSGSIZE. After
 * an error, part of it may have been written.
 */
int rb_rdata_copy(const uint8_t *message, uint16_t type, size_t rdata, size_t rdata_end,
		  struct rb_compressor *compressor, size_t *out_len);

#endif
