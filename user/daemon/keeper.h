/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper: the process that systemd and the operator know. It reads the configuration, opens
 * table and sockets, starts rb-server as a child that inherits them, and starts it anew when it ends
 * or hangs. It has one thread for ever, since a child is made of it by fork().
 *
 * Private to the files keeper*.c. Thread: the keeper's only one.
 */
#ifndef RB_DAEMON_KEEPER_H
#define RB_DAEMON_KEEPER_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "control/unbound/listen.h"
#include "daemon/accounts.h"
#include "daemon/daemon.h"
#include "daemon/feeds.h"
#include "daemon/note.h"
#include "datapath/reload.h"
#include "keeper/process.h"
#include "serve/addresses.h"
#include "table/table.h"

enum rb_keeper_state {
	RB_KEEPER_STARTING, /* a server, which is not ready yet */
	RB_KEEPER_SERVING,
	RB_KEEPER_RELOADING, /* it does not beat meanwhile */
	RB_KEEPER_DOWN,      /* the next is started at start_ns */
	RB_KEEPER_STOPPING,  /* the server was told to stop */
	RB_KEEPER_ENDED,     /* for good */
};

struct rb_keeper {
	const struct rb_daemon_opts *opts;
	enum rb_keeper_state state;
	int result;     /* once it has ended */
	bool was_ready; /* a server; until then a failed start ends it */
	/* What a server inherits, as it was before the first of them. */
	struct rb_config *config; /* in force */
	struct rb_table *table;
	unsigned int workers;
	struct rb_addresses addresses;    /* that are served now */
	struct rb_remote_sockets *remote; /* NULL: none */
	struct rb_accounts accounts;
	/* Of the kernel's answers. */
	struct rb_xdp *xdp;         /* NULL: sockets only */
	struct rb_config *next;     /* that a reload is about to put in force; NULL: none */
	struct rb_xdp_reload *swap; /* to it; NULL: none */
	int signals_fd, timer_fd;
	/* The server. */
	struct rb_process *child; /* NULL: there is none */
	bool is_deaf;             /* it has closed its end of the socket pair */
	uint64_t started_ns, start_ns, delay_ns;
	uint32_t beat_seen;
	unsigned int stalls; /* ticks in a row without a beat */
	bool hung;           /* and was killed for it */
	/* The server's resolver processes. */
	struct rb_process_user resolver_user;
	struct rb_process **resolvers;
	size_t resolver_count;
	/* What is fetched, while a server serves; and local policy compiled from it. */
	struct rb_feeds *feeds;      /* NULL: there is no server */
	struct rb_process *compiler; /* NULL: none is under way */
	bool zones_are_old;          /* files have changed since resolver processes read them */
	uint64_t reload_ns;          /* when that was asked for last */
	bool policy_is_old;          /* files have changed since it was compiled */
	int *given;                  /* descriptors for the next of them, so far */
	size_t given_count;
};

/* --- keeper_server.c: the server's life ------------------------------------------------------- */

/*
 * In the keeper: 0 or -errno, logged. In the child: *ret_is_child, and keeper's things are the
 * child's to free; the result is that of a whole server's life.
 */
int rb_keeper_start(struct rb_keeper *keeper, bool *ret_is_child);

/* It has ended: whether that is the end of all, or when the next is to be started. */
void rb_keeper_server_ended(struct rb_keeper *keeper, const char *how);

/* Once a second: kill one that gets nowhere. */
void rb_keeper_look(struct rb_keeper *keeper);

/* Have it stop; where there is none, all has ended. */
void rb_keeper_stop(struct rb_keeper *keeper);

/* --- keeper_hear.c: what the server says ------------------------------------------------------ */

void rb_keeper_hear(struct rb_keeper *keeper);

/* --- keeper_feeds.c: what is fetched --------------------------------------------------------- */

/* Readable: rb_keeper_serve_feeds() has something to do. */
void rb_keeper_feed_fds(const struct rb_keeper *keeper, struct pollfd fds[2]);
void rb_keeper_serve_feeds(struct rb_keeper *keeper);

/* Once a second. */
void rb_keeper_tick_feeds(struct rb_keeper *keeper);

/* Another server is to come, or another configuration: what is under way begins anew with it. */
void rb_keeper_end_feeds(struct rb_keeper *keeper);

/* --- keeper_resolvers.c: resolver processes, which the server has the use of ------------------- */

/* Whom they are to become. */
int rb_keeper_find_resolver_user(struct rb_keeper *keeper);

/* What the server says of them, with an answer where it waits for one; fds become -1 if taken. */
void rb_keeper_hear_of_resolvers(struct rb_keeper *keeper, const struct rb_note *note, int *fds,
				 size_t count);

/* The server has ended, or all is to end. */
void rb_keeper_end_resolvers(struct rb_keeper *keeper);

/* --- keeper_xdp.c: the kernel's part ----------------------------------------------------------- */

/* Before the first server: programs loaded, nothing attached. Without XDP that is said. */
int rb_keeper_xdp_open(struct rb_keeper *keeper);

/* The server's workers run: have the kernel answer, and hand over to it. 0 or -errno, logged. */
int rb_keeper_xdp_serve(struct rb_keeper *keeper);

/* keeper->next is read: rules and programs for it. 0 or -errno, logged. */
int rb_keeper_xdp_prepare(struct rb_keeper *keeper);

/* keeper->config is in force: so are they; or they are freed. */
void rb_keeper_xdp_commit(struct rb_keeper *keeper);
void rb_keeper_xdp_discard(struct rb_keeper *keeper);

/* The end of all: nothing stays attached or pinned. */
void rb_keeper_xdp_end(struct rb_keeper *keeper);

#endif
