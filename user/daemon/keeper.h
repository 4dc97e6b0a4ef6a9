/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper: the process that systemd and the operator know. It reads the configuration, opens
 * table and sockets, and starts rb-server as a child that inherits them. A start, a start after a
 * crash and a reload are the same: a server is started, says when it could serve, and takes over;
 * where another one serves, that one takes no more questions first, answers those that it has, and
 * ends. The keeper has one thread for ever, since a child is made of it by fork().
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

#define RB_SERVERS_MAX        8  /* the one that serves, the next one, and those that are to end */
#define RB_RELOAD_CLIENTS_MAX 16 /* who wait to be told of a reload */

enum rb_server_state {
	RB_SERVER_NONE,      /* a free place */
	RB_SERVER_PREPARING, /* reads, starts its resolvers */
	RB_SERVER_PREPARED,  /* waits until another one takes no more questions */
	RB_SERVER_STARTING,  /* takes over */
	RB_SERVER_SERVING,
	RB_SERVER_RETIRING, /* is asked to take no more questions */
	RB_SERVER_RETIRED,  /* answers what it has, and ends */
};

/* A server, with its resolver processes. */
struct rb_keeper_server {
	enum rb_server_state state;
	struct rb_process *child;
	bool is_deaf; /* it has closed its end of the socket pair */
	int door_fd;  /* where it asks for files; -1: it does not any more */
	bool hung;    /* and was killed for it */
	uint64_t since_ns;
	struct rb_process **resolvers;
	size_t resolver_count;
	int *given; /* descriptors for the next of them, so far */
	size_t given_count;
};

enum rb_keeper_state {
	RB_KEEPER_RUNNING,
	RB_KEEPER_DOWN,      /* no server: the next is started at start_ns */
	RB_KEEPER_FINISHING, /* the server answers its pending queries, and ends */
	RB_KEEPER_STOPPING,  /* all servers were told to stop */
	RB_KEEPER_ENDED,     /* for good */
};

/* Another configuration on its way into force. */
struct rb_keeper_reload {
	bool is_begun;
	bool is_committed;
	struct rb_config *config; /* until it is in force */
	struct rb_addresses added;
	FILE *said; /* what was logged of it; NULL: no memory */
	/* Who wait to be told; the first of them of this reload, the others of the next. */
	int clients[RB_RELOAD_CLIENTS_MAX];
	size_t client_count, told_count;
	bool wanted; /* another one */
	/* What set_option asks for; with forgets, what was set before is as in the file again. */
	struct rb_set_options asked, set;
	bool forgets;
};

struct rb_keeper {
	const struct rb_daemon_opts *opts;
	enum rb_keeper_state state;
	int result;     /* once it has ended */
	bool was_ready; /* a server; until then a failed start ends it */
	/* What a server inherits. */
	struct rb_config *config;  /* in force */
	struct rb_set_options set; /* behind the lines of its file */
	struct rb_policy_file policy;
	struct rb_table *table;
	unsigned int workers;
	struct rb_addresses addresses; /* that are served now */
	struct rb_control_sockets *control;
	struct rb_accounts accounts;
	struct rb_process_user resolver_user, server_user;
	struct rb_tls_watch keys; /* of the configuration in force */
	/* Of the kernel's answers. */
	struct rb_xdp *xdp;         /* NULL: sockets only */
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
	bool failed;         /* of those that were told to stop, one had to be killed, or crashed */
	/* What is fetched, while a server serves; and local policy compiled from it. */
	struct rb_feeds *feeds;      /* NULL: none serves, or another configuration is to come */
	struct rb_process *compiler; /* NULL: none is under way */
	bool zones_are_old;          /* files have changed since resolver processes read them */
	uint64_t reload_ns;          /* when that was asked for last */
	bool policy_is_old;          /* files have changed since it was compiled */
};

/* --- keeper_servers.c: the servers' lives ------------------------------------------------------ */

/* NULL: there is none in that state. */
struct rb_keeper_server *rb_keeper_server_in(struct rb_keeper *keeper, enum rb_server_state state);

/*
 * Start one, of the configuration in force or of that of the reload. In the keeper: 0 or -errno,
 * logged. In the child: *ret_is_child, and keeper's things are the child's to free; the result is
 * that of a whole server's life.
 */
int rb_keeper_start(struct rb_keeper *keeper, bool *ret_is_child);

/* It says so. */
void rb_keeper_prepared(struct rb_keeper *keeper, struct rb_keeper_server *server);
void rb_keeper_retired(struct rb_keeper *keeper, struct rb_keeper_server *server);
void rb_keeper_ready(struct rb_keeper *keeper, struct rb_keeper_server *server);

