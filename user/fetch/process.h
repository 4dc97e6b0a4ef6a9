/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process that fetches one thing and ends: a file by URL, or a zone from its primary. It speaks
 * with strangers, so it has no privileges, no files but those that it is given, and few system calls.
 *
 * Thread: one, which is the process.
 */
#ifndef RB_FETCH_PROCESS_H
#define RB_FETCH_PROCESS_H

#include <stdbool.h>

#define RB_FETCH_NAME "rb-fetch" /* comm and argv[0] */

/* Whether main() is to be such a process. */
bool rb_fetch_is(int argc, char *const *argv);

/* The exit status. */
int rb_fetch_main(char *const *argv);

#endif
