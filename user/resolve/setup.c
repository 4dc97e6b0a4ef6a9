/* SPDX-License-Identifier: BSD-2-Clause */
/* The text and the files for libunbound, in memory. */
#include "resolve/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "resolve/autotrust.h"
#include "resolve/protocol.h"
#include "upstream/plan.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/text.h"

/*
 * A cache takes up to twice what it is told to, and allocators leave holes. The rest is for
 * questions under way.
 */
#define CACHE_FACTOR 3
#define WORK_BYTES   (512ULL << 20)

#define INCLUDE_DEPTH_MAX 10 /* of $INCLUDE, as in libunbound */

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* A line of the text that names files, and what stands there in the process's text. */
struct rb_setup_kept {
	char *line, *text;
	char *zone; /* of its file: what is outside of that was left out; "": of no zone's */
};

/* A line of the text that names a file, or files. */
struct file_line {
	const char *directive;
	const char *becomes;
	enum {
		AS_IT_IS,
		AS_ZONE,    /* it may include others */
		AS_PATTERN, /* of several files */
		AS_ANCHORS, /* libunbound would write to it */
	} kind;
};

static const struct file_line file_lines[] = {
	{"zonefile", "zonefile", AS_ZONE},
	{"root-hints", "root-hints", AS_IT_IS},
	{"trust-anchor-file", "trust-anchor-file", AS_IT_IS},
	{"trusted-keys-file", "trusted-keys-file", AS_PATTERN},
	{"auto-trust-anchor-file", "trust-anchor-file", AS_ANCHORS},
};

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0)
			return -errno;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

static int sealed_new(const char *name, const char *bytes, size_t len, int *ret_fd)
{
	_cleanup_close_ int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, bytes, len);
	if (err)
		return err;
	if (fcntl(fd, F_ADD_SEALS, SEALS))
		return -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* Read to its end, by whatever the function takes of it. */
static int file_read(struct rb_setup *setup, const char *path, unsigned int depth,
		     int (*take)(struct rb_setup *setup, char *line, unsigned int depth,
				 FILE *copy),
		     char **ret_bytes, size_t *ret_len)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	_cleanup_(rb_text_freep) struct rb_text *text = NULL;
	_cleanup_free_ char *line = NULL;
	size_t room = 0;
	ssize_t n;
	FILE *copy;
	int err;

	if (!file)
		return -errno;
	err = rb_text_open(&text, &copy);
	while (!err && (n = getline(&line, &room, file)) >= 0)
		if (!take)
			fwrite(line, 1, (size_t)n, copy);
		else
			err = take(setup, line, depth, copy);
	if (err)
		return err;
	if (!feof(file))
		return errno == ENOMEM ? -ENOMEM : -EIO;
	return rb_text_close(TAKE_PTR(text), ret_bytes, ret_len);
}

/* Into memory of its own, under the number that it will have in the process. */
static int file_add(struct rb_setup *setup, const char *name, const char *bytes, size_t len,
		    int *ret_number)
{
	_cleanup_close_ int fd = -1;
	int err = sealed_new(name, bytes, len, &fd);

	if (!err)
		err = rb_array_append(&setup->file_fds, &setup->file_count, sizeof(fd), &fd);
	if (err)
		return err;
	(void)TAKE_FD(fd);
	*ret_number = setup->first_fd + (int)setup->file_count - 1;
	return 0;
}

/*
 * Of a zone's file. "$INCLUDE FILE" that cannot be read is left to libunbound, to complain of as
 * ever; so that it names the right line, one that is left out remains as a comment.
 */
static int zone_line(struct rb_setup *setup, char *line, unsigned int depth, FILE *copy)
{
	static const char include[] = "$INCLUDE";
	_cleanup_free_ char *bytes = NULL, *path = NULL;
	size_t len = strlen(include);
	int number, err;

	if (strncmp(line, include, len) != 0 || depth == INCLUDE_DEPTH_MAX) {
		fputs(rb_zone_lines_keep(&setup->zone, line) ? line : ";\n", copy);
		return 0;
	}
	len += strspn(line + len, " \t");
	path = strndup(line + len, strcspn(line + len, " \t\r\n;"));
	if (!path)
		return -ENOMEM;
	err = file_read(setup, path, depth + 1, zone_line, &bytes, &len);
	if (err == -ENOMEM)
		return err;
	if (err) {
		fputs(line, copy);
		return 0;
	}
	err = file_add(setup, "zone", bytes, len, &number);
	if (!err)
		fprintf(copy, "%s /proc/self/fd/%d%s", include, number,
			strstr(line, path) + strlen(path));
	return err;
}

