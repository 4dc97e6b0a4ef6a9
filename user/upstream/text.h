/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text for libunbound as one process reads it: with the addresses of its own relay.
 *
 * Thread: any. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_UPSTREAM_TEXT_H
#define RB_UPSTREAM_TEXT_H

#include "upstream/relay.h"

/*
 * fd: a text with RB_UPSTREAM_PLACE in place of each relay. ret_fd: the same text with the relays'
 * addresses.
 */
int rb_upstream_text_new(int fd, const struct rb_upstream_plan *plan,
			 const struct rb_upstream_relay *relay, int *ret_fd);

#endif
