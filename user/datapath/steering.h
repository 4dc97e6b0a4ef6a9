/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xdp-steer: the cards' rules that send DNS to the queues with AF_XDP. They are installed at the
 * start, follow addresses and interfaces, and are removed at the end, or after a crash by the next
 * start.
 *
 * Thread:   main. Needs CAP_NET_ADMIN.
 * Lifetime: every change is recorded at once in a file per pin_dir under dir (RB_STEER_DIR), which
 *	     outlives the process.
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
 * Install the rules for the current ports, unless they are installed already. NULL: xdp-steer is
 * off, do nothing.
 */
void rb_steering_update(struct rb_steering *steering, struct rb_port *ports, size_t count);

/*
 * Remove the rules that the file in dir records, and the file. Returns how many; -errno: not
 * readable.
 */
int rb_steering_undo(const char *dir, const char *pin_dir);

#endif
