/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks at the files of key and certificate. */
#include "config/tls_watch.h"

#include "util/file.h"
#include "util/log.h"

int rb_tls_watch_begin(const struct rb_tls_files *files, struct rb_tls_watch *ret_watch)
{
	struct rb_tls_watch watch = {0};
	int err = rb_tls_files_copy(files, &watch.files);

	if (err) {
		rb_tls_watch_end(&watch);
		return err;
	}
	*ret_watch = watch;
	return 0;
}

void rb_tls_watch_end(struct rb_tls_watch *watch)
{
	rb_tls_files_free(&watch->files);
	rb_tls_files_free(&watch->seen);
}

/* Whether the files are others, and have been the same ones for a while. */
static bool is_settled(struct rb_tls_watch *watch)
{
	struct rb_tls_files now = {0};
	bool settled;

	if (!rb_tls_files_differ(&watch->files)) {
		rb_tls_files_free(&watch->seen);
		return false;
	}
	if (rb_tls_files_copy(&watch->files, &now)) {
		rb_tls_files_free(&now);
		return false;
	}
	rb_tls_files_look(&now);
	settled = rb_tls_files_same(&now, &watch->seen);
	rb_tls_files_free(&watch->seen);
	watch->seen = now;
	return settled;
}

bool rb_tls_watch_look(struct rb_tls_watch *watch)
{
	const struct rb_tls_file *failed = NULL;
	int err;

	if (!watch->files.count || !is_settled(watch))
		return false;
	rb_tls_files_free(&watch->files);
	watch->files = watch->seen;
	watch->seen = (struct rb_tls_files){0};
	err = rb_tls_files_read(&watch->files, &failed);
	if (!err)
		return true;
	rb_tls_files_forget(&watch->files);
	if (failed)
		rb_log_error("%s:%u: %s: cannot read '%s': %s", failed->named_in, failed->line,
			     failed->directive, failed->path, rb_file_strerror(err));
	rb_log_error("TLS: the key and certificate that are in force stay");
	return false;
}
