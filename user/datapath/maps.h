/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The maps that the programs of all interfaces share: counters, access rules, and the ring in which
 * the kernel requests refreshes.
 *
 * Thread:   main. Lifetime: rb_xdp_maps_close(); pins outlive the process.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_DATAPATH_MAPS_H
#define RB_DATAPATH_MAPS_H

#include "datapath/program.h"

/* Reuse pinned counters if they fit; create everything else, not pinned yet. */
int rb_xdp_maps_open(struct rb_program_base *base, const char *pin_dir);
void rb_xdp_maps_close(struct rb_program_base *base);

/*
 * Pin the maps in place of the predecessor's. Its programs keep its own rules until they are
 * replaced, so that the rules of two configurations never mix.
 */
int rb_xdp_maps_pin(const struct rb_program_base *base, const char *pin_dir);

#endif
