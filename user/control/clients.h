/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control socket (a Unix stream) and who is connected: each sends one line, gets text until
 * EOF. That is the protocol of unbound-control.
 *
 * Thread:   one; nothing here waits.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_CONTROL_CLIENTS_H
#define RB_CONTROL_CLIENTS_H

#include <stdbool.h>
#include <stdio.h>

struct rb_clients;

/* Write the answer to a line (without its newline). */
typedef void rb_clients_answer_fn(const char *line, FILE *out, const void *context);

/* A client whose line asks for more than text. */
struct rb_clients_upload {
	int fd;
	const char *line;
	const char *rest; /* what the client sent after the line so far */
	size_t rest_len;
};

/*
 * Whether the connection is taken over from us, who answer no more. Where not, what was written to
 * out is the answer; without any the line is answered as any other.
 */
typedef bool rb_clients_take_fn(const struct rb_clients_upload *upload, FILE *out,
				const void *context);

/*
 * The socket is made with mode 0660, for root and the group "runbound" where there is one; its
 * directory is made where missing. A socket that nobody listens at is replaced. -EADDRINUSE:
 * somebody does.
 */
int rb_clients_open(const char *path, rb_clients_answer_fn *answer, const void *context,
		    struct rb_clients **ret_clients);

/* From now on. context: of rb_clients_open(). */
void rb_clients_set_take(struct rb_clients *clients, rb_clients_take_fn *take);

/* Readable when rb_clients_serve() has something to do. */
int rb_clients_fd(const struct rb_clients *clients);
void rb_clients_serve(struct rb_clients *clients);

/* Once a second: end clients that take too long, accept again after a want of descriptors. */
void rb_clients_tick(struct rb_clients *clients);

/* Removes the socket. */
void rb_clients_close(struct rb_clients *clients);

#endif
