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

#include <stdio.h>

struct rb_clients;

/* Write the answer to a line (without its newline). */
typedef void rb_clients_answer_fn(const char *line, FILE *out, const void *context);

/*
 * The socket is made with mode 0660, for root and the group "runbound" where there is one; its
 * directory is made where missing. A socket that nobody listens at is replaced. -EADDRINUSE:
 * somebody does.
 */
int rb_clients_open(const char *path, rb_clients_answer_fn *answer, const void *context,
		    struct rb_clients **ret_clients);

/* Readable when rb_clients_serve() has something to do. */
int rb_clients_fd(const struct rb_clients *clients);
void rb_clients_serve(struct rb_clients *clients);

/* Removes the socket. */
void rb_clients_close(struct rb_clients *clients);

#endif
