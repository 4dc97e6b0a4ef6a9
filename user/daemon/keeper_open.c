/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that servers may not open themselves: they say which one, and the configuration in force
 * says where it is. Key and certificates are read here when their files have changed.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/keeper.h"
#include "serve/dnstap_dial.h"
#include "store/cachefile_open.h"
#include "util/cleanup.h"
#include "util/log.h"
#include "util/log_sink.h"

int rb_keeper_door_open(struct rb_keeper_server *server, int *ret_server_fd)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
		return -errno;
	server->door_fd = pair[0];
	*ret_server_fd = pair[1];
	return 0;
}

static int log_open(int *ret_fd)
{
	int err = rb_log_sink_reopen();

	return err ?: rb_log_sink_fd(ret_fd);
}

static int file_open(const struct rb_config *config, enum rb_opener_file file, int *ret_fd)
{
	switch (file) {
	case RB_OPENS_LOG:
		return log_open(ret_fd);
	case RB_OPENS_CACHE:
	case RB_OPENS_CACHE_NEW:
	case RB_OPENS_CACHE_SAVED:
	case RB_OPENS_CACHE_DROPPED:
		return config->cache_file ? rb_cachefile_open(config->cache_file, file, ret_fd)
					  : -ENOENT;
	case RB_OPENS_DNSTAP:
		return config->dnstap.enabled ? rb_dnstap_dial(&config->dnstap, ret_fd) : -ENOENT;
	default:
		return -EPROTO;
	}
}

void rb_keeper_hear_at_door(struct rb_keeper *keeper, struct rb_keeper_server *server)
{
	struct rb_note note;
	int fds[RB_NOTE_FDS], err;
	size_t count;

	for (;;) {
		struct rb_note answer = {.kind = RB_ANSWERS};
		_cleanup_close_ int fd = -1;

		err = rb_note_receive(server->door_fd, &note, fds, &count);
		if (err)
			break;
		while (count)
			close(fds[--count]);
		answer.result =
			note.kind == RB_SAYS_OPEN
				? file_open(keeper->config, (enum rb_opener_file)note.type, &fd)
				: -EPROTO;
		/* A server that waits for the answer has room for it; another gets none. */
		(void)rb_note_offer(server->door_fd, &answer, &fd, fd >= 0);
	}
	if (err == -EAGAIN || err == -EINTR)
		return;
	rb_closep(&server->door_fd);
	server->door_fd = -1;
}

void rb_keeper_watch_keys(struct rb_keeper *keeper)
{
	int err = rb_tls_watch_begin(&keeper->config->secure.files, &keeper->keys);

	if (err)
		rb_log_error("TLS: other keys and certificates will not be seen (%s)",
			     strerror(-err));
}

void rb_keeper_look_at_keys(struct rb_keeper *keeper)
{
	struct rb_keeper_server *server = rb_keeper_server_in(keeper, RB_SERVER_SERVING);
	const struct rb_note note = {.kind = RB_GIVES_KEYS};
	_cleanup_close_ int fd = -1;
	int err;

	if (!server || !rb_tls_watch_look(&keeper->keys))
		return;
	err = rb_tls_files_write(&keeper->keys.files, &fd);
	if (!err)
		err = rb_note_offer(rb_process_control_fd(server->child), &note, &fd, 1);
	rb_tls_files_forget(&keeper->keys.files);
	if (err)
		rb_log_error("TLS: the key and certificate that are in force stay (%s)",
			     strerror(-err));
}
