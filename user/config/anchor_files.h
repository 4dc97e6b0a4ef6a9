/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read the files of trust anchors that directives name into the configuration's set.
 *
 * Thread: main. Errors: 0 or -ENOMEM; what is wrong becomes a message of the configuration, with
 * the directive's location and the anchor file's line.
 */
#ifndef RB_CONFIG_ANCHOR_FILES_H
#define RB_CONFIG_ANCHOR_FILES_H

#include "config/reader.h"

/* Whether the directive names a file of trust anchors. */
bool rb_anchor_file_is(const char *directive);

/*
 * directive: trust-anchor-file (records), auto-trust-anchor-file (records with the states of RFC
 * 5011) or trusted-keys-file (BIND's trusted-keys clause).
 */
int rb_anchor_file_read(const struct rb_reader *reader, const char *directive, const char *path,
			struct rb_location location);

/* Call it once all are known: warn if the root's are about to fail. */
int rb_anchors_finish(const struct rb_reader *reader);

#endif
