/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The maps that the programs of all interfaces share: counters, access rules, and the ring by which
 * the kernel asks for refreshes.
 *
 * Thread:   main. Lifetime: rb_xdp_maps_close(); pins outlive the process.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_DATAPATH_MAPS_H
#define RB_DATAPATH_MAPS_H

#include "datapath/program.h"

/* Counters are those that are pinned, where they fit; all else is made anew, and not pinned yet. */
int rb_xdp_maps_open(struct rb_program_base *base, const char *pin_dir);
void rb_xdp_maps_close(struct rb_program_base *base);

/*
 * In place of the predecessor's: its programs, until they are replaced, go on with its own rules,
 * so that those of two configurations never mix.
 */
int rb_xdp_maps_pin(const struct rb_program_base *base, const char *pin_dir);

#endif
