/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of rb-server, in the order in which they are started; stopped the other way round. What
 * the keeper has made before is inherited: configuration, table and sockets.
 *
 * Thread: the server's main thread.
 */
#ifndef RB_DAEMON_PARTS_H
#define RB_DAEMON_PARTS_H

#include "control/control.h"
#include "control/unbound/listen.h"
#include "daemon/accounts.h"
#include "daemon/daemon.h"
#include "daemon/parent.h"
#include "datapath/xdp.h"
#include "policy/acl.h"
#include "resolve/resolver.h"
#include "serve/rings.h"
#include "serve/server.h"
#include "store/cachefile.h"
#include "store/preload.h"
#include "table/table.h"

struct rb_daemon {
	const struct rb_daemon_opts *opts;
	struct rb_parent parent;
	struct rb_accounts accounts;
	unsigned int workers; /* for good: main is the resolvers' client after them */
	/* From the keeper, and ours. */
	struct rb_config *config;
	struct rb_table *table;
	struct rb_addresses addresses;    /* until the server has them */
	struct rb_remote_sockets *remote; /* NULL: none */
	struct rb_xdp_shared shared;      /* of XDP, which is the keeper's */
	/* Made here. */
	struct rb_acl *acl;
	struct rb_preload *preload;
	struct rb_cachefile *cachefile; /* NULL: none */
	struct rb_resolvers *resolvers;
	struct rb_server *server;
	struct rb_rings *rings; /* AF_XDP sockets that the keeper gives */
	struct rb_controls *controls;
	struct rb_config **former; /* that resolvers may still use; see rb_reload_reap() */
	size_t former_count;
};

/* Everything but the controls. What was started before an error is left to rb_parts_stop(). */
int rb_parts_start(struct rb_daemon *daemon);

/* Now and then: whether the wall clock was set, which signatures end by. */
void rb_parts_follow_wall(struct rb_daemon *daemon);

/* The control socket and the metrics, once all else runs. */
void rb_parts_start_controls(struct rb_daemon *daemon);

/* What the keeper says of AF_XDP sockets. */
void rb_parts_take_rings(struct rb_daemon *daemon);

void rb_parts_stop(struct rb_daemon *daemon);

#endif
