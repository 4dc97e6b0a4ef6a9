/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The AF_XDP sockets that the keeper has given to this server, each with its worker.
 *
 * Thread:   main; the sockets are then used by their workers alone.
 * Lifetime: until the keeper takes it back, or rb_rings_free() after workers have stopped.
 * Errors:   0 or -errno. Never logs.
 */
#ifndef RB_SERVE_RINGS_H
#define RB_SERVE_RINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "serve/server.h"
#include "xsk/xsk.h"

struct rb_rings;

/* server: its workers run already. */
int rb_rings_new(struct rb_server *server, struct rb_rings **ret_rings);
void rb_rings_free(struct rb_rings *rings);

/*
 * Map it and give it to the worker of its queue. Takes ownership of the descriptors, even if it
 * fails.
 */
int rb_rings_add(struct rb_rings *rings, uint32_t id, const struct rb_xsk_form *form, int fd,
		 int memory_fd);

/* Remove it from its worker, and close it. */
void rb_rings_remove(struct rb_rings *rings, uint32_t id);

void rb_rings_set_mtu(struct rb_rings *rings, uint32_t id, uint32_t mtu);

struct rb_rings_status {
	char ifname[IF_NAMESIZE];
	uint32_t queue;
	unsigned int worker;
	struct rb_xsk_stats stats;
};

/* Count from 0, in the order of arrival; false: no socket with that number. */
bool rb_rings_status(const struct rb_rings *rings, size_t number,
		     struct rb_rings_status *ret_status);

#endif
