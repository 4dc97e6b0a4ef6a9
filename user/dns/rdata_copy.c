/* SPDX-License-Identifier: BSD-2-Clause */
/* RDATA from one message to another, by the layout of its type. */
#include "dns/rdata_copy.h"

#include <errno.h>
#include <string.h>

#include "dns/rdata.h"

/* What is read, how far, and where it is written. */
struct copy {
	const uint8_t *message;
	size_t at, end;
	struct rb_compressor *compressor;
	size_t *out_len;
};

/* Copy len bytes that contain no name. */
static int copy_bytes(struct copy *copy, size_t len)
{
	if (copy->at + len > copy->end)
		return -EBADMSG;
	if (*copy->out_len + len > copy->compressor->room)
		return -EMSGSIZE;
	memcpy(copy->compressor->message + *copy->out_len, copy->message + copy->at, len);
	*copy->out_len += len;
	copy->at += len;
	return 0;
}

static int copy_name(struct copy *copy, bool compressible)
{
	struct rb_expanded name;
	int err = rb_expand_name(copy->message, copy->end, &copy->at, &name);

	if (err)
		return err;
	return compressible ? rb_compress_name(copy->compressor, &name, copy->out_len)
			    : rb_compress_copy(copy->compressor, &name, copy->out_len);
}

static int copy_tail(struct copy *copy, const struct rb_rdata_layout *layout)
{
	size_t left = copy->end - copy->at;

	if (layout->tail_bytes != RB_RDATA_TAIL_ANY && left != layout->tail_bytes)
		return -EBADMSG;
	return copy_bytes(copy, left);
}

int rb_rdata_copy(const uint8_t *message, uint16_t type, size_t rdata, size_t rdata_end,
		  struct rb_compressor *compressor, size_t *out_len)
{
	struct copy copy = {message, rdata, rdata_end, compressor, out_len};
	struct rb_rdata_layout layout = rb_rdata_layout(type);
	int i, err;

	if (!layout.names)
		return copy_bytes(&copy, rdata_end - rdata);
	err = copy_bytes(&copy, layout.fixed_bytes);
	for (i = 0; i < layout.strings && !err; i++) {
		if (copy.at >= rdata_end)
			return -EBADMSG;
		err = copy_bytes(&copy, 1 + (size_t)message[copy.at]);
	}
	for (i = 0; i < layout.names && !err; i++)
		err = copy_name(&copy, layout.compressible);
	return err ?: copy_tail(&copy, &layout);
}
