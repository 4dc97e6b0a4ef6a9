/* SPDX-License-Identifier: BSD-2-Clause */
/* Notes from servers; the keeper keeps what the next server will need. */
#include <errno.h>
#include <unistd.h>

#include "daemon/keeper.h"
#include "util/cleanup.h"

/* Take the first of the descriptors that came; -1: none. */
static int fd_take(int *fds, size_t count)
{
	return count ? TAKE_FD(fds[0]) : -1;
}

static void hear(struct rb_keeper *keeper, struct rb_keeper_server *server,
		 const struct rb_note *note, int *fds, size_t count)
{
	struct rb_note done = {.kind = RB_ANSWERS};

	switch (note->kind) {
	case RB_SAYS_PREPARED:
		rb_keeper_prepared(keeper, server);
		break;
	case RB_SAYS_WORKERS:
		done.result = server->state == RB_SERVER_STARTING ? rb_keeper_xdp_serve(keeper)
								  : -EPROTO;
		break;
	case RB_SAYS_MAPPED:
		if (keeper->xdp)
			rb_xdp_mapped(keeper->xdp, note->rings.id, note->result);
		break;
	case RB_SAYS_RETIRED:
		rb_keeper_retired(keeper, server);
		break;
	case RB_SAYS_READY:
		rb_keeper_ready(keeper, server);
		break;
	case RB_SAYS_RELOAD:
		rb_keeper_want_reload(keeper,
				      note->type == RB_RELOAD_FILES ? RB_RELOAD_FILES
								    : RB_RELOAD_OPERATOR,
				      fd_take(fds, count));
		break;
	case RB_SAYS_SET:
		rb_keeper_want_option(keeper, &note->option, fd_take(fds, count));
		break;
	case RB_SAYS_POLICY:
		/* A server that accepts no more queries changes nothing. */
		if (server->state == RB_SERVER_SERVING || server->state == RB_SERVER_STARTING)
			rb_policy_file_keep(&keeper->policy, &note->policy, fd_take(fds, count));
		break;
	case RB_SAYS_UPSTREAMS:
		if (server->state == RB_SERVER_SERVING || server->state == RB_SERVER_STARTING)
			rb_policy_file_keep_upstreams(&keeper->policy, fd_take(fds, count));
		break;
	case RB_SAYS_STOP:
		rb_keeper_stop(keeper);
		break;
	default:
		rb_keeper_hear_of_resolvers(keeper, server, note, fds, count);
		break;
	}
	if (note->kind == RB_SAYS_WORKERS || note->kind == RB_SAYS_READY)
		rb_note_send(rb_process_control_fd(server->child), &done, NULL, 0);
}

void rb_keeper_hear(struct rb_keeper *keeper, struct rb_keeper_server *server)
{
	struct rb_note note;
	int fds[RB_NOTE_FDS], err;
	size_t count;

	for (;;) {
		err = rb_note_receive(rb_process_control_fd(server->child), &note, fds, &count);
		if (err)
			break;
		hear(keeper, server, &note, fds, count);
		for (size_t i = 0; i < count; i++)
			rb_closep(&fds[i]);
	}
	server->is_deaf |= err != -EAGAIN && err != -EINTR;
}
