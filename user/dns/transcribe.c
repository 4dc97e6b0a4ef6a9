/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies a record, its names anew. */
#include "dns/transcribe.h"

#include <errno.h>
#include <string.h>

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "dns/rdata.h"

#define RR_FIXED_BYTES 10 /* type, class, TTL, length of data */

struct transcript {
	const uint8_t *message;
	size_t end; /* of the data */
	size_t at;
	enum rb_transcribe how;
	struct rb_compressor *to;
	size_t to_len;
};

static int bytes_put(struct transcript *transcript, size_t len)
{
	if (transcript->at + len > transcript->end)
		return -EBADMSG;
	if (transcript->to_len + len > transcript->to->room)
		return -EMSGSIZE;
	memcpy(transcript->to->message + transcript->to_len, transcript->message + transcript->at,
	       len);
	transcript->at += len;
	transcript->to_len += len;
	return 0;
}

static int name_put(struct transcript *transcript, enum rb_transcribe how)
{
	struct rb_expanded name;

	if (rb_expand_name(transcript->message, transcript->end, &transcript->at, &name))
		return -EBADMSG;
	return how == RB_TRANSCRIBE_SHORT
		       ? rb_compress_name(transcript->to, &name, &transcript->to_len)
		       : rb_compress_copy(transcript->to, &name, &transcript->to_len);
}

static int rdata_put(struct transcript *transcript, uint16_t type)
{
	struct rb_rdata_layout layout = rb_rdata_layout(type);
	enum rb_transcribe how = layout.compressible ? transcript->how : RB_TRANSCRIBE_PLAIN;
	int err;

	if (!layout.names)
		return bytes_put(transcript, transcript->end - transcript->at);
	err = bytes_put(transcript, layout.fixed_bytes);
	for (int i = 0; i < layout.strings && !err; i++)
		err = transcript->at >= transcript->end
			      ? -EBADMSG
			      : bytes_put(transcript,
					  1 + (size_t)transcript->message[transcript->at]);
	for (int i = 0; i < layout.names && !err; i++)
		err = name_put(transcript, how);
	if (err)
		return err;
	if (layout.tail_bytes != RB_RDATA_TAIL_ANY &&
	    transcript->at + layout.tail_bytes != transcript->end)
		return -EBADMSG;
	return bytes_put(transcript, transcript->end - transcript->at);
}

int rb_transcribe_rr(const uint8_t *message, size_t len, size_t *at, enum rb_transcribe how,
		     struct rb_compressor *to, size_t *to_len)
{
	struct transcript transcript = {message, len, *at, how, to, *to_len};
	size_t fixed_at;
	uint16_t type;
	int err = name_put(&transcript, how);

	if (err)
		return err;
	fixed_at = transcript.to_len;
	err = bytes_put(&transcript, RR_FIXED_BYTES);
	if (err)
		return err;
	type = rb_bytes_get16(to->message + fixed_at);
	transcript.end = transcript.at + rb_bytes_get16(to->message + fixed_at + 8);
	if (transcript.end > len)
		return -EBADMSG;
	err = rdata_put(&transcript, type);
	if (err)
		return err;
	rb_bytes_put16(to->message + fixed_at + 8,
		       (uint16_t)(transcript.to_len - fixed_at - RR_FIXED_BYTES));
	*at = transcript.end;
	*to_len = transcript.to_len;
	return 0;
}
