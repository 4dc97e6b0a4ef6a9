/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The addresses of upstream servers that the configuration gives by host names. A libunbound
 * context of its own looks them up. Like Unbound for addresses of servers, it does not validate:
 * the keys may have to come from the very server whose address it looks for. The server's
 * certificate proves its identity.
 *
 * Thread:   a resolver process's only one.
 * Lifetime: the process's.
 * Errors:   0 or -errno, logged.
 */
#ifndef RB_RESOLVE_FINDER_H
#define RB_RESOLVE_FINDER_H

#include <event2/event.h>
#include <stdio.h>
#include <unbound.h>

#include "upstream/host.h"

struct rb_finder {
	struct rb_upstream_finder finder; /* first: it is all that hosts see */
	struct ub_ctx *context;
};

/* config_fd: of the text for libunbound. */
int rb_finder_open(struct rb_finder *finder, struct event_base *base, int config_fd, FILE *log);

#endif
