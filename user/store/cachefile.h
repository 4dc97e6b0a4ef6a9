/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cache-file: the table's records in a file, saved now and then and at the end, loaded at the
 *start.
 *
 * It holds what was resolved and validated under one configuration, whose fingerprint it has; under
 * any other it is left alone. It is trusted as far as its owner is: it must belong to us or to
 * root, and nobody else may write to it. What is damaged is told, and nothing behind the damage is
 * taken.
 *
 * Thread:   new, load, start and free by main; saving is done by a thread of its own, and by main
 *	     at the end. rb_cachefile_status() and _hurry() from any.
 * Lifetime: opener and table must outlive it.
 * Errors:   0 or -errno. Says in the log what became of the file.
 */
#ifndef RB_STORE_CACHEFILE_H
#define RB_STORE_CACHEFILE_H

#include "config/config.h"
#include "table/table.h"
#include "util/opener.h"

struct rb_cachefile;

struct rb_cachefile_status {
	const char *path;
	uint64_t loaded;   /* records, at the start */
	uint64_t saved;    /* records, the last time */
	uint64_t saves;    /* that went well */
	uint64_t failures; /* that did not */
	uint64_t saved_ns; /* rb_clock_ns() of the last that went well; 0: none */
	uint64_t took_ns;  /* that one */
};

/* NULL where the configuration names no file. */
int rb_cachefile_new(const struct rb_config *config, const struct rb_opener *opener,
		     struct rb_table *table, struct rb_cachefile **ret_file);

/* Into the table, unless that was adopted and has newer records. NULL: nothing. */
void rb_cachefile_load(struct rb_cachefile *file, const struct rb_config *config);

/* Save every cache-file-interval from now on. NULL: nothing. */
int rb_cachefile_start(struct rb_cachefile *file);

/* What was saved last holds what is not to come back: save soon. Any thread. NULL: nothing. */
void rb_cachefile_save_soon(struct rb_cachefile *file);

/* No more: another process saves it from now on. NULL: nothing. */
void rb_cachefile_leave(struct rb_cachefile *file);

/* Once more, and no more after that, unless it was left. NULL: nothing. */
void rb_cachefile_stop(struct rb_cachefile *file);

void rb_cachefile_free(struct rb_cachefile *file);

/* False: there is no such file. */
bool rb_cachefile_status(const struct rb_cachefile *file, struct rb_cachefile_status *ret_status);

#endif
