/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper as rb-server sees it: what it asks for, and what it is told.
 *
 * Thread: the server's main thread. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_DAEMON_PARENT_H
#define RB_DAEMON_PARENT_H

#include <stdbool.h>

#include "daemon/note.h"
#include "keeper/process.h"

/* A note of the keeper about an AF_XDP socket. */
struct rb_parent_ring {
	struct rb_note note;
	int fds[2]; /* of a new socket */
};

/* A note of the keeper about an auth-zone. */
struct rb_parent_zone {
	int number; /* of the transfer */
	int fd;     /* its file; -1: none */
	struct rb_zone_contents contents;
};

struct rb_parent {
	int fd; /* readable: rb_parent_listen() has something to do */
	/* What the keeper has asked for so far. */
	bool wants_stop, wants_take_over, wants_retire, wants_finish;
	int rules_fd; /* with wants_retire: see rules.h; else -1 */
	/* Who waits for the keeper's answer must not have to wait for a worker: so notes about
	 * sockets are kept until main has time. */
	struct rb_parent_ring *rings;
	size_t ring_count;
	struct rb_parent_zone *zones; /* not taken yet */
	size_t zone_count;
	int policy_fd; /* a new policy image; -1: none */
	uint32_t policy_contents;
	int keys_fd; /* new contents of key and certificate; -1: none */
};

void rb_parent_open(struct rb_parent *parent, int fd);
void rb_parent_close(struct rb_parent *parent);

void rb_parent_say(struct rb_parent *parent, enum rb_note_kind kind);

/* Send the note, and wait for the keeper's answer. Returns its result. */
int rb_parent_ask(struct rb_parent *parent, enum rb_note_kind kind);

/* The notes about AF_XDP sockets, one after the other; the caller owns the descriptors. */
bool rb_parent_next_ring(struct rb_parent *parent, struct rb_parent_ring *ret_ring);

/* The same about auth-zones. */
bool rb_parent_next_zone(struct rb_parent *parent, struct rb_parent_zone *ret_zone);

/* Have the file read again. client_fd: the client that gets the result; it stays the caller's. */
int rb_parent_ask_reload(struct rb_parent *parent, enum rb_reload_cause cause, int client_fd);

/* The same, with an option set: see config/set_options.h. */
int rb_parent_ask_option(struct rb_parent *parent, unsigned int number, const char *value,
			 int client_fd);

/* Store it for the next server, in case this one crashes. zones_fd -1: the zones are the files'. */
int rb_parent_keep_policy(struct rb_parent *parent, const struct rb_note_policy *policy,
			  int zones_fd);

/* The same for the upstream servers. */
int rb_parent_keep_upstreams(struct rb_parent *parent, int fd);

/* Receive what the keeper asks for, without waiting. */
void rb_parent_listen(struct rb_parent *parent);

/* The keeper as the starter of resolver processes. */
struct rb_process_starter rb_parent_starter(struct rb_parent *parent);

#endif
