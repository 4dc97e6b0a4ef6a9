/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages between keeper and rb-server, over a socket pair: a few notes of one format.
 *
 * Thread: the main threads. Errors: 0 or -errno. Never logs.
 * Trust:  a message that is not such a note is -EPROTO.
 */
#ifndef RB_DAEMON_NOTE_H
#define RB_DAEMON_NOTE_H

#include <stddef.h>
#include <stdint.h>

#include "config/local.h"
#include "config/set_options.h"
#include "config/zone_changes.h"
#include "datapath/plan.h"
#include "xsk/make.h"

enum rb_note_kind {
	/* From the server. */
	RB_SAYS_PREPARED, /* it could serve */
	RB_SAYS_WORKERS,  /* its workers run: let the kernel hand over to it */
	RB_SAYS_MAPPED,   /* rings.id, result: it has mapped an AF_XDP socket from the keeper */
	RB_SAYS_READY,    /* it serves */
	RB_SAYS_RETIRED,  /* it accepts no more queries */
	RB_SAYS_RELOAD,   /* type: why; read the file again; with the client that gets the result */
	RB_SAYS_SET,      /* the same, with another value of an option */
	RB_SAYS_POLICY,   /* local policy has changed at run time; with its zones, or without */
	RB_SAYS_UPSTREAMS, /* upstream servers have changed at run time; with libunbound's text */
	RB_SAYS_STOP,      /* the operator wants keeper and server to end */
	RB_SAYS_START,     /* start a resolver process; more: how many descriptors follow */
	RB_SAYS_HOW,       /* how did that process (pid) end, if it has? */
	RB_SAYS_KILL,      /* kill that process */
	RB_SAYS_END,       /* the same, and forget it */
	RB_SAYS_OPEN,      /* type: enum rb_opener_file; by a socket pair of its own */
	/* From a process that compiles, and from one that loads programs. */
	RB_SAYS_COMPILED, /* an image, as with RB_ASKS_POLICY; type: enum rb_recompiled */
	RB_SAYS_LOADED,   /* loaded: with the program, and the map of its AF_XDP sockets */
	/* From the keeper. */
	RB_ASKS_STOP,   /* end at once */
	RB_ASKS_FINISH, /* accept no more queries, answer the pending ones, and end */
	RB_ASKS_TAKE_OVER,
	RB_ASKS_RETIRE, /* with the access rules for pending queries */
	RB_GIVES_RINGS, /* rings: an AF_XDP socket, with its descriptor and that of its frames */
	RB_TAKES_RINGS, /* rings.id: stop using it */
	RB_SETS_MTU,    /* rings.id, rings.form.mtu */
	RB_ASKS_POLICY, /* decide by this image (a descriptor): contents */
	RB_GIVES_ZONE,  /* type: of which transfer; zone, and its file as it is now, if any */
	RB_GIVES_KEYS,  /* with the present contents of the files of key and certificate */
	RB_ANSWERS,     /* the answer to workers, ready, start, how, open; or all are loaded */
	RB_NOTE_KINDS,
};

/* Why the configuration is read again. */
enum rb_reload_cause {
	RB_RELOAD_OPERATOR, /* wants what the file says: what was changed at run time is dropped */
	RB_RELOAD_FILES,    /* that it names have changed */
};

struct rb_note_policy {
	uint32_t changed; /* as in rb_config */
	uint64_t rpzs_off[RB_RPZS_MAX / 64];
};

struct rb_note_option {
	uint32_t number; /* see config/set_options.h */
	char value[RB_SET_OPTION_VALUE_MAX];
};

struct rb_note {
	uint32_t kind;
	int32_t result; /* 0 or -errno */
	int32_t pid;
	int32_t code, status; /* as in siginfo_t */
	uint32_t more;
	int32_t type;      /* which zone, what was compiled, what to open, why to reload */
	uint32_t contents; /* of a policy: see daemon/recompile.h */
	union {
		struct rb_note_policy policy;
		struct rb_note_option option;
		struct rb_zone_contents zone;
		struct {
			uint32_t id;
			struct rb_xsk_form form;
		} rings;
		struct {
			uint32_t port;
			struct rb_attach_mode attach;
		} loaded;
	};
};

#define RB_NOTE_FDS 253 /* as many as the kernel passes at once */

/* Send without waiting: -EAGAIN. fds: are sent along, and stay the caller's. */
int rb_note_offer(int socket_fd, const struct rb_note *note, const int *fds, size_t count);

/* Send, and wait for room. fds: are sent along, and stay the caller's. */
int rb_note_send(int socket_fd, const struct rb_note *note, const int *fds, size_t count);

/*
 * Receive without waiting: -EAGAIN. -EPIPE: the other side has ended. ret_fds: room for
 * RB_NOTE_FDS; the caller owns those that came.
 */
int rb_note_receive(int socket_fd, struct rb_note *ret_note, int *ret_fds, size_t *ret_count);

#endif
