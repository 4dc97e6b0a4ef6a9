/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Change the configuration in two steps: first everything that can fail, without touching what is
 * in force; then the change itself, by each interface's link, so that every packet finds a program.
 * An interface where that fails is detached, and logged. If new programs cannot be made: -errno,
 * logged.
 *
 * Thread: the keeper's only one. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_DATAPATH_RELOAD_H
#define RB_DATAPATH_RELOAD_H

#include "datapath/xdp.h"
#include "netif/netif.h"

struct rb_xdp_reload;
int rb_xdp_reload_new(struct rb_xdp *xdp, const struct rb_config *config, const struct rb_acl *acl,
		      struct rb_xdp_reload **ret_reload);

/*
 * served: the addresses that have sockets. The list is copied; its configuration must outlive
 * struct rb_xdp or be replaced in turn. -ENOMEM: nothing has changed.
 */
int rb_xdp_reload_commit(struct rb_xdp_reload *reload, const struct rb_served *served);

/* Call it instead of the commit; then nothing has changed. */
void rb_xdp_reload_free(struct rb_xdp_reload *reload);
void rb_xdp_reload_freep(struct rb_xdp_reload **reload);

#endif
