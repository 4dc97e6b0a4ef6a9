/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of the running daemon that the control socket and the metrics read.
 *
 * Lifetime: everything must outlive the users of the view.
 */
#ifndef RB_CONTROL_VIEW_H
#define RB_CONTROL_VIEW_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "config/config.h"
#include "control/flusher.h"
#include "control/interfaces.h"
#include "control/kernel.h"
#include "dns/flush.h"
#include "datapath/board.h"
#include "keeper/vitals.h"
#include "policy/change.h"
#include "resolve/resolver.h"
#include "serve/rings.h"
#include "serve/server.h"
#include "store/cachefile.h"
#include "store/preload.h"
#include "store/sweeper.h"
#include "table/table.h"

struct rb_cache_text;
struct rb_bulks;
struct rb_figures_base;

struct rb_control_view {
	const struct rb_config *config;        /* only for main */
	const struct rb_kernel_counts *kernel; /* set by rb_control_open() */
	struct rb_interfaces *interfaces;      /* likewise */
	struct rb_table *table;
	const struct rb_server *server;
	struct rb_resolvers *resolvers;
	struct rb_preload *preload;
	struct rb_sweeper *sweeper;       /* after a change of local policy */
	struct rb_flusher *flusher;       /* set by rb_control_open() */
	struct rb_cachefile *cachefile;   /* NULL: none */
	struct rb_cache_text *cache_text; /* set by rb_control_open() */
	struct rb_figures_base *figures;  /* see there */
	const struct rb_board *board;     /* of interfaces; NULL: sockets only */
	const struct rb_rings *rings;     /* of AF_XDP */
	int counters_fd;                  /* of the kernel's counters; without a board: none */
	const struct rb_vitals *vitals;   /* of the process */
	struct rb_feed_slot *feeds;       /* the state of feeds, from the keeper */
	/* Have the file read again; the client at the descriptor gets the result. */
	int (*reload)(void *context, bool keeps, int client_fd);
	/* The same, with an option set: see config/set_options.h. */
	int (*set_option)(void *context, unsigned int number, const char *value, int client_fd);
	struct rb_bulks *bulks; /* set by rb_control_open() */
	/* Change local policy: see daemon/policy.h. */
	int (*change)(void *context, struct rb_policy_change *change);
	/* Change upstream servers: see daemon/upstreams.h. */
	int (*ask_by)(void *context, char *text, const struct rb_flush *concerned);
	void (*stop)(void *context); /* end the daemon, after the answer has been sent */
	void *context;
};

#endif
