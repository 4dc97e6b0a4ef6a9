/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stderr of a child process as lines of our log: with the level that each begins with (<N>, as
 * in sd-daemon(3)), or else as warnings, and with the name of the process.
 *
 * Thread: main. Trust: a line may have any contents. It is cut at RB_LINE_BYTES, bytes that are not
 *	   printable become '?', and lines beyond some hundred in a second are only counted.
 * Errors: 0 or -errno.
 */
#ifndef RB_KEEPER_LOG_PIPE_H
#define RB_KEEPER_LOG_PIPE_H

#include <stddef.h>
#include <stdint.h>

#define RB_LINE_BYTES 1024

struct rb_log_pipe {
	int fd;         /* of a pipe, to be read */
	char label[32]; /* the process */
	char line[RB_LINE_BYTES];
	size_t len; /* of the line that is not complete yet */
	uint64_t second_ns;
	unsigned int logged, left_out; /* since second_ns */
};

/* ret_fd: the child's end, which does not block. */
int rb_log_pipe_open(struct rb_log_pipe *pipe, int *ret_fd);
void rb_log_pipe_close(struct rb_log_pipe *pipe);

/* Read what there is, and log it. */
void rb_log_pipe_read(struct rb_log_pipe *pipe);

#endif
