/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The XDP program on every interface that we serve: loaded, attached through a pinned link, adopted
 * after a crash, replaced without a gap, detached at the end; and its AF_XDP sockets.
 *
 * Thread:   main. The sockets that rb_xdp_sockets() names are then used by their worker alone.
 * Lifetime: links and maps are pinned under config->pin_dir and outlive the process, until
 *	     rb_xdp_detach(). config, table and acl must outlive struct rb_xdp. Every step down
 *	     (generic, no AF_XDP, no XDP) is logged.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 *
 * Needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN and CAP_NET_RAW from open to detach: rb_xdp_watch()
 * loads programs and opens sockets too.
 */
#ifndef RB_DATAPATH_XDP_H
#define RB_DATAPATH_XDP_H

#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "datapath/assign.h"
#include "datapath/refreshes.h"
#include "xsk/xsk.h"
#include "policy/acl.h"
#include "table/table.h"

struct rb_xdp;

/*
 * Load one program per interface and open its AF_XDP sockets; nothing is attached yet. An interface
 * that cannot be had is logged and left to the sockets: no error. workers: sockets of queue q
 * belong to worker q % workers. -EPERM, -EACCES: XDP cannot be used at all, for want of
 * capabilities, which are named in the log.
 */
int rb_xdp_open(const struct rb_config *config, struct rb_table *table, const struct rb_acl *acl,
		unsigned int workers, struct rb_xdp **ret_xdp);

/* Attach, or take over the pinned link. To be called once workers serve the sockets. */
int rb_xdp_attach(struct rb_xdp *xdp);

/*
 * Look whether replies still leave (see plan.c and probe.c on veth), step down to generic mode
 * where they do not, and up again when they would. Try again what failed. Follow interfaces and
 * addresses that come, go and change; without ip-freebind: addresses that rb_xdp_open() did not
 * find are served only under a wildcard, for others there are no sockets. To be called about once a
 * second; costs microseconds.
 */
void rb_xdp_watch(struct rb_xdp *xdp);

/* Detach and unpin links and programs' maps; the table's maps too. */
void rb_xdp_detach(struct rb_xdp *xdp);

/* Free this process's part; what is attached stays. */
void rb_xdp_close(struct rb_xdp *xdp);

/* The AF_XDP sockets of one worker that there were at the start. Valid until rb_xdp_watch(). */
size_t rb_xdp_sockets(const struct rb_xdp *xdp, unsigned int worker, struct rb_xsk ***ret_sockets);

/*
 * Who hands AF_XDP sockets to workers that run. Without one misses on interfaces that come later
 * are taken by socket.
 */
void rb_xdp_set_assigner(struct rb_xdp *xdp, const struct rb_xdp_assigner *assigner);

/*
 * Refreshes that the kernel asks for: a descriptor that becomes readable (-1: there are none), and
 * its reading. ask is called for each with the place of the record.
 */
int rb_xdp_refresh_fd(const struct rb_xdp *xdp);
void rb_xdp_refreshes(struct rb_xdp *xdp, rb_refresh_fn *ask, void *context);

#endif
