/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages with their lengths in front: DNS over TCP, and over TLS. */
#include "serve/framing.h"

#include <errno.h>
#include <event2/buffer.h>

static int tcp_take(struct rb_stream *stream, struct evbuffer *input)
{
	uint8_t prefix[RB_TCP_PREFIX];
	const uint8_t *bytes;
	size_t len;
	int err;

	if (evbuffer_copyout(input, prefix, sizeof(prefix)) < (ssize_t)sizeof(prefix))
		return 0;
	len = (size_t)(prefix[0] << 8 | prefix[1]);
	if (len < sizeof(struct rb_dns_header))
		return -EBADMSG;
	if (evbuffer_get_length(input) < sizeof(prefix) + len)
		return 0;
	bytes = evbuffer_pullup(input, (ssize_t)(sizeof(prefix) + len));
	if (!bytes)
		return -ENOMEM;
	/* A message that gets no answer ends the connection. */
	err = rb_stream_ask(stream, bytes + sizeof(prefix), len, 0);
	if (err)
		return err;
	evbuffer_drain(input, sizeof(prefix) + len);
	return 1;
}

/* The reply with its prefix in front of it, in one write. */
static int tcp_reply(struct rb_stream *stream, uint32_t tag, uint8_t *reply, size_t len)
{
	(void)tag;
	if (!len)
		return 0;
	reply[-2] = (uint8_t)(len >> 8);
	reply[-1] = (uint8_t)len;
	return evbuffer_add(rb_stream_output(stream), reply - RB_TCP_PREFIX, RB_TCP_PREFIX + len)
		       ? -ENOMEM
		       : 0;
}

const struct rb_framing rb_framing_tcp = {
	.take = tcp_take,
	.reply = tcp_reply,
};
