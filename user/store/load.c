/* SPDX-License-Identifier: BSD-2-Clause */
/* A cache-file into the table. */
#include "store/load.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "store/intake.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

/* As rb_intake_filled(); 0: the file ends too early. */
static int file_take(int fd, struct rb_intake *intake)
{
	int err = 0;

	while (!err) {
		size_t room;
		uint8_t *bytes = rb_intake_room(intake, &room);
		ssize_t got = read(fd, bytes, room);

		if (got < 0)
			return -errno;
		if (!got)
			break;
		err = rb_intake_filled(intake, (size_t)got);
	}
	return err;
}

static void result_log(const char *path, const struct rb_intake *intake, int err)
{
	const struct rb_intake_counts *counts = rb_intake_counts(intake);
	const char *problems = rb_intake_problems(intake);
	struct rb_store_facts facts;

	rb_intake_facts(intake, &facts);
	if (err == -ESTALE)
		rb_log_notice("cache-file: %s: not loaded, it is of another configuration", path);
	else if (err == -ENODATA)
		rb_log_notice("cache-file: %s: %llu records loaded, saved %llu s ago; %llu have "
			      "expired%s",
			      path, (unsigned long long)counts->loaded,
			      (unsigned long long)(facts.age_ns / RB_NS_PER_S),
			      (unsigned long long)counts->expired,
			      counts->too_large || counts->unsound ? ", others do not fit the table"
								   : "");
	else
		rb_log_warn("cache-file: %s: damaged (%.*s); the %llu records before that are "
			    "loaded, nothing else",
			    path, err ? (int)strcspn(problems, "\n") : 9,
			    err ? problems : "it is cut", (unsigned long long)counts->loaded);
}

uint64_t rb_store_load(const struct rb_opener *opener, const struct rb_config *config,
		       struct rb_table *table)
{
	const char *path = config->cache_file;
	_cleanup_(rb_intake_freep) struct rb_intake *intake = NULL;
	_cleanup_close_ int fd = -1;
	int err = rb_opener_open(opener, RB_OPENS_CACHE, &fd);

	if (err == -ENOENT) {
		rb_log_notice("cache-file: %s: there is none yet", path);
		return 0;
	}
	if (err == -EPERM || err == -ELOOP) {
		rb_log_warn("cache-file: %s: not loaded: it is not a file of ours that nobody else "
			    "may write to. The next save puts one there",
			    path);
		return 0;
	}
	if (!err)
		err = rb_intake_new(config, table, RB_INTAKE_OWN_ALONE, &intake);
	if (err) {
		rb_log_warn("cache-file: %s: not loaded (%s)", path, strerror(-err));
		return 0;
	}
	result_log(path, intake, file_take(fd, intake));
	return rb_intake_counts(intake)->loaded;
}
