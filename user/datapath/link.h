/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An XDP program's attachment to an interface, as a BPF link with a pin.
 *
 * Thread:   main. Links are descriptors; a pinned link stays attached when they are closed.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_DATAPATH_LINK_H
#define RB_DATAPATH_LINK_H

#include <stdint.h>

#include "datapath/plan.h"

/* -EBUSY, -EEXIST: someone else's program is attached. */
int rb_link_attach(int prog_fd, int ifindex, enum rb_mode mode, const char *pin_path,
		   int *ret_link_fd);

/*
 * Take over a pinned link if it is attached to this interface and runs prog_id. -ENOENT: no pin.
 * -ESTALE: its interface is gone, or is in another namespace.
 */
int rb_link_adopt(const char *pin_path, int ifindex, int prog_id, int *ret_link_fd);

/* Replace the program, so that every packet finds one. */
int rb_link_update(int link_fd, int prog_fd);

/* Where it is attached now; 0: the interface is gone, or somebody detached it. */
int rb_link_ifindex(int link_fd, int *ret_ifindex);

/* The id of the program that it runs. */
int rb_link_program_id(int link_fd, uint32_t *ret_id);

/* Detach it, whoever holds it, and remove its pin (NULL: no pin). */
void rb_link_detach(int link_fd, const char *pin_path);

/* The name of a program by its id; "" if it is unknown; finding it requires CAP_SYS_ADMIN. */
#define RB_PROGRAM_NAME 16
void rb_link_program_name(int prog_id, char ret_name[RB_PROGRAM_NAME]);

#endif
