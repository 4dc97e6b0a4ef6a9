/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The datapath's pins in the pin directory (which the table has made and locked).
 *
 * Thread: main. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_DATAPATH_PINS_H
#define RB_DATAPATH_PINS_H

#include <limits.h> /* PATH_MAX */
#include <stdbool.h>

#define RB_PIN_LINK "link_" /* RB_PIN_LINK IFNAME: the program's link */
#define RB_PIN_PEER "peer_" /* RB_PIN_PEER IFNAME: of the pass program on the peer of IFNAME */

/*
 * The path of a pin, with an interface's name or "". bpffs has no dots in names ("eth0.5"): they
 * become colons, which no interface's name has. -ENAMETOOLONG: ret_path is invalid.
 */
int rb_xdp_pin_path(const char *pin_dir, const char *prefix, const char *ifname,
		    char ret_path[PATH_MAX]);

/* Whether a file of the pin directory is that pin. */
bool rb_xdp_pin_is(const char *name, const char *prefix, const char *ifname);

/*
 * Detach a link, whoever holds it, and remove its pin; close *link_fd and set it to -1. -1: do
 * nothing.
 */
void rb_xdp_pin_drop(const char *pin_dir, const char *prefix, const char *ifname, int *link_fd);

/* Whether to keep a pinned link (its file name). */
typedef bool rb_xdp_keep_fn(const char *name, const void *context);

/* Detach every pinned link that keep does not keep (NULL: all of them). Returns how many. */
int rb_xdp_pins_detach(const char *pin_dir, rb_xdp_keep_fn *keep, const void *context);

/* Remove the pins of the programs' maps. */
void rb_xdp_pins_remove_maps(const char *pin_dir);

#endif
