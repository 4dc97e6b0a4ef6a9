/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copy resource records from one message to another, whose names are elsewhere.
 *
 * Thread: any; no resources. Lengths and offsets in bytes.
 */
#ifndef RB_DNS_TRANSCRIBE_H
#define RB_DNS_TRANSCRIBE_H

#include "dns/compress.h"

enum rb_transcribe {
	RB_TRANSCRIBE_PLAIN, /* without compression: it can be put anywhere */
	RB_TRANSCRIBE_SHORT,
};

/*
 * Copy the record at *at of the message, len bytes, to *to_len of the output; advance both.
 * -EBADMSG: not a record; -EMSGSIZE: no room.
 */
int rb_transcribe_rr(const uint8_t *message, size_t len, size_t *at, enum rb_transcribe how,
		     struct rb_compressor *to, size_t *to_len);

#endif
