/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper: the process that systemd and the operator know. It reads the configuration, opens
 * table and sockets, and starts rb-server as a child that inherits them. A start, a start after a
 * crash and a reload are the same: a server is started, says when it could serve, and takes over.
 * If another one serves, that one accepts no more queries before, answers those that are pending,
 * and ends. The keeper always has exactly one thread, since each server is a copy of it by fork().
 *
 * Private to the files keeper*.c. Thread: the keeper's only one.
 */
#ifndef RB_DAEMON_KEEPER_H
#define RB_DAEMON_KEEPER_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "config/tls_watch.h"
#include "config/set_options.h"
#include "control/sockets.h"
#include "daemon/accounts.h"
#include "daemon/daemon.h"
#include "daemon/feeds.h"
#include "daemon/note.h"
#include "daemon/policy_file.h"
#include "datapath/reload.h"
#include "keeper/process.h"
#include "serve/addresses.h"
#include "table/table.h"

#define RB_SERVERS_MAX        8  /* the one that serves, the next one, and those that retire */
#define RB_RELOAD_CLIENTS_MAX 16 /* control clients that wait for the result of a reload */

enum rb_server_state {
	RB_SERVER_NONE,      /* a free place */
	RB_SERVER_PREPARING, /* reads, starts its resolvers */
	RB_SERVER_PREPARED,  /* waits until another one accepts no more queries */
	RB_SERVER_STARTING,  /* takes over */
	RB_SERVER_SERVING,
	RB_SERVER_RETIRING, /* is asked to accept no more queries */
	RB_SERVER_RETIRED,  /* answers its pending queries, and ends */
};

/* A server, with its resolver processes. */
struct rb_keeper_server {
	enum rb_server_state state;
	struct rb_process *child;
	bool is_deaf; /* it has closed its end of the socket pair */
	int door_fd;  /* where it asks for files; -1: it no longer does */
	bool hung;    /* it hung, and was killed */
	uint64_t since_ns;
	struct rb_process **resolvers;
	size_t resolver_count;
	int *given; /* descriptors that have come for the next resolver process */
	size_t given_count;
};

enum rb_keeper_state {
	RB_KEEPER_RUNNING,
	RB_KEEPER_DOWN,      /* no server: the next is started at start_ns */
	RB_KEEPER_FINISHING, /* the server answers its pending queries, and ends */
	RB_KEEPER_STOPPING,  /* all servers were told to stop */
	RB_KEEPER_ENDED,     /* for good */
};

/* A reload: another configuration that is to come into force. */
struct rb_keeper_reload {
	bool is_begun;
	bool is_committed;
	struct rb_config *config; /* until it is in force */
	struct rb_addresses added;
	FILE *said; /* what was logged about it; NULL: no memory */
	/* Control clients that wait: told_count for this reload, the others for the next one. */
	int clients[RB_RELOAD_CLIENTS_MAX];
	size_t client_count, told_count;
	bool wanted;       /* another reload is */
	bool is_operators; /* this one, not one for files that have changed */
	bool keeps;        /* changes at run time outlive it */
	/* Values of set_option. forgets: earlier ones are dropped, and the file's apply again. */
	struct rb_set_options asked, set;
	bool forgets;
};

struct rb_keeper {
	const struct rb_daemon_opts *opts;
	enum rb_keeper_state state;
	int result;     /* once it has ended */
	bool was_ready; /* some server was; before that, a failed start ends the keeper */
	/* What a server inherits. */
	struct rb_config *config;  /* in force */
	struct rb_set_options set; /* these follow the lines of its file */
	struct rb_policy_file policy;
	struct rb_table *table;
	unsigned int workers;
	struct rb_addresses addresses; /* that are served now */
	struct rb_control_sockets *control;
	struct rb_accounts accounts;
	struct rb_process_user resolver_user, server_user;
	struct rb_tls_watch keys; /* of the configuration in force */
	/* The kernel's part. */
	struct rb_xdp *xdp;         /* NULL: sockets only */
	struct rb_process *loader;  /* of its programs, at the start; NULL: it has finished */
	struct rb_xdp_reload *swap; /* to the reload's configuration; NULL: none */
	bool xdp_is_over;           /* it could not follow a reload, and is detached for good */
	int signals_fd, timer_fd;
	/* Servers. */
	struct rb_keeper_server servers[RB_SERVERS_MAX];
	struct rb_keeper_reload reload;
	uint64_t start_ns, delay_ns; /* of the next one after a crash */
	uint64_t stop_ns;
	uint32_t beat_seen;
	unsigned int stalls; /* ticks in a row without a beat */
	bool failed;         /* a server that was told to stop had to be killed, or crashed */
	/* Feeds, and local policy that is compiled from them. */
	struct rb_feeds *feeds;      /* NULL: no server has served yet */
	struct rb_process *compiler; /* NULL: none is under way */
	struct rb_process *counter;  /* one that has compiled, and says yet what has changed */
	bool zones_are_old;          /* files have changed that the server has not been given */
	uint64_t news_ns;            /* since when */
	uint64_t zones_ns;           /* when giving zones at this pace would have been due next */
	bool policy_is_old;          /* files have changed since it was compiled */
};

/* --- keeper_start.c: a server's beginning ------------------------------------------------------ */

/*
 * Start a server, with the configuration in force or that of the reload. In the keeper: 0 or
 * -errno, logged. In the child, *ret_is_child is set, the child has to free what keeper has, and
 * the result is that of the server's whole life.
 */
