/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files that an operator names for reading. A directory, or a FIFO that nobody writes to, is
 * refused before anybody waits for it.
 *
 * Thread: any. Errors: 0 or -errno; ret_file untouched on failure.
 */
#ifndef RB_UTIL_FILE_H
#define RB_UTIL_FILE_H

#include <stdbool.h>
#include <stdio.h>

enum rb_file_kind {
	RB_FILE_PLAIN,   /* a file that can be read again, or /dev/null */
	RB_FILE_OR_PIPE, /* or a pipe with a writer or text, such as bash's <(...) */
};

/* -EISDIR: a directory; -EMEDIUMTYPE: another kind of file. */
int rb_file_open(const char *path, enum rb_file_kind kind, FILE **ret_file);

bool rb_file_is_pipe(FILE *file);

/* The text for an error of reading a file. */
const char *rb_file_strerror(int err);

#endif
