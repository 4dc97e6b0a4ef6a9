/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that libunbound is to read, as the configuration names them: where they are, and what they
 * say, which decides answers as much as the configuration itself.
 *
 * Thread: main. Errors: 0 or -ENOMEM; what is wrong becomes a message of the configuration.
 */
#ifndef RB_CONFIG_NAMED_FILES_H
#define RB_CONFIG_NAMED_FILES_H

#include "config/reader.h"

/* As a line names it. Of several lines the last counts, and "" takes it back. */
int rb_named_set(struct rb_reader *reader, struct rb_named *named, const char *path);

/* Where relative names begin. NULL: errno says why not. */
char *rb_named_files_base(const struct rb_reader *reader);

/* The whole path of a file that the configuration names. NULL: no memory. */
char *rb_named_file_path(const struct rb_reader *reader, const char *file);

/*
 * The same for what Unbound opens before it changes its root, all that is of TLS: it is outside of
 * chroot:.
 */
char *rb_named_file_path_outside(const struct rb_reader *reader, const char *file);

/* After the last line: logfile: and pidfile: as whole paths, with a warning if they cannot be made. */
int rb_own_files_finish(struct rb_reader *reader);

/*
 * A line for libunbound with the file's whole path. Trust anchors go into the configuration's set,
 * of other files a comment line says what they contain, for rb_config_fingerprint().
 */
int rb_named_file_put(const struct rb_reader *reader, struct rb_lines *lines, const char *base,
		      const char *directive, const char *file, struct rb_location location);

/* The same for the zonefile: of an auth-zone:, with a warning if records are outside of the zone. */
int rb_zone_file_put(const struct rb_reader *reader, struct rb_lines *lines, const char *base,
		     const struct rb_zone *zone);

/* Whether there is a file that can be read; directive: what the error of its location begins with. */
int rb_named_file_check(const struct rb_reader *reader, const char *directive, const char *path,
			struct rb_location location);

/* All that a file outside of chroot: says. *ret_text is left alone where it cannot be read, which is said. */
int rb_named_file_load(const struct rb_reader *reader, const char *directive, const char *file,
		       struct rb_location location, char **ret_text);

#endif