/* Where the file cannot be read the line stays, so that libunbound complains of it as ever. */
static int file_put(struct rb_setup *setup, const struct file_line *line, const char *path,
		    FILE *text)
{
	_cleanup_free_ char *bytes = NULL;
	int number, err;
	size_t len = 0;

	err = file_read(setup, path, 0, line->kind == AS_ZONE ? zone_line : NULL, &bytes, &len);
	if (err == -ENOMEM)
		return err;
	if (err) {
		fprintf(text, "\t%s: \"%s\"\n", line->directive, path);
		return 0;
	}
	if (line->kind == AS_ANCHORS)
		len = rb_autotrust_keep(bytes, len);
	err = file_add(setup, line->directive, bytes, len, &number);
	if (!err)
		fprintf(text, "\t%s: \"/proc/self/fd/%d\"\n", line->becomes, number);
	return err;
}

static int pattern_put(struct rb_setup *setup, const struct file_line *line, const char *path,
		       FILE *text)
{
	glob_t found;
	int err = 0;

	if (line->kind != AS_PATTERN || glob(path, GLOB_BRACE | GLOB_TILDE, NULL, &found))
		return file_put(setup, line, path, text);
	for (size_t i = 0; i < found.gl_pathc && !err; i++)
		err = file_put(setup, line, found.gl_pathv[i], text);
	globfree(&found);
	return err;
}

static void kept_free(struct rb_setup_kept *kept)
{
	free(kept->line);
	free(kept->text);
	free(kept->zone);
}

static int kept_add(struct rb_setup *setup, const char *line, const char *zone, const char *text)
{
	struct rb_setup_kept kept = {strdup(line), strdup(text), strdup(zone)};
	int err = kept.line && kept.text && kept.zone
			  ? rb_array_append(&setup->kept, &setup->kept_count, sizeof(kept), &kept)
			  : -ENOMEM;

	if (err)
		kept_free(&kept);
	return err;
}

/* The files of a line, which are read unless they have been. */
static int files_put(struct rb_setup *setup, const char *line, const struct file_line *kind,
		     const char *path, FILE *text)
{
	const char *zone = kind->kind == AS_ZONE ? setup->zone_name : "";
	_cleanup_(rb_text_freep) struct rb_text *part = NULL;
	_cleanup_free_ char *bytes = NULL;
	FILE *stream;
	size_t len;
	int err;

	for (size_t i = 0; i < setup->kept_count; i++)
		if (!strcmp(setup->kept[i].line, line) && !strcmp(setup->kept[i].zone, zone)) {
			fputs(setup->kept[i].text, text);
			return 0;
		}
	err = rb_text_open(&part, &stream);
	if (!err)
		err = pattern_put(setup, kind, path, stream);
	if (!err)
		err = rb_text_close(TAKE_PTR(part), &bytes, &len);
	if (!err)
		err = kept_add(setup, line, zone, bytes);
	if (!err)
		fputs(bytes, text);
	return err;
}

/* By the same numbers. */
static int former_take(struct rb_setup *setup, const struct rb_setup *former)
{
	int err = 0;

	for (size_t i = 0; i < former->file_count && !err; i++) {
		int fd = fcntl(former->file_fds[i], F_DUPFD_CLOEXEC, 0);

		err = fd < 0 ? -errno
			     : rb_array_append(&setup->file_fds, &setup->file_count, sizeof(fd),
					       &fd);
		if (err)
			rb_closep(&fd);
	}
	for (size_t i = 0; i < former->kept_count && !err; i++)
		err = kept_add(setup, former->kept[i].line, former->kept[i].zone,
			       former->kept[i].text);
	return err;
}

/* The value of a line "directive: value", without its quotes; false: it has another directive. */
static bool value_of(const char *line, const char *directive, char value[PATH_MAX])
{
	static const char around[] = " \t\"'\n";
	size_t len = strlen(directive);

	line += strspn(line, " \t");
	if (strncmp(line, directive, len) != 0 || line[len] != ':')
		return false;
	line += len + 1;
	line += strspn(line, around);
	snprintf(value, PATH_MAX, "%.*s", (int)strcspn(line, "\"'\n"), line);
	for (len = strlen(value); len && strchr(around, value[len - 1]); len--)
		value[len - 1] = '\0';
	return true;
}

/* Of a cache's size: of two for one cache both count, which is too much rather than too little. */
static uint64_t cache_bytes(const char *line)
{
	static const char *const caches[] = {"msg-cache-size", "rrset-cache-size", "key-cache-size",
					     "neg-cache-size"};
	char value[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(caches); i++)
		if (value_of(line, caches[i], value))
			return strtoull(value, NULL, 10);
	return 0;
}

