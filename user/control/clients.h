/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clients of a control socket (a Unix stream, or TCP with TLS): each sends one line and gets
 * text until EOF. That is the protocol of unbound-control.
 *
 * Thread:   one; nothing here waits.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_CONTROL_CLIENTS_H
#define RB_CONTROL_CLIENTS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>

struct rb_clients;

/* Write the answer to a line (without its newline). */
typedef void rb_clients_answer_fn(const char *line, FILE *out, const void *context);

/* A client whose line asks for more than text. */
struct rb_clients_upload {
	int fd;
	const char *line;
	const char *rest; /* what the client has sent after the line so far */
	size_t rest_len;
};

/*
 * Returns whether the callee takes over the connection, which we then no longer answer. If not,
 * what it wrote to out is the answer; if it wrote nothing, the line is answered like any other.
 */
typedef bool rb_clients_take_fn(const struct rb_clients_upload *upload, FILE *out,
				const void *context);

struct rb_clients_service {
	rb_clients_answer_fn *answer;
	rb_clients_take_fn *take; /* NULL: no such lines */
	const void *context;
};

int rb_clients_new(const struct rb_clients_service *service, struct rb_clients **ret_clients);

/*
 * Serve a listening, non-blocking socket, of which this keeps a copy. tls: the connections use it;
 * NULL: plain text.
 */
int rb_clients_listen(struct rb_clients *clients, int fd, SSL_CTX *tls);

/*
 * Accept no more connections; clients that wait for a reply, or that a thread answers, still get
 * it.
 */
void rb_clients_retire(struct rb_clients *clients);
bool rb_clients_are_gone(const struct rb_clients *clients);

/* Readable when rb_clients_serve() has something to do. */
int rb_clients_fd(const struct rb_clients *clients);
void rb_clients_serve(struct rb_clients *clients);

/*
 * Call it once a second: end clients that take too long, and accept again after a lack of
 * descriptors.
 */
void rb_clients_tick(struct rb_clients *clients);

void rb_clients_close(struct rb_clients *clients);

#endif
