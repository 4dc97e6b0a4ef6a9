/* SPDX-License-Identifier: BSD-2-Clause */
/* Child processes: started, named, ended. */
#include "keeper/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper/log_pipe.h"
#include "util/cleanup.h"

#define OF_PARENT   "parent" /* in place of a descriptor: a child's log goes to its parent */
#define EXEC_FAILED 127      /* the exit status, as a shell has it */

struct rb_process {
	pid_t pid;
	int end_fd, control_fd;
	bool is_starters; /* the starter's child: waitid() and kill() are not for us */
	bool ended;
	siginfo_t how;
	struct rb_log_pipe log;
};

static const struct rb_process_starter *starter;

void rb_process_set_starter(const struct rb_process_starter *other)
{
	starter = other;
}

/* A child does not get the variables of systemd's protocols, and of the log's form (util/log.c). */
static bool is_inherited(const char *variable)
{
	static const char *const ours[] = {"NOTIFY_SOCKET=", "WATCHDOG_", "LISTEN_",
					   "JOURNAL_STREAM="};

	for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
		if (!strncmp(variable, ours[i], strlen(ours[i])))
			return false;
	return true;
}

/* A program whose main() does not ask for its role would start itself again and again. */
static bool is_child(void)
{
	const char *stream = getenv("JOURNAL_STREAM");

	return stream && !strcmp(stream, OF_PARENT);
}

static char **environment_new(void)
{
	size_t count = 0, kept = 0;
	char **variables;

	while (environ && environ[count])
		count++;
	variables = calloc(count + 2, sizeof(*variables));
	if (!variables)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (is_inherited(environ[i]))
			variables[kept++] = environ[i];
	variables[kept] = (char *)(uintptr_t) "JOURNAL_STREAM=" OF_PARENT;
	return variables;
}

/*
 * In the child of fork(), whose parent has threads: nothing but system calls from here on.
 * setresuid(2) and its like are called as such, since the library's would tell all threads.
 */
static int become(const struct rb_process_user *user)
{
	if (!user->change)
		return 0;
	if (syscall(SYS_setgroups, 0, NULL) ||
	    syscall(SYS_setresgid, user->gid, user->gid, user->gid) ||
	    syscall(SYS_setresuid, user->uid, user->uid, user->uid))
		return -errno;
	return 0;
}

/* Move descriptors to the numbers from 0 on, at first above these, so that none is overwritten. */
static int place_fds(int *fds, int count)
{
	for (int i = 0; i < count; i++) {
		fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, count);
		if (fds[i] < 0)
			return -errno;
	}
	for (int i = 0; i < count; i++)
		if (dup2(fds[i], i) < 0)
			return -errno;
	return close_range((unsigned int)count, ~0U, 0) ? -errno : 0;
}

