/* SPDX-License-Identifier: BSD-2-Clause */
/* From the tap to the server process. */
#include "resolve/seen.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>

#include "keeper/process.h"
#include "util/log.h"

struct seen {
	uint32_t wants; /* enum rb_tap_wants */
	struct rb_channel_writer writer;
};

static bool is_wanted(uint32_t wants, const struct rb_upstream_seen *seen)
{
	uint32_t queries = seen->recursive ? RB_TAP_FORWARDER_QUERIES : RB_TAP_RESOLVER_QUERIES;
	uint32_t responses = seen->recursive ? RB_TAP_FORWARDER_RESPONSES
					     : RB_TAP_RESOLVER_RESPONSES;

	return wants & (seen->response_ns ? responses : queries);
}

static bool tell(void *context, const struct rb_upstream_seen *seen, const uint8_t *message,
		 size_t len)
{
	struct seen *to = context;

	if (!is_wanted(to->wants, seen))
		return true;
	if (len > RB_PACKET_BYTES || rb_seen_put(&to->writer, seen, message, len))
		return false;
	if (rb_channel_wakes(&to->writer))
		eventfd_write(RB_PROCESS_FD(RB_FD_SEEN), 1);
	return true;
}

int rb_seen_begin(struct rb_exchange *exchange, const struct rb_upstream_relay *relay)
{
	static struct seen seen;
	const struct rb_upstream_tap_opts opts = {
		.tell = tell,
		.context = &seen,
		.spared = relay ? rb_upstream_relay_addr(relay, 0).sin_addr.s_addr : 0,
		.lost = &exchange->unseen,
	};
	int err;

	seen.wants = exchange->tap;
	if (!seen.wants)
		return 0;
	rb_channel_writer_init(rb_exchange_seen(exchange, exchange->workers), RB_SEEN_BYTES,
			       &seen.writer);
	err = rb_upstream_tap_has_calls() ? rb_upstream_tap_begin(&opts) : -ENOSYS;
	if (err)
		rb_log_error("dnstap: what is sent to servers cannot be seen (%s); without "
			     "dnstap-log-resolver-... and dnstap-log-forwarder-... it can start",
			     err == -ENOSYS ? "this program is linked so that libunbound uses "
					      "libc's calls"
					    : strerror(-err));
	return err;
}
