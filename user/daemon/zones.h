/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Auth-zones whose files have changed, in the server: new resolver processes read them, while
 * everything else stays as it is.
 *
 * Thread: main.
 */
#ifndef RB_DAEMON_ZONES_H
#define RB_DAEMON_ZONES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/zone_changes.h"
#include "resolve/setup.h"

struct rb_daemon;

struct rb_daemon_zone {
	const struct rb_transfer *transfer;
	struct rb_zone_copy copy;
	struct rb_zone_contents former; /* what its file contained before */
};

struct rb_daemon_zones {
	bool is_under_way; /* processes that read them are being started */
	struct rb_daemon_zone *list;
	size_t count;
};

/* Go on: to be called when the keeper has given a zone, or when resolver processes were watched. */
void rb_daemon_zones_serve(struct rb_daemon *daemon);

void rb_daemon_zones_end(struct rb_daemon *daemon);

#endif
