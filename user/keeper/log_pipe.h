/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a child process writes to stderr, as lines of our log: with the level that each begins with
 * (<N>, as in sd-daemon(3)), else as warnings, and with who said it.
 *
 * Thread: main. Trust: a line may say anything. It is cut at RB_LINE_BYTES, what is not printable
 *	   becomes '?', and more than some hundred lines in a second are counted instead.
 * Errors: 0 or -errno.
 */
#ifndef RB_KEEPER_LOG_PIPE_H
#define RB_KEEPER_LOG_PIPE_H

#include <stddef.h>
#include <stdint.h>

#define RB_LINE_BYTES 1024

struct rb_log_pipe {
	int fd;         /* of a pipe, to be read */
	char label[32]; /* who says it */
	char line[RB_LINE_BYTES];
	size_t len; /* of the line that is not complete yet */
	uint64_t second_ns;
	unsigned int logged, left_out; /* since second_ns */
};

/* ret_fd: for the child to write to; it does not wait for us. */
int rb_log_pipe_open(struct rb_log_pipe *pipe, int *ret_fd);
void rb_log_pipe_close(struct rb_log_pipe *pipe);

/* Read what there is, and log it. */
void rb_log_pipe_read(struct rb_log_pipe *pipe);

#endif
