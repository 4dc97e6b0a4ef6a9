/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Test whether frames that XDP redirects to an interface leave it, by sending one.
 *
 * Thread: main. Lifetime: rb_probe_free(). Errors: 0 or -errno. Never logs.
 */
#ifndef RB_DATAPATH_PROBE_H
#define RB_DATAPATH_PROBE_H

#include "netif/netif.h"

struct rb_probe;

int rb_probe_new(const struct rb_netif *netif, struct rb_probe **ret_probe);
void rb_probe_free(struct rb_probe *probe);
void rb_probe_freep(struct rb_probe **probe);

/*
 * 0: a frame left. -ENETUNREACH: it was lost. Other errors: unknown; -EOPNOTSUPP: the device does
 * not count what it sends.
 */
int rb_probe_run(const struct rb_probe *probe);

#endif
