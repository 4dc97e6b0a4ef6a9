/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where tests pin: a directory of bpffs that no other process uses, so that several runs at once do
 * not touch each other's.
 *
 * Thread: main.
 */
#ifndef RB_TESTS_PINS_H
#define RB_TESTS_PINS_H

#define PINS_PATH_MAX 64

/*
 * The path of a directory that does not exist yet. Each call gives another one. The first one
 * removes what processes that were killed have left behind.
 */
void pins_name(char out[PINS_PATH_MAX]);

/* Remove the directory with all that is pinned there; no error where there is none. */
void pins_remove(const char *dir);

#endif
