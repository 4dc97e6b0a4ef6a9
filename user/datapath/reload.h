/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another configuration, in two steps: everything that may fail, leaving what is in force alone;
 * then the change itself, by each interface's link without a gap. An interface where that fails is
 * detached, and logged. served: those addresses that have sockets; its configuration, like acl, must
 * then outlive struct rb_xdp, or be replaced in turn; the list is copied. Where new programs cannot be made: -errno, logged.
 *
 * Thread: main. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_DATAPATH_RELOAD_H
#define RB_DATAPATH_RELOAD_H

#include "datapath/xdp.h"
#include "netif/netif.h"

struct rb_xdp_reload;
int rb_xdp_reload_new(struct rb_xdp *xdp, const struct rb_served *served, const struct rb_acl *acl,
		      struct rb_xdp_reload **ret_reload);
void rb_xdp_reload_commit(struct rb_xdp_reload *reload);
void rb_xdp_reload_free(struct rb_xdp_reload *reload);
void rb_xdp_reload_freep(struct rb_xdp_reload **reload);

#endif
