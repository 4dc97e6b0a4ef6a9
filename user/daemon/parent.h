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
#include "serve/addresses.h"

struct rb_parent {
	int fd;          /* readable: rb_parent_listen() has something to do */
	bool wants_stop; /* and a reload: until somebody sees to it */
	bool wants_reload;
	struct rb_addresses kept; /* that the keeper has sockets of; without those themselves */
};

/* addresses: that the keeper has opened. */
int rb_parent_open(struct rb_parent *parent, int fd, const struct rb_addresses *addresses);
void rb_parent_close(struct rb_parent *parent);

void rb_parent_say(struct rb_parent *parent, enum rb_note_kind kind, int result);

/* The file is in force (0), or nothing has changed: returns once the keeper has read it, too. */
int rb_parent_reloaded(struct rb_parent *parent, int result);

/* Take what the keeper asks for; does not wait. */
void rb_parent_listen(struct rb_parent *parent);

/* Have the keeper keep the sockets of these addresses, and of no others; waits until it does. */
int rb_parent_keep(struct rb_parent *parent, const struct rb_addresses *addresses,
		   unsigned int workers);

/* The keeper as the one who starts resolver processes. */
struct rb_process_starter rb_parent_starter(struct rb_parent *parent);

#endif
