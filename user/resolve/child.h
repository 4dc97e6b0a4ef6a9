/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A child process in which libunbound reads a text, and libunbound's messages.
 *
 * Thread:   main. The child has ended when the call returns.
 * Lifetime: rb_child_release().
 * Errors:   0 or -errno if there was no child; ret_ arguments untouched on failure.
 */
#ifndef RB_RESOLVE_CHILD_H
#define RB_RESOLVE_CHILD_H

#include <stddef.h>

enum rb_child_end {
	RB_CHILD_TOOK,
	RB_CHILD_REFUSED,
	RB_CHILD_DIED,    /* by a signal */
	RB_CHILD_ENDLESS, /* it did not end within minutes */
};

struct rb_child {
	enum rb_child_end end;
	int signal; /* that killed it */
	char *said; /* its output on standard error */
};

enum rb_ask {
	RB_ASK_PARSE,    /* whether the text is in libunbound's language */
	RB_ASK_COMPLETE, /* whether a resolver can be set up with it */
};

/* The first len bytes of text, an unbound.conf. */
int rb_child_ask(const char *text, size_t len, enum rb_ask ask, struct rb_child *ret_child);

/* len: of text. 0, or what ends the visits. */
typedef int rb_child_visitor(void *context, unsigned int line, const char *text, size_t len);

/* Visit the errors that have a line number. Returns the value that ended the visits, or 0. */
int rb_child_errors(const struct rb_child *child, rb_child_visitor *visit, void *context);

void rb_child_release(struct rb_child *child);

#endif
