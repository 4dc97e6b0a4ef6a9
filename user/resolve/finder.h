/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of upstreams that the configuration names by their hosts: looked up by a libunbound
 * context of its own, which asks as the others do, but validates nothing, as Unbound does for
 * addresses of servers: the keys may have to come from the server whose address is sought. Who it is
 * is proven by its certificate.
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
	struct rb_upstream_finder finder; /* first: hosts know no more of it */
	struct ub_ctx *context;
};

/* config_fd: of the text for libunbound. */
int rb_finder_open(struct rb_finder *finder, struct event_base *base, int config_fd, FILE *log);

#endif
