/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files that DNS over TLS for clients needs, and what they said when they were read: the key
 * first, then the certificates, then keys of session tickets.
 *
 * Thread:   one at a time. Who reads them must be allowed to: it is the part of the daemon that reads
 *	     the configuration, and none that takes packets.
 * Lifetime: rb_tls_files_free(), which wipes what they said.
 * Errors:   0 or -errno.
 */
#ifndef RB_CONFIG_TLS_FILES_H
#define RB_CONFIG_TLS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct rb_location;

/* What tells a file from the one that was there before. */
struct rb_file_stamp {
	uint64_t device, inode, bytes;
	struct timespec modified, changed;
};

struct rb_tls_file {
	const char *directive; /* a constant */
	const char *named_in;  /* file and line of the configuration, whose they are */
	unsigned int line;
	char *path; /* whole */
	char *text; /* ends with a NUL that bytes does not count; NULL: not read */
	size_t bytes;
	struct rb_file_stamp stamp;
};

struct rb_tls_files {
	struct rb_tls_file *list;
	size_t count;
};

/* path is taken, also on failure. */
int rb_tls_files_add(struct rb_tls_files *files, const char *directive,
		     const struct rb_location *location, char *path);

/* The same files and stamps, without what they said. ret_files is empty. */
int rb_tls_files_copy(const struct rb_tls_files *files, struct rb_tls_files *ret_files);

/* All of them; on failure *ret_failed is the one that cannot be read. */
int rb_tls_files_read(struct rb_tls_files *files, const struct rb_tls_file **ret_failed);

/* The stamps as they are now; of a file that is not there: nothing. */
void rb_tls_files_look(struct rb_tls_files *files);

/* Wipe what they said; the stamps stay. */
void rb_tls_files_forget(struct rb_tls_files *files);

/* Whether any is another one, or none any more, since these were read. */
bool rb_tls_files_differ(const struct rb_tls_files *files);

/* Whether both have the same stamps. */
bool rb_tls_files_same(const struct rb_tls_files *a, const struct rb_tls_files *b);

/*
 * What they said, as bytes for another process; and there, for files of the same configuration.
 * -EPROTO: that is not what came.
 */
int rb_tls_files_write(const struct rb_tls_files *files, int *ret_fd);
int rb_tls_files_take(struct rb_tls_files *files, int fd);

void rb_tls_files_free(struct rb_tls_files *files);

#endif
