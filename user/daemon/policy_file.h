/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local policy and upstream servers as changed at run time. The keeper keeps them for the server
 * that follows one that has crashed: the image of zones and the text for libunbound, in files
 * without names, and switches.
 *
 * Thread: main. Errors: 0 or -errno. Never logs.
 * Trust:  the keeper reads nothing of it; a server takes only text that names no files.
 */
#ifndef RB_DAEMON_POLICY_FILE_H
#define RB_DAEMON_POLICY_FILE_H

#include <stdbool.h>

#include "config/config.h"
#include "daemon/note.h"

struct rb_policy_file {
	bool is_kept;
	int zones_fd; /* -1: zones are the configuration's */
	struct rb_note_policy note;
	bool has_upstreams;
	int upstreams_fd; /* libunbound's text with the upstream servers */
};

/* In the server: write its policy. ret_fd is -1 if the zones are those of the files. */
int rb_policy_file_write(const struct rb_config *config, struct rb_note_policy *ret_note,
			 int *ret_fd);

int rb_policy_file_write_upstreams(const struct rb_config *config, int *ret_fd);

/* In the keeper, which owns fd from now on. */
void rb_policy_file_keep(struct rb_policy_file *file, const struct rb_note_policy *note, int fd);
void rb_policy_file_keep_upstreams(struct rb_policy_file *file, int fd);
void rb_policy_file_forget(struct rb_policy_file *file);

/* Whether changes made to the one configuration go with the other: the file's lines are the same. */
bool rb_policy_file_goes_with(const struct rb_config *former, const struct rb_config *next);

/* In the next server: put them into the configuration. -EPROTO: there is more than that in them. */
int rb_policy_file_apply(const struct rb_policy_file *file, struct rb_config *config);

#endif
