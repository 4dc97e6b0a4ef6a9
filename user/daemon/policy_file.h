/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local policy, and who is asked for which names, as changed at run time: kept by the keeper for the
 * server that follows one that crashed. It is the image of zones and the text for libunbound, in
 * files without names, and switches.
 *
 * Thread: main. Errors: 0 or -errno. Never logs.
 * Trust:  the keeper looks at nothing of it; a server takes of it what cannot have files read.
 */
#ifndef RB_DAEMON_POLICY_FILE_H
#define RB_DAEMON_POLICY_FILE_H

#include <stdbool.h>

#include "config/config.h"
#include "daemon/note.h"

struct rb_policy_file {
	bool is_kept;
	int zones_fd; /* -1: they are the configuration's */
	struct rb_note_policy note;
	bool has_upstreams;
	int upstreams_fd; /* the text that says who is asked */
};

/* In the server: of its policy; ret_fd is -1 where zones are as the files have them. */
int rb_policy_file_write(const struct rb_config *config, struct rb_note_policy *ret_note,
			 int *ret_fd);

int rb_policy_file_write_upstreams(const struct rb_config *config, int *ret_fd);

/* In the keeper: fd becomes its own. */
void rb_policy_file_keep(struct rb_policy_file *file, const struct rb_note_policy *note, int fd);
void rb_policy_file_keep_upstreams(struct rb_policy_file *file, int fd);
void rb_policy_file_forget(struct rb_policy_file *file);

/* In the next server: the configuration's are these. -EPROTO: it is more than that. */
int rb_policy_file_apply(const struct rb_policy_file *file, struct rb_config *config);

#endif