/* It has ended: whether that is the end of all, or when the next is to be started. */
void rb_keeper_server_ended(struct rb_keeper *keeper, struct rb_keeper_server *server);

/*
 * End it all: the server answers its pending queries first. Called again, it waits for nothing any
 * more. Where there is no server, all has ended.
 */
void rb_keeper_stop(struct rb_keeper *keeper);

/* Whether no other server is to take over. */
bool rb_keeper_is_ending(const struct rb_keeper *keeper);

/* --- keeper_watch.c: those that hang ----------------------------------------------------------- */

/* Once a second: kill those that make no progress, or take too long to end. */
void rb_keeper_look(struct rb_keeper *keeper);

/* --- keeper_open.c: files for a server -------------------------------------------------------- */

int rb_keeper_door_open(struct rb_keeper_server *server, int *ret_server_fd);
void rb_keeper_hear_at_door(struct rb_keeper *keeper, struct rb_keeper_server *server);

/* Key and certificate: from the configuration in force on; and once a second. */
void rb_keeper_watch_keys(struct rb_keeper *keeper);
void rb_keeper_look_at_keys(struct rb_keeper *keeper);

/* --- keeper_reload.c: another configuration ---------------------------------------------------- */

/*
 * The file is to be read again: now, or when the present reload is over. The operator's reload
 * forgets what set_option has set. client_fd: who is to be told, the keeper's from now on; -1:
 * nobody.
 */
enum rb_reload_cause {
	RB_RELOAD_OPERATOR,
	RB_RELOAD_FILES, /* one that was fetched has changed */
};
void rb_keeper_want_reload(struct rb_keeper *keeper, enum rb_reload_cause cause, int client_fd);

/* Read it again with another value of an option. */
void rb_keeper_want_option(struct rb_keeper *keeper, const struct rb_note_option *option,
			   int client_fd);

/* Read it, and start a server of it, if that is wanted. As rb_keeper_start(). */
int rb_keeper_begin_reload(struct rb_keeper *keeper, bool *ret_is_child);

/* In the keeper and in the child: the new configuration's addresses. */
void rb_keeper_follow_addresses(struct rb_keeper *keeper, const struct rb_config *config);

/* Its server takes over: the new configuration is the one in force. */
void rb_keeper_commit_reload(struct rb_keeper *keeper);

/* 0: its server serves. Else nothing has changed. Without a reload: nothing. */
void rb_keeper_end_reload(struct rb_keeper *keeper, int result);

/* Of all that wait, at the end. */
void rb_keeper_drop_reload(struct rb_keeper *keeper);

/* --- keeper_feeds.c: what is fetched ----------------------------------------------------------- */

/* Readable: rb_keeper_serve_feeds() has something to do. */
void rb_keeper_feed_fds(struct rb_keeper *keeper, struct pollfd fds[2]);
void rb_keeper_serve_feeds(struct rb_keeper *keeper);

/* Once a second. */
void rb_keeper_tick_feeds(struct rb_keeper *keeper);

/* Another server is to come, or another configuration: what is under way begins anew with it. */
void rb_keeper_end_feeds(struct rb_keeper *keeper);

/* --- keeper_hear.c: what a server says --------------------------------------------------------- */

void rb_keeper_hear(struct rb_keeper *keeper, struct rb_keeper_server *server);

/* --- keeper_resolvers.c: resolver processes, which a server has the use of ---------------------- */

/* Whom they are to become. */
int rb_keeper_find_users(struct rb_keeper *keeper);

/* What the server says of them, with an answer where it waits for one; fds become -1 if taken. */
void rb_keeper_hear_of_resolvers(struct rb_keeper *keeper, struct rb_keeper_server *server,
				 const struct rb_note *note, int *fds, size_t count);

/* The server has ended, or all is to end. */
void rb_keeper_end_resolvers(struct rb_keeper_server *server);

/* --- keeper_xdp.c: the kernel's part ----------------------------------------------------------- */

/* Before the first server: programs loaded, nothing attached. Without XDP that is said. */
int rb_keeper_xdp_open(struct rb_keeper *keeper);

/* The server's workers run: have the kernel answer, and hand over to it. 0 or -errno, logged. */
int rb_keeper_xdp_serve(struct rb_keeper *keeper);

/* The reload's configuration is read: rules and programs for it. 0 or -errno, logged. */
int rb_keeper_xdp_prepare(struct rb_keeper *keeper);

/* keeper->config is in force: so are they; or they are freed. */
void rb_keeper_xdp_commit(struct rb_keeper *keeper);
void rb_keeper_xdp_discard(struct rb_keeper *keeper);

/* The end of all: nothing stays attached or pinned. */
void rb_keeper_xdp_end(struct rb_keeper *keeper);

#endif
