/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sees that the files of key and certificate are others, and reads them: clients of ACME put new ones
 * in their place, and tell nobody.
 *
 * Thread:   one at a time, of a process that may read the files. Lifetime: rb_tls_watch_end(); the
 *           configuration must outlive it.
 * Errors:   0 or -errno, logged with file and line.
 */
#ifndef RB_CONFIG_TLS_WATCH_H
#define RB_CONFIG_TLS_WATCH_H

#include "config/tls_files.h"

struct rb_tls_watch {
	struct rb_tls_files files; /* that are in force; or of no use, and already told of */
	struct rb_tls_files seen;  /* others, when they were looked at last */
};

/* From what was read with the configuration on. */
int rb_tls_watch_begin(const struct rb_tls_files *files, struct rb_tls_watch *ret_watch);

/*
 * To be called every second or so. Files that have changed, and have stayed so since the call
 * before (key and certificate are not replaced at one moment), are read: true, and until
 * rb_tls_files_forget() watch->files has what they say.
 */
bool rb_tls_watch_look(struct rb_tls_watch *watch);

void rb_tls_watch_end(struct rb_tls_watch *watch);

#endif