static _Noreturn void child_run(const struct rb_process_opts *opts, int *fds, int count,
				char *const *argv, char *const *variables)
{
	sigset_t none;

	/* Our signal handlers are not for the child. */
	for (int i = 1; i < NSIG; i++)
		signal(i, i == SIGPIPE ? SIG_IGN : SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Signals from a terminal are not for the child. It stays in our session, since niceness
	 * only matters within a session's autogroup. */
	setpgid(0, 0);
	if (!place_fds(fds, count) && !become(opts->user))
		execve("/proc/self/exe", argv, variables);
	_exit(EXEC_FAILED);
}

/* Prepare everything that the child of fork() must not do itself, and fork. */
static int fork_exec(const struct rb_process_opts *opts, int log_fd, int control_fd, pid_t *ret_pid)
{
	int count = (int)opts->fd_count + RB_PROCESS_FD(0);
	_cleanup_close_ int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	_cleanup_free_ int *fds = calloc((size_t)count, sizeof(*fds));
	_cleanup_free_ char **variables = environment_new();
	char parent[16];
	char *const argv[] = {(char *)(uintptr_t)opts->name, parent, NULL};
	pid_t pid;

	if (null_fd < 0)
		return -errno;
	if (!fds || !variables)
		return -ENOMEM;
	snprintf(parent, sizeof(parent), "%d", (int)getpid());
	fds[0] = null_fd;
	fds[1] = null_fd;
	fds[2] = log_fd;
	fds[RB_PROCESS_CONTROL_FD] = control_fd;
	memcpy(fds + RB_PROCESS_FD(0), opts->fds, opts->fd_count * sizeof(*fds));
	pid = fork();
	if (!pid)
		child_run(opts, fds, count, argv, variables);
	if (pid < 0)
		return -errno;
	*ret_pid = pid;
	return 0;
}

/* Open the socket pair. ret_other_fd: the child's end. */
static int pair_open(struct rb_process *child, int *ret_other_fd)
{
	int pair[2];

	child->end_fd = child->control_fd = child->log.fd = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
		return -errno;
	child->control_fd = pair[0];
	*ret_other_fd = pair[1];
	return 0;
}

/* Watch the child's end. A child that cannot be watched is ended. */
static int end_watch(struct rb_process *child)
{
	int err;

	child->end_fd = pidfd_open(child->pid, 0);
	if (child->end_fd >= 0)
		return 0;
	err = -errno;
	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
	child->pid = 0;
	return err;
}

static int start_by_starter(struct rb_process *child, const struct rb_process_opts *opts)
{
	struct rb_process_parts parts;
	int err = starter->start(starter->context, opts, &parts);

	if (err)
		return err;
	child->is_starters = true;
	child->pid = parts.pid;
	child->end_fd = parts.end_fd;
	child->control_fd = parts.control_fd;
	child->log.fd = parts.log_fd;
	return 0;
}

static int start_ourselves(struct rb_process *child, const struct rb_process_opts *opts)
{
	_cleanup_close_ int log_fd = -1, control_fd = -1;
	int err = is_child() ? -ELOOP : pair_open(child, &control_fd);

	if (!err)
		err = rb_log_pipe_open(&child->log, &log_fd);
	if (!err)
		err = fork_exec(opts, log_fd, control_fd, &child->pid);
	return err ?: end_watch(child);
}

int rb_process_start(const struct rb_process_opts *opts, struct rb_process **ret_child)
{
	_cleanup_(rb_process_freep) struct rb_process *child = calloc(1, sizeof(*child));
	int err;

	if (!child)
		return -ENOMEM;
	child->end_fd = child->control_fd = child->log.fd = -1;
	err = starter ? start_by_starter(child, opts) : start_ourselves(child, opts);
	if (err)
		return err;
	snprintf(child->log.label, sizeof(child->log.label), "%s %d", opts->label, (int)child->pid);
	*ret_child = TAKE_PTR(child);
	return 0;
}

void rb_process_forget(struct rb_process *child)
{
	rb_log_pipe_close(&child->log);
	rb_closep(&child->end_fd);
	rb_closep(&child->control_fd);
	free(child);
}

void rb_process_free(struct rb_process *child)
{
	int code, status;

	if (!child)
		return;
	if (child->is_starters) {
		starter->end(starter->context, child->pid);
	} else if (child->pid && !rb_process_how(child, &code, &status)) {
		rb_process_kill(child, SIGKILL);
		while (waitid(P_PID, (id_t)child->pid, &child->how, WEXITED) && errno == EINTR)
			;
	}
	if (child->pid)
		rb_process_log(child);
	rb_process_forget(child);
}

void rb_process_freep(struct rb_process **child)
{
	rb_process_free(*child);
}

pid_t rb_process_pid(const struct rb_process *child)
{
	return child->pid;
}

int rb_process_end_fd(const struct rb_process *child)
{
	return child->end_fd;
}

int rb_process_log_fd(const struct rb_process *child)
{
	return child->log.fd;
}

int rb_process_control_fd(const struct rb_process *child)
{
	return child->control_fd;
}

static bool ask_starter(struct rb_process *child)
{
	struct pollfd ended = {.fd = child->end_fd, .events = POLLIN};

	return poll(&ended, 1, 0) == 1 && !starter->how(starter->context, child->pid,
							&child->how.si_code, &child->how.si_status);
}

bool rb_process_how(struct rb_process *child, int *ret_code, int *ret_status)
{
	child->how.si_pid = 0;
	if (!child->ended && child->is_starters)
		child->ended = ask_starter(child);
	else if (!child->ended)
		child->ended = !waitid(P_PID, (id_t)child->pid, &child->how, WEXITED | WNOHANG) &&
			       child->how.si_pid;
	*ret_code = child->how.si_code;
	*ret_status = child->how.si_status;
	return child->ended;
}

void rb_process_parts(const struct rb_process *child, struct rb_process_parts *ret_parts)
{
	*ret_parts = (struct rb_process_parts){
		.pid = child->pid,
		.end_fd = child->end_fd,
		.control_fd = child->control_fd,
		.log_fd = child->log.fd,
	};
}

void rb_process_let_go(struct rb_process *child)
{
	rb_log_pipe_close(&child->log);
	child->log.fd = -1;
	rb_closep(&child->control_fd);
	child->control_fd = -1;
}

bool rb_process_has_ended(struct rb_process *child, char ret_how[64])
{
	const char *name;
	int code, status;

	if (!rb_process_how(child, &code, &status))
		return false;
	name = sigabbrev_np(status);
	if (code == CLD_EXITED && status == EXEC_FAILED)
		snprintf(ret_how, 64, "could not be started");
	else if (code == CLD_EXITED)
		snprintf(ret_how, 64, "exited with status %d", status);
	else
		snprintf(ret_how, 64, "was killed by SIG%s", name ? name : "?");
	return true;
}

void rb_process_kill(struct rb_process *child, int signal)
{
	if (child->is_starters)
		starter->kill(starter->context, child->pid);
	else if (!child->ended)
		pidfd_send_signal(child->end_fd, signal, NULL, 0);
}

void rb_process_log(struct rb_process *child)
{
	rb_log_pipe_read(&child->log);
}

int rb_process_settle(const char *name, pid_t parent)
{
	prctl(PR_SET_NAME, name, 0, 0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		return -errno;
	/* The parent may have ended before we asked to be told. */
	return getppid() == parent ? 0 : -ESRCH;
}

int rb_process_fork(const char *name, struct rb_process **ret_child, int *ret_control_fd)
{
	_cleanup_(rb_process_freep) struct rb_process *child = calloc(1, sizeof(*child));
	_cleanup_close_ int control_fd = -1;
	pid_t parent = getpid(), pid;
	int err = child ? pair_open(child, &control_fd) : -ENOMEM;

	if (!child || err)
		return err;
	pid = fork();
	if (pid < 0)
		return errno ? -errno : -EIO;
	if (!pid) {
		/* Signals from the parent's terminal are not for us. */
		setpgid(0, 0);
		if (rb_process_settle(name, parent))
			_exit(EXEC_FAILED);
		*ret_child = NULL;
		*ret_control_fd = TAKE_FD(control_fd);
		return 0;
	}
	child->pid = pid;
	err = end_watch(child);
	if (err)
		return err;
	*ret_child = TAKE_PTR(child);
	return 0;
}

bool rb_process_is(int argc, char *const *argv, const char *name)
{
	return argc == 2 && !strcmp(argv[0], name);
}

int rb_process_enter(char *const *argv)
{
	return rb_process_settle(argv[0], atoi(argv[1]));
}
