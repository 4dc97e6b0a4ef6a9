/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pidfile: the number of the process that takes signals, for scripts.
 *
 * Thread: main. Says in the log what went wrong; nothing depends on it.
 */
#ifndef RB_DAEMON_PIDFILE_H
#define RB_DAEMON_PIDFILE_H

/* path NULL, "": nothing, as below. Before root is given up; the file becomes username's. */
void rb_pidfile_write(const char *path, const char *username);

/* At the end; where its directory is another's, it is emptied. */
void rb_pidfile_remove(const char *path);

#endif
