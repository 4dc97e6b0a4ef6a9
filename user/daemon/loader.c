/* SPDX-License-Identifier: BSD-2-Clause */
/* A child of the keeper that loads, and sends a note for each program and one at its end. */
#include "daemon/loader.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/note.h"
#include "util/cleanup.h"

#define NAME "rb-load"

/* --- in the child --- */

static void send_loaded(int control_fd, struct rb_xdp *xdp)
{
	struct rb_note note = {.kind = RB_SAYS_LOADED};
	struct rb_xdp_loaded loaded;

	for (note.loaded.port = 0; rb_xdp_loaded(xdp, note.loaded.port, &loaded);
	     note.loaded.port++) {
		const int fds[] = {loaded.program_fd, loaded.xsks_fd};

		if (loaded.program_fd < 0)
			continue;
		note.loaded.attach = loaded.attach;
		if (rb_note_send(control_fd, &note, fds, ARRAY_SIZE(fds)))
			return;
	}
}

static _Noreturn void child_run(struct rb_xdp *xdp, int control_fd)
{
	struct rb_note end = {.kind = RB_ANSWERS, .result = rb_xdp_load(xdp)};

	if (!end.result)
		send_loaded(control_fd, xdp);
	(void)rb_note_send(control_fd, &end, NULL, 0);
	/* What the keeper has opened is not ours to close in order. */
	_exit(EXIT_SUCCESS);
}

/* --- in the keeper --- */

int rb_loader_start(struct rb_xdp *xdp, struct rb_process **ret_child)
{
	struct rb_process *child;
	int control_fd, err = rb_process_fork(NAME, &child, &control_fd);

	if (err)
		return err;
	if (!child)
		child_run(xdp, control_fd);
	*ret_child = child;
	return 0;
}

static void take(struct rb_xdp *xdp, const struct rb_note *note, int *fds, size_t count)
{
	if (note->kind == RB_SAYS_LOADED && count == 2)
		rb_xdp_take_loaded(xdp, note->loaded.port,
				   &(struct rb_xdp_loaded){.attach = note->loaded.attach,
							   .program_fd = TAKE_FD(fds[0]),
							   .xsks_fd = TAKE_FD(fds[1])});
	while (count)
		rb_closep(&fds[--count]);
}

int rb_loader_finish(struct rb_process *child, struct rb_xdp *xdp)
{
	struct pollfd readable = {.fd = rb_process_control_fd(child), .events = POLLIN};
	int fds[RB_NOTE_FDS], err;
	struct rb_note note;
	size_t count;

	for (;;) {
		err = rb_note_receive(readable.fd, &note, fds, &count);
		if (err == -EAGAIN)
			poll(&readable, 1, -1);
		if (err == -EAGAIN || err == -EINTR)
			continue;
		if (err)
			return 0;
		take(xdp, &note, fds, count);
		if (note.kind == RB_ANSWERS)
			return note.result;
	}
}
