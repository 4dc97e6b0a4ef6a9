/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of rb-server, in the order in which they are started; they are stopped in reverse. The
 * server inherits configuration, table and sockets from the keeper. It prepares its parts while
 * another server may be serving, then takes over, and ends when the next one takes over.
 *
 * Thread: the server's main thread.
 */
#ifndef RB_DAEMON_PARTS_H
#define RB_DAEMON_PARTS_H

#include <stdio.h>

#include "control/control.h"
#include "control/sockets.h"
#include "daemon/accounts.h"
#include "daemon/daemon.h"
#include "daemon/key_watch.h"
#include "daemon/opener.h"
#include "daemon/parent.h"
#include "daemon/zones.h"
#include "datapath/xdp.h"
#include "keeper/user.h"
#include "policy/acl.h"
#include "resolve/resolver.h"
#include "serve/rings.h"
#include "serve/server.h"
#include "store/cachefile.h"
#include "store/preload.h"
#include "store/sweeper.h"
#include "table/table.h"

struct rb_daemon {
	const struct rb_daemon_opts *opts;
	struct rb_parent parent;
	struct rb_accounts accounts;
	unsigned int workers;           /* fixed: main is the resolvers' client behind them */
	struct rb_process_user user;    /* the user to become */
	struct rb_daemon_opener opener; /* for files that the keeper opens */
	/* From the keeper, and ours. */
	bool is_successor; /* there has been a server before */
	struct rb_config *config;
	struct rb_config *former; /* in a reload: in force until we take over; else NULL */
	struct rb_table *table;
	struct rb_addresses addresses; /* until the server has them */
	struct rb_control_sockets *control_sockets;
	struct rb_xdp_shared shared; /* what the keeper shares of XDP */
	FILE *said; /* in a reload: what is logged until we could serve; NULL: nobody reads it */
	/* Made here. */
	struct rb_acl *acl;
	struct rb_acl
		*next_acl; /* the successor's rules, for queries that are pending at the end */
	struct rb_preload *preload;
	struct rb_sweeper *sweeper;
	struct rb_cachefile *cachefile; /* NULL: none */
	struct rb_resolvers *resolvers;
	struct rb_daemon_zones zones;   /* that are to be put into force */
	struct rb_key_watch *key_watch; /* NULL: there are no trust anchors */
	struct rb_server *server;
	struct rb_rings *rings; /* AF_XDP sockets that the keeper gives */
	struct rb_controls *controls;
};

/* Make all that can be made beside another server. After an error rb_parts_stop() frees it. */
int rb_parts_prepare(struct rb_daemon *daemon);

/*
 * Serve, now that nobody else does. Some records may be those of the policy before until the sweeper
 * is not busy any more.
 */
int rb_parts_take_over(struct rb_daemon *daemon);

/*
 * Accept no more queries: another server does. The table has been swept: one that is half swept
 * would be invalid for that server. After it has returned, nothing is written to the
 * table; replies are still sent until rb_parts_are_idle().
 */
void rb_parts_retire(struct rb_daemon *daemon);

/* The same without a successor, before rb_parts_stop(). */
void rb_parts_finish(struct rb_daemon *daemon);

bool rb_parts_are_idle(const struct rb_daemon *daemon);

/* Now and then: follow the wall clock if it was set, since signatures expire by it. */
void rb_parts_follow_wall(struct rb_daemon *daemon);

/* Handle the keeper's notes about AF_XDP sockets. */
void rb_parts_take_rings(struct rb_daemon *daemon);

void rb_parts_stop(struct rb_daemon *daemon);

#endif
