/* SPDX-License-Identifier: BSD-2-Clause */
/* A child's lines in our log. */
#include "keeper/log_pipe.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define LINES_MAX 200 /* in a second; those for debugging are not counted */
#define READ_MAX  (64 << 10)

int rb_log_pipe_open(struct rb_log_pipe *pipe, int *ret_fd)
{
	int fds[2];

	*pipe = (struct rb_log_pipe){.fd = -1};
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	pipe->fd = fds[0];
	*ret_fd = fds[1];
	return 0;
}

void rb_log_pipe_close(struct rb_log_pipe *pipe)
{
	rb_closep(&pipe->fd);
}

/* "<3>text": the level, and where the text begins. */
static enum rb_log_level level_of(const char **text)
{
	const char *line = *text;

	if (line[0] != '<' || line[1] < '0' + RB_LOG_ERROR || line[1] > '0' + RB_LOG_DEBUG ||
	    line[2] != '>')
		return RB_LOG_WARN;
	*text = line + 3;
	return (enum rb_log_level)(line[1] - '0');
}

/* Whether one more may be logged in this second. */
static bool is_within_limit(struct rb_log_pipe *pipe)
{
	uint64_t now_ns = rb_clock_ns();

	if (now_ns - pipe->second_ns >= RB_NS_PER_S) {
		if (pipe->left_out)
			rb_log_warn("%s: %u more lines, left out", pipe->label, pipe->left_out);
		pipe->second_ns = now_ns;
		pipe->logged = pipe->left_out = 0;
	}
	if (pipe->logged < LINES_MAX) {
		pipe->logged++;
		return true;
	}
	pipe->left_out++;
	return false;
}

static void line_end(struct rb_log_pipe *pipe)
{
	const char *text = pipe->line;
	enum rb_log_level level;

	pipe->line[pipe->len] = '\0';
	pipe->len = 0;
	level = level_of(&text);
	if (*text && (level == RB_LOG_DEBUG || is_within_limit(pipe)))
		rb_log(level, "%s: %s", pipe->label, text);
}

void rb_log_pipe_read(struct rb_log_pipe *pipe)
{
	char bytes[4096];
	size_t total = 0;
	ssize_t len;

	while (total < READ_MAX && (len = read(pipe->fd, bytes, sizeof(bytes))) > 0) {
		total += (size_t)len;
		for (ssize_t i = 0; i < len; i++) {
			if (bytes[i] == '\n' || pipe->len == RB_LINE_BYTES - 1)
				line_end(pipe);
			if (bytes[i] != '\n')
				pipe->line[pipe->len++] =
					isprint((unsigned char)bytes[i]) ? bytes[i] : '?';
		}
	}
}
