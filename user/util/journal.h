/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * systemd's journal by its native protocol, in which a line has fields: `journalctl -p warning`,
 * `journalctl RUNBOUND_TYPE=reply`.
 *
 * Thread: any; a datagram is one entry.
 * Errors: 0 or -errno. Never logs.
 */
#ifndef RB_UTIL_JOURNAL_H
#define RB_UTIL_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#define RB_JOURNAL_SOCKET "/run/systemd/journal/socket"

/* Besides the text: what the fields take. */
#define RB_JOURNAL_FIELDS_BYTES 512

/* A socket to it, where standard error leads there too ($JOURNAL_STREAM); -ENOENT where not. */
int rb_journal_open(const char *path, int *ret_fd);

struct rb_journal_entry {
	int level; /* syslog's number */
	unsigned int thread;
	const char *type, *identity, *text;
};

/* As bytes to be sent; their number. What finds no room is left out. */
size_t rb_journal_entry_make(const struct rb_journal_entry *entry, char *out, size_t room);

/* waits: until there is room for it; else -EAGAIN. */
int rb_journal_send(int fd, const char *bytes, size_t len, bool waits);

#endif
