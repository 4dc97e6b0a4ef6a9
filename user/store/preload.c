/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that takes a client's records. */
#include "store/preload.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#include "util/cleanup.h"
#include "util/privileges.h"
#include "util/text.h"

#define PATIENCE_S 30 /* for a client that neither sends nor takes */

struct rb_preload {
	struct rb_table *table;
	pthread_t thread;
	bool started;        /* and not joined */
	atomic_bool running; /* the rest is the thread's */
	int fd;
	struct rb_intake *intake;
	size_t rest_bytes; /* of the intake's room, filled by main */
};

int rb_preload_new(struct rb_table *table, struct rb_preload **ret_preload)
{
	struct rb_preload *preload = calloc(1, sizeof(*preload));

	if (!preload)
		return -ENOMEM;
	preload->table = table;
	preload->fd = -1;
	*ret_preload = preload;
	return 0;
}

static void counts_print(const struct rb_intake_counts *counts, FILE *out)
{
	const struct {
		const char *name;
		uint64_t value;
	} lines[] = {
		{"loaded", counts->loaded},
		{"expired", counts->expired},
		{"refused", counts->local + counts->validated + counts->kept + counts->unsound},
		{"refused-local", counts->local},
		{"refused-validated", counts->validated},
		{"refused-kept", counts->kept},
		{"refused-unsound", counts->unsound},
		{"too-large", counts->too_large},
		{"not-pinned", counts->unpinned},
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		fprintf(out, "%s: %" PRIu64 "\n", lines[i].name, lines[i].value);
}

/* The last of lines, which is what ended the stream. */
static int last_line(const char *lines, const char **ret_start)
{
	const char *start = lines, *next;

	while ((next = strchr(start, '\n')) && next[1])
		start = next + 1;
	*ret_start = start;
	return (int)strcspn(start, "\n");
}

static void problems_print(const char *lines, FILE *out)
{
	while (*lines) {
		int len = (int)strcspn(lines, "\n");

		fprintf(out, "problem: %.*s\n", len, lines);
		lines += len + (lines[len] == '\n');
	}
}

/* err: of rb_intake_filled(), 0: the bytes ended before the stream did. */
static void answer_print(const struct rb_intake *intake, int err, FILE *out)
{
	const char *problems = rb_intake_problems(intake), *last;
	struct rb_store_facts facts;
	int last_len;

	rb_intake_facts(intake, &facts);
	if (!err && !facts.begun) {
		fputs("error no record stream: it ends before its header\n", out);
	} else if (!err) {
		fprintf(out, "error the stream is cut off after record %" PRIu64 "\n",
			facts.number);
	} else if (err != -ENODATA) {
		last_len = last_line(problems, &last);
		fprintf(out, "error %.*s\n", last_len, *last ? last : "");
	}
	counts_print(rb_intake_counts(intake), out);
	problems_print(problems, out);
}

static void answer_send(const struct rb_preload *preload, int err)
{
	_cleanup_free_ char *text = NULL;
	struct rb_text *memory;
	size_t len, sent = 0;
	FILE *out;

	if (rb_text_open(&memory, &out))
		return;
	answer_print(preload->intake, err, out);
	if (rb_text_close(memory, &text, &len))
		return;
	while (sent < len) {
		ssize_t some = send(preload->fd, text + sent, len - sent, MSG_NOSIGNAL);

		if (some <= 0)
			return;
		sent += (size_t)some;
	}
}

/* A client that is still writing would take the end of our side for an error of its own. */
static void drain(int fd)
{
	char bytes[4096];

	while (recv(fd, bytes, sizeof(bytes), 0) > 0)
		;
}

static int receive(const struct rb_preload *preload)
{
	int err = rb_intake_filled(preload->intake, preload->rest_bytes);

	while (!err) {
		size_t room;
		uint8_t *bytes = rb_intake_room(preload->intake, &room);
		ssize_t got = recv(preload->fd, bytes, room, 0);

		if (got <= 0)
			break;
		err = rb_intake_filled(preload->intake, (size_t)got);
	}
	return err;
}

/* By the thread that may wait: to main, which answers where there is no thread, it never blocks. */
static int fd_block(int fd)
{
	const struct timeval client_timeout = {.tv_sec = PATIENCE_S};
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &client_timeout, sizeof(client_timeout)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &client_timeout, sizeof(client_timeout)))
		return -errno;
	return 0;
}

static void *run(void *arg)
{
	struct rb_preload *preload = arg;
	int err;

	pthread_setname_np(pthread_self(), "rb-preload");
	(void)rb_privileges_drop();
	err = fd_block(preload->fd);
	if (!err)
		err = receive(preload);
	if (err)
		drain(preload->fd);
	answer_send(preload, err);
	shutdown(preload->fd, SHUT_RDWR);
	rb_intake_free(TAKE_PTR(preload->intake));
	atomic_store(&preload->running, false);
	return NULL;
}

static void finish(struct rb_preload *preload)
{
	if (preload->started)
		pthread_join(preload->thread, NULL);
	preload->started = false;
	rb_closep(&preload->fd);
	preload->fd = -1;
}

static int thread_start(struct rb_preload *preload)
{
	sigset_t all, before;
	int err;

	/* Signals are main's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	atomic_store(&preload->running, true);
	err = pthread_create(&preload->thread, NULL, run, preload);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		atomic_store(&preload->running, false);
	preload->started = !err;
	return -err;
}

int rb_preload_start(struct rb_preload *preload, const struct rb_config *config, unsigned int flags,
		     int fd, const void *rest, size_t rest_bytes)
{
	_cleanup_(rb_intake_freep) struct rb_intake *intake = NULL;
	uint8_t *bytes;
	size_t room;
	int err;

	if (atomic_load(&preload->running))
		return -EBUSY;
	finish(preload);
	err = rb_intake_new(config, preload->table, flags, &intake);
	if (err)
		return err;
	bytes = rb_intake_room(intake, &room);
	if (rest_bytes > room)
		return -EMSGSIZE;
	if (rest_bytes)
		memcpy(bytes, rest, rest_bytes);
	preload->rest_bytes = rest_bytes;
	preload->intake = TAKE_PTR(intake);
	preload->fd = fd;
	err = thread_start(preload);
	if (err) {
		preload->fd = -1;
		rb_intake_free(TAKE_PTR(preload->intake));
	}
	return err;
}

void rb_preload_free(struct rb_preload *preload)
{
	if (!preload)
		return;
	if (preload->started && atomic_load(&preload->running))
		shutdown(preload->fd, SHUT_RDWR);
	finish(preload);
	free(preload);
}
