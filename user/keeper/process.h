/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A child process of ours: this program, executed again under another name, as a user that owns
 * nothing, and with only the descriptors that it is given. Its stderr becomes lines of our log.
 *
 * Thread:   the parent's side by the thread that started the child, which the child does not
 *	     outlive (PR_SET_PDEATHSIG).
 * Trust:    the child's lines may have any contents: they are cut, cleaned and limited.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_KEEPER_PROCESS_H
#define RB_KEEPER_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "keeper/user.h"

/* The child's descriptors: stderr is its log, this its end of a socket pair, then those given. */
#define RB_PROCESS_CONTROL_FD 3
#define RB_PROCESS_FD(number) (RB_PROCESS_CONTROL_FD + 1 + (int)(number))

struct rb_process_opts {
	const char *name;  /* comm and argv[0]: at most 15 bytes */
	const char *label; /* in the log, ahead of the process's number */
	const struct rb_process_user *user;
	const int *fds; /* the child gets copies, as RB_PROCESS_FD() numbers them */
	size_t fd_count;
};

struct rb_process;

/* The parts of a child that a starter passes to its client. */
struct rb_process_parts {
	pid_t pid;
	int end_fd, control_fd, log_fd;
};

/*
 * Another process that starts children in our place, as its own: rb_process_start() and all
 * functions for such a child go through it. It chooses the name, the label and the user.
 */
struct rb_process_starter {
	void *context;
	int (*start)(void *context, const struct rb_process_opts *opts,
		     struct rb_process_parts *ret_parts);
	/* How it ended, as in siginfo_t. -EAGAIN: it has not. */
	int (*how)(void *context, pid_t pid, int *ret_code, int *ret_status);
	void (*kill)(void *context, pid_t pid); /* by SIGKILL */
	void (*end)(void *context, pid_t pid);  /* the same, and forget it */
};

/* For this process, from now on. starter must stay valid. */
void rb_process_set_starter(const struct rb_process_starter *starter);

/* -ELOOP: this process is such a child itself. */
int rb_process_start(const struct rb_process_opts *opts, struct rb_process **ret_child);

/*
 * Another kind of child: it goes on from here with all that we have, under a name of its own, and
 * ends when we do. The parent gets ret_child; the child gets NULL there, and its end of the socket
 * pair. Only for a process with one thread. The child logs by itself; we read nothing of it.
 */
int rb_process_fork(const char *name, struct rb_process **ret_child, int *ret_control_fd);

/* In a child of fork(): close and free what the parent has of another child. */
void rb_process_forget(struct rb_process *child);

/* Kill it if it runs, wait for its end, free. */
void rb_process_free(struct rb_process *child);
void rb_process_freep(struct rb_process **child);

pid_t rb_process_pid(const struct rb_process *child);

/* Readable when it has ended; readable when there are lines to log; our end of the socket pair. */
int rb_process_end_fd(const struct rb_process *child);
int rb_process_log_fd(const struct rb_process *child);
int rb_process_control_fd(const struct rb_process *child);

/* Whether it has ended, and how: "was killed by SIGSEGV". */
bool rb_process_has_ended(struct rb_process *child, char ret_how[64]);

/* The same as numbers of siginfo_t. */
bool rb_process_how(struct rb_process *child, int *ret_code, int *ret_status);

/* For a starter: what its client gets; and the client has log and socket pair from now on. */
void rb_process_parts(const struct rb_process *child, struct rb_process_parts *ret_parts);
void rb_process_let_go(struct rb_process *child);

void rb_process_kill(struct rb_process *child, int signal);

/* Log what it has written since the last call. */
void rb_process_log(struct rb_process *child);

/* --- in the child --------------------------------------------------------------------------- */

/* Whether this process was started as a child with that name. */
bool rb_process_is(int argc, char *const *argv, const char *name);

/* Before anything else: take the name, and end with the parent. -ESRCH: that has ended already. */
int rb_process_enter(char *const *argv);

/* The same for a forked child; and again after a change of user, with which Linux forgets it. */
int rb_process_settle(const char *name, pid_t parent);

#endif