static int line_put(struct rb_setup *setup, const char *line, FILE *text)
{
	char path[PATH_MAX];

	setup->memory_bytes += CACHE_FACTOR * rb_config_contexts(setup->config) * cache_bytes(line);
	for (size_t i = 0; i < ARRAY_SIZE(file_lines); i++)
		if (value_of(line, file_lines[i].directive, path))
			return files_put(setup, line, &file_lines[i], path, text);
	if (value_of(line, "name", path)) {
		snprintf(setup->zone_name, sizeof(setup->zone_name), "%s", path);
		rb_zone_lines_begin(&setup->zone, path);
	}
	fprintf(text, "%s\n", line);
	return 0;
}

/* The text with every file in its own place. */
static int text_put(struct rb_setup *setup, FILE *text)
{
	_cleanup_free_ char *all = strdup(setup->config->resolver_text);
	char *rest = all, *line;
	int err = all ? 0 : -ENOMEM;

	while (!err && (line = strsep(&rest, "\n")))
		err = line_put(setup, line, text);
	return err;
}

static unsigned int contexts_of(const struct rb_config *config)
{
	unsigned int contexts = 1U << RB_CONTEXT_FIRST;

	if (config->prefetch || config->serve_expired)
		contexts |= 1U << RB_CONTEXT_SECOND;
	if (config->cd_modules)
		contexts |= 1U << RB_CONTEXT_CD;
	return contexts;
}

/* libunbound's DNS64 does not know of CD=1, so that those questions need a context without it. */
static int cd_text_new(struct rb_setup *setup, const char *text)
{
	_cleanup_free_ char *cd_text = NULL;

	/* Of two lines the later counts. */
	if (asprintf(&cd_text, "%sserver:\n\tmodule-config: \"%s\"\n", text,
		     setup->config->cd_modules) < 0) {
		cd_text = NULL;
		return -ENOMEM;
	}
	return sealed_new("resolver-cd.conf", cd_text, strlen(cd_text), &setup->cd_text_fd);
}

static int upstreams_new(struct rb_setup *setup)
{
	_cleanup_free_ struct rb_upstream_plan *plan = NULL;
	size_t bytes;
	int err = rb_upstream_plan_new(setup->config, &plan, &bytes);

	if (err || !plan)
		return err;
	return sealed_new("upstreams", (const char *)plan, bytes, &setup->upstreams_fd);
}

int rb_setup_new(const struct rb_config *config, int first_fd, const struct rb_setup *former,
		 struct rb_setup **ret_setup)
{
	_cleanup_(rb_setup_unrefp) struct rb_setup *setup = calloc(1, sizeof(*setup));
	_cleanup_(rb_text_freep) struct rb_text *text = NULL;
	_cleanup_free_ char *bytes = NULL;
	size_t len;
	FILE *stream;
	int err;

	if (!setup)
		return -ENOMEM;
	*setup = (struct rb_setup){
		.config = config,
		.references = 1,
		.first_fd = first_fd,
		.contexts = contexts_of(config),
		.memory_bytes = WORK_BYTES,
		.text_fd = -1,
		.cd_text_fd = -1,
		.upstreams_fd = -1,
	};
	err = former ? former_take(setup, former) : 0;
	if (!err)
		err = rb_text_open(&text, &stream);
	if (!err)
		err = text_put(setup, stream);
	if (!err)
		err = rb_text_close(TAKE_PTR(text), &bytes, &len);
	if (!err)
		err = sealed_new("resolver.conf", bytes, len, &setup->text_fd);
	if (!err && config->cd_modules)
		err = cd_text_new(setup, bytes);
	if (!err)
		err = upstreams_new(setup);
	if (err)
		return err;
	if (config->resolver_memory_bytes) {
		setup->memory_bytes = config->resolver_memory_bytes;
		setup->memory_is_total = true;
	}
	*ret_setup = TAKE_PTR(setup);
	return 0;
}

struct rb_setup *rb_setup_ref(struct rb_setup *setup)
{
	setup->references++;
	return setup;
}

void rb_setup_unref(struct rb_setup *setup)
{
	if (!setup || --setup->references)
		return;
	for (size_t i = 0; i < setup->file_count; i++)
		close(setup->file_fds[i]);
	free(setup->file_fds);
	for (size_t i = 0; i < setup->kept_count; i++)
		kept_free(&setup->kept[i]);
	free(setup->kept);
	rb_closep(&setup->text_fd);
	rb_closep(&setup->cd_text_fd);
	rb_closep(&setup->upstreams_fd);
	free(setup);
}

void rb_setup_unrefp(struct rb_setup **setup)
{
	rb_setup_unref(*setup);
}
