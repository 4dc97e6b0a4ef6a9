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

/* What the keeper says of an AF_XDP socket. */
struct rb_parent_ring {
	struct rb_note note;
	int fds[2]; /* of a new one */
};

struct rb_parent {
	int fd; /* readable: rb_parent_listen() has something to do */
	/* What it has asked for so far. */
	bool wants_stop, wants_take_over, wants_retire, wants_finish;
	int rules_fd; /* with wants_retire: see rules.h; else -1 */
	/* Whoever waits for an answer must not be made to wait for a worker: they are kept until main
	 * has time. */
	struct rb_parent_ring *rings;
	size_t ring_count;
	int policy_fd; /* an image to decide by; -1: none */
	uint32_t policy_contents;
	int keys_fd; /* what key and certificate are now; -1: as before */
};

void rb_parent_open(struct rb_parent *parent, int fd);
void rb_parent_close(struct rb_parent *parent);

void rb_parent_say(struct rb_parent *parent, enum rb_note_kind kind);

/* Say that, and wait for the keeper's answer: its result. */
int rb_parent_ask(struct rb_parent *parent, enum rb_note_kind kind);

/* What has been said of AF_XDP sockets, in turn; the descriptors are the caller's. */
bool rb_parent_next_ring(struct rb_parent *parent, struct rb_parent_ring *ret_ring);

/* The file is to be read again; client_fd, which stays the caller's: who is to be told. */
int rb_parent_ask_reload(struct rb_parent *parent, int client_fd);

/* The same, with an option set: see config/set_options.h. */
int rb_parent_ask_option(struct rb_parent *parent, unsigned int number, const char *value,
			 int client_fd);

/* For the next server, should this one crash. zones_fd -1: zones are as the files have them. */
int rb_parent_keep_policy(struct rb_parent *parent, const struct rb_note_policy *policy,
			  int zones_fd);

/* The same, of who is asked for names. */
int rb_parent_keep_upstreams(struct rb_parent *parent, int fd);

/* Take what the keeper asks for; does not wait. */
void rb_parent_listen(struct rb_parent *parent);

/* The keeper as the one who starts resolver processes. */
struct rb_process_starter rb_parent_starter(struct rb_parent *parent);

#endif
