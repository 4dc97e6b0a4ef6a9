/* SPDX-License-Identifier: BSD-2-Clause */
/* A child that has libunbound read a text, and libunbound's messages. */
#include "resolve/child.h"

#include <ctype.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unbound-event.h>

#include "resolve/context.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/text.h"

#define PATIENCE_S     180 /* local zones by the million take minutes when it is busy */
#define ERROR_MARK     ": error: "
#define SAID_BYTES_MAX 65536 /* the first errors matter */

static _Noreturn void child_main(int out_fd, const char *text, size_t len, enum rb_ask ask)
{
	struct event_base *base;
	struct ub_ctx *context;
	int err;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The parent may not be one that can send signals. */
	alarm(PATIENCE_S);
	dup2(out_fd, STDERR_FILENO);
	base = event_base_new();
	context = base ? ub_ctx_create_event(base) : NULL;
	if (!context)
		_exit(EXIT_FAILURE);
	ub_ctx_debugout(context, stderr);
	err = rb_context_configure(context, text, len);
	if (!err && ask == RB_ASK_COMPLETE)
		err = rb_context_complete(context);
	fflush(stderr);
	_exit(err ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* Read until the other end is closed; false: it takes too long. */
static bool listen_to(int fd, FILE *said)
{
	uint64_t deadline_ns = rb_clock_ns() + PATIENCE_S * RB_NS_PER_S;
	size_t kept = 0;

	for (;;) {
		uint64_t now_ns = rb_clock_ns();
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		char bytes[4096];
		ssize_t got;

		if (now_ns >= deadline_ns)
			return false;
		if (poll(&poll_fd, 1, (int)((deadline_ns - now_ns) / RB_NS_PER_MS) + 1) <= 0)
			continue;
		got = read(fd, bytes, sizeof(bytes));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return true;
		if (kept < SAID_BYTES_MAX)
			kept += fwrite(bytes, 1, (size_t)got, said);
	}
}

static void reap(pid_t pid, bool ended, struct rb_child *child)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!ended) {
		child->end = RB_CHILD_ENDLESS;
	} else if (WIFSIGNALED(status)) {
		child->end = RB_CHILD_DIED;
		child->signal = WTERMSIG(status);
	} else {
		child->end = WEXITSTATUS(status) ? RB_CHILD_REFUSED : RB_CHILD_TOOK;
	}
}

int rb_child_ask(const char *text, size_t len, enum rb_ask ask, struct rb_child *ret_child)
{
	struct rb_child child = {0};
	struct rb_text *memory;
	size_t said_bytes;
	FILE *said;
	int pipe_fds[2], err = rb_text_open(&memory, &said);
	pid_t pid;

	if (err)
		return err;
	if (pipe2(pipe_fds, O_CLOEXEC)) {
		err = -errno;
		rb_text_freep(&memory);
		return err;
	}
	pid = fork();
	err = pid < 0 ? -errno : 0;
	if (!pid)
		child_main(pipe_fds[1], text, len, ask);
	close(pipe_fds[1]);
	if (!err)
		reap(pid, listen_to(pipe_fds[0], said), &child);
	close(pipe_fds[0]);
	if (err)
		rb_text_freep(&memory);
	else
		err = rb_text_close(memory, &child.said, &said_bytes);
	if (err)
		return err;
	*ret_child = child;
	return 0;
}

/*
 * An error that libunbound reports with a line number: "PATH:LINE: error: TEXT". Its messages while
 * it sets up its modules have none.
 */
static bool numbered_error(const char *row, size_t len, unsigned int *ret_line,
			   const char **ret_text)
{
	const char *mark = memmem(row, len, ERROR_MARK, strlen(ERROR_MARK));
	const char *digits = mark;

	while (digits && digits > row && isdigit((unsigned char)digits[-1]))
		digits--;
	if (digits == mark || digits == row || digits[-1] != ':')
		return false;
	*ret_line = (unsigned int)strtoul(digits, NULL, 10);
	*ret_text = mark + strlen(ERROR_MARK);
	return true;
}

int rb_child_errors(const struct rb_child *child, rb_child_visitor *visit, void *context)
{
	const char *row, *end, *text;
	unsigned int line;
	int err = 0;

	for (row = child->said; *row && !err; row = *end ? end + 1 : end) {
		end = strchrnul(row, '\n');
		if (numbered_error(row, (size_t)(end - row), &line, &text))
			err = visit(context, line, text, (size_t)(end - text));
	}
	return err;
}

void rb_child_release(struct rb_child *child)
{
	free(child->said);
	child->said = NULL;
}
