/* SPDX-License-Identifier: BSD-2-Clause */
/* A record stream to the daemon. */
#include "upload.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>

#include "daemon.h"
#include "progress.h"
#include "util/cleanup.h"

#define PATIENCE_S   60
#define BUFFER_BYTES (256UL << 10)

struct work {
	struct rb_store_writer writer;
	struct progress progress;
	bool pinned;
};

static int put(const struct rb_store_record *record, void *context)
{
	struct work *work = context;
	struct rb_store_record pinned = *record;

	pinned.pinned = work->pinned;
	progress_step(&work->progress);
	return rb_store_put(&work->writer, &pinned);
}

static int stream_send(struct work *work, FILE *out, struct rb_import_input *input,
		       struct rb_import_problems *problems)
{
	const struct rb_import_sink sink = {put, work};
	struct rb_store_clock now = rb_store_now();
	int err = rb_store_begin(&work->writer, out, rb_import_input_fingerprint(input), now);

	if (!err)
		err = rb_import_input_put(input, now.clock_ns, problems, &sink);
	return err ? err : rb_store_end(&work->writer);
}

int upload(const struct cachectl *ctl, struct rb_import_input *input,
	   const struct upload_opts *opts, struct rb_import_problems *problems,
	   struct upload_result *ret_result)
{
	struct work work = {.pinned = opts->pinned};
	_cleanup_free_ char *answer = NULL;
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *buffer = malloc(BUFFER_BYTES);
	_cleanup_fclose_ FILE *out = NULL; /* ends before its buffer */
	char command[32];
	int err, copy, heard;

	snprintf(command, sizeof(command), "preload%s%s", opts->pinned ? " pin" : "",
		 opts->trusted ? " trust" : "");

	err = daemon_open(ctl->socket, command, PATIENCE_S, &fd);
	if (err)
		return err;
	copy = dup(fd);
	out = copy < 0 ? NULL : fdopen(copy, "w");
	if (!out || !buffer) {
		if (!out)
			rb_closep(&copy);
		return -ENOMEM;
	}
	/* Of a buffer that glibc is to find itself it would choose the size, 4 KiB, too. */
	setvbuf(out, buffer, _IOFBF, BUFFER_BYTES);
	/* A daemon that has had enough says why: that is to be read, not died of. */
	signal(SIGPIPE, SIG_IGN);
	progress_begin(&work.progress, "preload", rb_import_input_count(input));
	err = stream_send(&work, out, input, problems);
	progress_end(&work.progress);
	if (err && err != -EPIPE && err != -ECONNRESET)
		return err;
	shutdown(fd, SHUT_WR);
	heard = daemon_text(fd, &answer);
	if (heard || !*answer)
		return heard ? heard : -ECONNRESET;
	*ret_result = (struct upload_result){work.writer.count, TAKE_PTR(answer)};
	return 0;
}
