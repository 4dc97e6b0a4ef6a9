/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Load the XDP programs of the first start in a process of its own: the verifier takes a tenth of a
 * second and more for each, in which the keeper can start the server and its resolver processes.
 *
 * Thread: the keeper's. Errors: 0 or -errno.
 */
#ifndef RB_DAEMON_LOADER_H
#define RB_DAEMON_LOADER_H

#include "datapath/xdp.h"
#include "keeper/process.h"

int rb_loader_start(struct rb_xdp *xdp, struct rb_process **ret_child);

/*
 * Wait for the programs, and give them to xdp. What the process could not load, or all if it has
 * died, is left to rb_xdp_serve(). -EPERM, -EACCES: as of rb_xdp_load(). The process can be freed.
 */
int rb_loader_finish(struct rb_process *child, struct rb_xdp *xdp);

#endif
