/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Resource records from one message to another, whose names stand elsewhere.
 *
 * Thread: any; no resources. Lengths and offsets in bytes.
 */
#ifndef RB_DNS_TRANSCRIBE_H
#define RB_DNS_TRANSCRIBE_H

#include "dns/compress.h"

enum rb_transcribe {
	RB_TRANSCRIBE_PLAIN, /* without compression: it may be put anywhere */
	RB_TRANSCRIBE_SHORT,
};

/*
 * The record at *at of the message, len bytes, to *to_len of what is written; both move on. -EBADMSG:
 * it is none; -EMSGSIZE: there is no room.
 */
int rb_transcribe_rr(const uint8_t *message, size_t len, size_t *at, enum rb_transcribe how,
		     struct rb_compressor *to, size_t *to_len);

#endif
