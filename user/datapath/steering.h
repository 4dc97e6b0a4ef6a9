/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xdp-steer: the cards' rules that bring DNS to the queues with AF_XDP, made at the start, kept up
 * with addresses and interfaces, removed at the end or, after a crash, by whoever comes next.
 *
 * Thread:   main. Needs CAP_NET_ADMIN.
 * Lifetime: what was done is written to a file per pin_dir under dir (RB_STEER_DIR), line by line
 *	     as it is done, so that it outlives the process.
 * Errors:   0 or -errno. What a card refuses is logged, with what it means.
 */
#ifndef RB_DATAPATH_STEERING_H
#define RB_DATAPATH_STEERING_H

#include "config/config.h"
#include "datapath/port.h"

#define RB_STEER_DIR "/run/runbound"

struct rb_steering;

int rb_steering_new(const char *dir, const char *pin_dir, struct rb_steering **ret_steering);
void rb_steering_free(struct rb_steering *steering);

/*
 * Make the rules for these ports as they are now, unless they are there already. NULL: xdp-steer
 * is off, nothing happens.
 */
void rb_steering_update(struct rb_steering *steering, struct rb_port *ports, size_t count);

/* Remove what the record in dir says, and the record. How many rules; -errno: not readable. */
int rb_steering_undo(const char *dir, const char *pin_dir);

#endif
