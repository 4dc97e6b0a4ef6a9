/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pidfile: the number of the process that takes signals, for scripts.
 *
 * Thread: main. Errors are logged; nothing depends on the file.
 */
#ifndef RB_DAEMON_PIDFILE_H
#define RB_DAEMON_PIDFILE_H

/* Write it before root is given up; username owns the file. path NULL, "": no-op, as below. */
void rb_pidfile_write(const char *path, const char *username);

/* Remove it at the end, or empty it if its directory belongs to another user. */
void rb_pidfile_remove(const char *path);

#endif
