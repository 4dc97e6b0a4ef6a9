/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Remove, without a daemon, what a killed one left on interfaces and under its pins.
 *
 * Thread: any. Errors: -errno. Never logs.
 */
#ifndef RB_DATAPATH_DETACH_H
#define RB_DATAPATH_DETACH_H

/* Detach every link under pin_dir, and remove all pins. Returns how many links. */
int rb_xdp_detach_pinned(const char *pin_dir);

#endif
