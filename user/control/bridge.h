/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connection between a TLS client and the thread that executes its command: the thread has a
 * plain descriptor, whose data is copied from and to the channel.
 *
 * Thread:   of the channel; nothing here waits.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_CONTROL_BRIDGE_H
#define RB_CONTROL_BRIDGE_H

#include <stdint.h>

#include "control/channel.h"

struct rb_bridge;

/* ret_fd: the thread's end, which the caller owns. */
int rb_bridge_new(struct rb_bridge **ret_bridge, int *ret_fd);
void rb_bridge_free(struct rb_bridge *bridge);

int rb_bridge_fd(const struct rb_bridge *bridge);

/*
 * Copy data both ways as far as possible. 0: done, the thread has closed its end and the client has
 * all its output. -EAGAIN: wait for the wanted events.
 */
int rb_bridge_pump(struct rb_bridge *bridge, struct rb_channel *channel);

/* Events to wait for, at rb_bridge_fd() and at the channel. */
uint32_t rb_bridge_wants(const struct rb_bridge *bridge);
uint32_t rb_bridge_channel_wants(const struct rb_bridge *bridge, const struct rb_channel *channel);

#endif
