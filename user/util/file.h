/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that an operator names, opened for reading: what would never end, a directory or a FIFO
 * that nobody writes to, is told from a file before anybody waits for it.
 *
 * Thread: any. Errors: 0 or -errno; ret_file untouched on failure.
 */
#ifndef RB_UTIL_FILE_H
#define RB_UTIL_FILE_H

#include <stdbool.h>
#include <stdio.h>

enum rb_file_kind {
	RB_FILE_PLAIN,   /* one that can be read again, or /dev/null */
	RB_FILE_OR_PIPE, /* a pipe too, that has a writer or text: such as bash's <(...) */
};

/* -EISDIR: a directory; -EMEDIUMTYPE: neither that nor of the kind. */
int rb_file_open(const char *path, enum rb_file_kind kind, FILE **ret_file);

bool rb_file_is_pipe(FILE *file);

/* What an error of reading a file means. */
const char *rb_file_strerror(int err);

#endif
