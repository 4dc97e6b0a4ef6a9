/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A text in memory that is written through a stdio stream. With open_memstream(), glibc silently
 * drops what it has no memory for, so a text could have holes; rb_text_close() reports that.
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

/* The text, with a NUL after ret_len bytes. The caller frees it. */
int rb_text_close(struct rb_text *text, char **ret_bytes, size_t *ret_len);

/* The text so far, as much as there was memory for; valid until the next write. */
char *rb_text_peek(struct rb_text *text);

/* NULL: nothing to do. */
void rb_text_freep(struct rb_text **text);

#endif
