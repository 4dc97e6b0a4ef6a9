/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A text in memory that is written through a stdio stream. With open_memstream(), glibc drops what
 * it has no memory for and reports nothing, so that a text could have holes; here that is told at
 * the end.
 *
 * Thread:   one at a time.
 * Lifetime: rb_text_close() or rb_text_freep(); the stream ends with it.
 * Errors:   0 or -ENOMEM; ret_ arguments untouched on failure.
 */
#ifndef RB_UTIL_TEXT_H
#define RB_UTIL_TEXT_H

#include <stdio.h>

struct rb_text;

int rb_text_open(struct rb_text **ret_text, FILE **ret_stream);

/* The text, which ends with a NUL behind ret_len bytes, and is the caller's to free. */
int rb_text_close(struct rb_text *text, char **ret_bytes, size_t *ret_len);

/* What is there so far, until the next write: as much of it as there was memory for. */
char *rb_text_peek(struct rb_text *text);

/* NULL: nothing to do. */
void rb_text_freep(struct rb_text **text);

#endif
