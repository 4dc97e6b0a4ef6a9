/* SPDX-License-Identifier: BSD-2-Clause */
/* libunbound contexts: their configuration, and libunbound's messages. */
#include "resolve/context.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unbound-event.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/log.h"
#include "util/text.h"

/* No such name: its parse comes after everything that a first question sets up. */
#define UNPARSABLE_NAME "a..b"

void rb_context_deletep(struct ub_ctx **context)
{
	if (*context)
		ub_ctx_delete(*context);
	*context = NULL;
}

/* The text behind "[1700000000] libunbound[1:0] ". */
static const char *without_stamp(const char *line)
{
	const char *ident = strstr(line, "] libunbound[");
	const char *end = ident ? strstr(ident + 1, "] ") : NULL;

	return end ? end + 2 : line;
}

/*
 * What libunbound calls an error or a warning is one. Its information is what it does for a question,
 * which it tells from verbosity 2 on; what it notices at its start is of no interest.
 */
static void log_line(const char *line)
{
	static const struct {
		const char *begins;
		enum rb_log_level level;
	} levels[] = {
		{"fatal error: ", RB_LOG_ERROR},
		{"error: ", RB_LOG_ERROR},
		{"warning: ", RB_LOG_WARN},
		{"info: ", RB_LOG_INFO},
		{"", RB_LOG_DEBUG},
	};
	size_t i = 0;

	line = without_stamp(line);
	while (strncmp(line, levels[i].begins, strlen(levels[i].begins)) != 0)
		i++;
	rb_log(levels[i].level, "libunbound: %s", line + strlen(levels[i].begins));
}

static void log_lines(char *text)
{
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")))
		if (*line)
			log_line(line);
}

/* The stream is line-buffered, so a call brings a line, or a piece of one that is too long. */
static ssize_t log_write(void *cookie, const char *bytes, size_t len)
{
	_cleanup_free_ char *text = strndup(bytes, len);

	(void)cookie;
	if (text)
		log_lines(text);
	return (ssize_t)len;
}

int rb_context_log_open(FILE **ret_log)
{
	const cookie_io_functions_t functions = {.write = log_write};
	FILE *log = fopencookie(NULL, "w", functions);

	if (!log)
		return -ENOMEM;
	setvbuf(log, NULL, _IOLBF, BUFSIZ);
	*ret_log = log;
	return 0;
}

static int to_errno(int unbound_error)
{
	switch (unbound_error) {
	case UB_NOERROR:
		return 0;
	case UB_NOMEM:
		return -ENOMEM;
	case UB_SYNTAX:
		return -EINVAL;
	default:
		return -EIO;
	}
}

/* ub_ctx_config() takes a path, and the text is not a file: it lives in memory for the call. */
int rb_context_configure(struct ub_ctx *context, const char *text, size_t len)
{
	_cleanup_close_ int fd = memfd_create("resolver.conf", MFD_CLOEXEC);
	size_t written = 0;
	char path[64];

	if (fd < 0)
		return -errno;
	while (written < len) {
		ssize_t n = write(fd, text + written, len - written);

		if (n < 0)
			return -errno;
		written += (size_t)n;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return to_errno(ub_ctx_config(context, path));
}

static void never_answered(void *arg, int rcode, void *packet, int len, int security,
			   char *why_bogus, int was_ratelimited)
{
	(void)arg;
	(void)rcode;
	(void)packet;
	(void)len;
	(void)security;
	(void)why_bogus;
	(void)was_ratelimited;
}

/*
 * libunbound sets up modules and sockets at the first question. Ask one now, so that errors are
 * found at the start: all is in order if it only complains about the name.
 */
int rb_context_complete(struct ub_ctx *context)
{
	int err = ub_resolve_event(context, UNPARSABLE_NAME, 1, 1, NULL, never_answered, NULL);

	return err == UB_SYNTAX ? 0 : err ? to_errno(err) : -EIO;
}

int rb_context_new(struct event_base *base, const char *path, FILE *log,
		   struct ub_ctx **ret_context)
{
	/* In this order: the context goes before the stream that it writes to. */
	_cleanup_(rb_text_freep) struct rb_text *said = NULL;
	_cleanup_(rb_context_deletep) struct ub_ctx *context = NULL;
	FILE *start_log;
	int err = rb_text_open(&said, &start_log);

	if (err)
		return err;
	context = ub_ctx_create_event(base);
	if (!context)
		return -ENOMEM;
	ub_ctx_debugout(context, start_log);
	err = to_errno(ub_ctx_config(context, path));
	if (!err)
		err = rb_context_complete(context);
	ub_ctx_debugout(context, log);
	log_lines(rb_text_peek(said));
	if (err) {
		rb_log_error("the resolver's configuration was refused by libunbound %s: %s",
			     ub_version(), strerror(-err));
		return err;
	}
	*ret_context = TAKE_PTR(context);
	return 0;
}