int rb_keeper_start(struct rb_keeper *keeper, bool *ret_is_child);

/* --- keeper_servers.c: the servers' lives ----------------------------------------------------- */

/* A server in this state; NULL: there is none. */
struct rb_keeper_server *rb_keeper_server_in(struct rb_keeper *keeper, enum rb_server_state state);

/* A server has said that it is prepared. */
void rb_keeper_prepared(struct rb_keeper *keeper, struct rb_keeper_server *server);
void rb_keeper_retired(struct rb_keeper *keeper, struct rb_keeper_server *server);
void rb_keeper_ready(struct rb_keeper *keeper, struct rb_keeper_server *server);

/* A server has ended: decide whether the keeper ends, too, or when to start the next server. */
void rb_keeper_server_ended(struct rb_keeper *keeper, struct rb_keeper_server *server);

/*
 * End server and keeper. The server first answers its pending queries; a second call does not wait
 * for that. Without a server, the keeper ends at once.
 */
void rb_keeper_stop(struct rb_keeper *keeper);

/* Whether the keeper is about to end, so that no other server takes over. */
bool rb_keeper_is_ending(const struct rb_keeper *keeper);

/* --- keeper_watch.c: those that hang ---------------------------------------------------------- */

/* Once a second: kill those that make no progress, or take too long to end. */
void rb_keeper_look(struct rb_keeper *keeper);

/* --- keeper_open.c: files for a server -------------------------------------------------------- */

int rb_keeper_door_open(struct rb_keeper_server *server, int *ret_server_fd);
void rb_keeper_hear_at_door(struct rb_keeper *keeper, struct rb_keeper_server *server);

/* Follow the files of key and certificate: of the configuration now in force; once a second. */
void rb_keeper_watch_keys(struct rb_keeper *keeper);
void rb_keeper_look_at_keys(struct rb_keeper *keeper);

/* --- keeper_reload.c: another configuration --------------------------------------------------- */

/*
 * Have the file read again: now, or when the present reload is over. client_fd: the client that
 * gets the result, owned by the keeper from now on; -1: none.
 */
void rb_keeper_want_reload(struct rb_keeper *keeper, enum rb_reload_cause cause, int client_fd);

/* Have the file read again, with another value of an option. */
void rb_keeper_want_option(struct rb_keeper *keeper, const struct rb_note_option *option,
			   int client_fd);

/* If a reload is wanted, read the file and start a server. Returns as rb_keeper_start() does. */
int rb_keeper_begin_reload(struct rb_keeper *keeper, bool *ret_is_child);

/* In the keeper and in the child: have the addresses of the new configuration. */
void rb_keeper_follow_addresses(struct rb_keeper *keeper, const struct rb_config *config);

/* Its server takes over: the new configuration is the one in force. */
void rb_keeper_commit_reload(struct rb_keeper *keeper);

/* result 0: the reload's server serves. Otherwise nothing has changed. No-op without a reload. */
void rb_keeper_end_reload(struct rb_keeper *keeper, int result);

/* At the end: free the reload, and the clients that wait. */
void rb_keeper_drop_reload(struct rb_keeper *keeper);

/* --- keeper_feeds.c: feeds, and policy compiled from them ------------------------------------- */

/* Readable: rb_keeper_serve_feeds() has something to do. */
void rb_keeper_feed_fds(struct rb_keeper *keeper, struct pollfd fds[2]);
void rb_keeper_serve_feeds(struct rb_keeper *keeper);

/* Once a second. */
void rb_keeper_tick_feeds(struct rb_keeper *keeper);

/* Another server or another configuration comes: end what compiles; it then begins again. */
void rb_keeper_end_compiler(struct rb_keeper *keeper);

/* Another configuration is in force, and its files have just been read. */
void rb_keeper_follow_feeds(struct rb_keeper *keeper);

/* --- keeper_hear.c: what a server says -------------------------------------------------------- */

void rb_keeper_hear(struct rb_keeper *keeper, struct rb_keeper_server *server);

/* --- keeper_resolvers.c: resolver processes, which a server uses ------------------------------ */

/* Find the users of servers and resolver processes. */
int rb_keeper_find_users(struct rb_keeper *keeper);

/* Handle what the server says about them, and answer if it waits. fds that are taken become -1. */
void rb_keeper_hear_of_resolvers(struct rb_keeper *keeper, struct rb_keeper_server *server,
				 const struct rb_note *note, int *fds, size_t count);

/* The server has ended, or the keeper ends. */
void rb_keeper_end_resolvers(struct rb_keeper_server *server);

/* --- keeper_xdp.c: the kernel's part ---------------------------------------------------------- */

/*
 * Before the first server: have programs loaded meanwhile, attach nothing. If XDP is not used, the
 * log says so.
 */
int rb_keeper_xdp_open(struct rb_keeper *keeper);

/* The server's workers run: have the kernel answer, and hand over to it. 0 or -errno, logged. */
int rb_keeper_xdp_serve(struct rb_keeper *keeper);

/* The reload's configuration has been read: prepare its rules and programs. 0 or -errno, logged. */
int rb_keeper_xdp_prepare(struct rb_keeper *keeper);

/* The reload's configuration is in force: put these into force, too, or free them. */
void rb_keeper_xdp_commit(struct rb_keeper *keeper);
void rb_keeper_xdp_discard(struct rb_keeper *keeper);

/* At the end: nothing stays attached or pinned. */
void rb_keeper_xdp_end(struct rb_keeper *keeper);

#endif
