/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that a process may not open itself: it asks another one for them, by what they are for, never
 * by name. Whose they are and where is known to the other alone.
 *
 * Thread: any. Errors: 0 or -errno.
 */
#ifndef RB_UTIL_OPENER_H
#define RB_UTIL_OPENER_H

enum rb_opener_file {
	RB_OPENS_LOG,           /* by its name anew, to append to */
	RB_OPENS_CACHE,         /* cache-file, to read */
	RB_OPENS_CACHE_NEW,     /* the next one beside it, to write */
	RB_OPENS_CACHE_SAVED,   /* that one takes its place: no descriptor */
	RB_OPENS_CACHE_DROPPED, /* it does not: no descriptor */
	RB_OPENS_DNSTAP,        /* a connection, which may not have come to be yet */
	RB_OPENER_FILES,
};

struct rb_opener {
	/* *ret_fd is the caller's; -1 where there is none. */
	int (*open)(void *context, enum rb_opener_file file, int *ret_fd);
	void *context;
};

static inline int rb_opener_open(const struct rb_opener *opener, enum rb_opener_file file,
				 int *ret_fd)
{
	return opener->open(opener->context, file, ret_fd);
}

#endif
