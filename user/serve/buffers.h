/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much the kernel holds for a UDP socket in a burst: so-rcvbuf and so-sndbuf.
 *
 * Thread: main. What the system does not grant is logged, and costs nothing else.
 */
#ifndef RB_SERVE_BUFFERS_H
#define RB_SERVE_BUFFERS_H

#include "config/config.h"

/* The sockets of one address; addr_text: for the log. */
void rb_buffers_set(const struct rb_config *config, const int *fds, unsigned int count,
		    const char *addr_text);

#endif
