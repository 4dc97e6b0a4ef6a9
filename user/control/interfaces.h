/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A recent copy of how interfaces are served: only main reads the board, and metrics have a thread
 * of their own.
 *
 * Thread:   main takes the copy, any thread reads it. Lifetime: rb_interfaces_free().
 */
#ifndef RB_CONTROL_INTERFACES_H
#define RB_CONTROL_INTERFACES_H

#include <net/if.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "datapath/board.h"

struct rb_interface_row {
	char name[IF_NAMESIZE];
	bool planned; /* XDP is planned there */
	bool attached;
	const char *mode, *egress, *state; /* names; constants */
	size_t sockets;                    /* AF_XDP */
	time_t since;                      /* when it began to run with less than planned; 0: it
					    * does not */
	char reason[RB_PORT_WHY];
};

struct rb_interfaces {
	pthread_mutex_t lock;
	struct rb_interface_row *list;
	size_t count;
};

void rb_interfaces_init(struct rb_interfaces *interfaces);
void rb_interfaces_free(struct rb_interfaces *interfaces);

/* Without memory the copy does not change. */
void rb_interfaces_take(struct rb_interfaces *interfaces, const struct rb_board *board);

/* A copy, for free(); 0: none, and no copy. */
size_t rb_interfaces_get(struct rb_interfaces *interfaces, struct rb_interface_row **ret_list);

#endif
