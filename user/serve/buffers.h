/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's buffers of a UDP socket for bursts: so-rcvbuf and so-sndbuf.
 *
 * Thread: main. A size that the system does not allow is logged, and has no other effect.
 */
#ifndef RB_SERVE_BUFFERS_H
#define RB_SERVE_BUFFERS_H

#include "config/config.h"

/* The sockets of one address; addr_text: for the log. */
void rb_buffers_set(const struct rb_config *config, const int *fds, unsigned int count,
		    const char *addr_text);

#endif
