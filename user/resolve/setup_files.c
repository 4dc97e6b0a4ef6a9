/* SPDX-License-Identifier: BSD-2-Clause */
/* The files for libunbound, in memory: those that the lines of its text name, and those that these include. */
#include "resolve/setup_files.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "resolve/autotrust.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/sealed.h"
#include "util/text.h"

#define INCLUDE_DEPTH_MAX 10 /* of $INCLUDE, as in libunbound */

/* A line of the text that names files, and what stands there in the process's text. */
struct rb_setup_kept {
	char *line, *text;
	char *zone; /* of its file: what is outside of that was left out; "": of no zone's */
	int number; /* of the file in the process; -1: it could not be read, or there are several */
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

typedef int line_taker(struct rb_setup *setup, char *line, unsigned int depth, FILE *copy);

/* Read to its end, by whatever the function takes of it. */
static int stream_read(struct rb_setup *setup, FILE *file, unsigned int depth, line_taker *take,
		       char **ret_bytes, size_t *ret_len)
{
	_cleanup_(rb_text_freep) struct rb_text *text = NULL;
	_cleanup_free_ char *line = NULL;
	size_t room = 0;
	ssize_t n;
	FILE *copy;
	int err = rb_text_open(&text, &copy);

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

static int file_read(struct rb_setup *setup, const char *path, unsigned int depth, line_taker *take,
		     char **ret_bytes, size_t *ret_len)
{
	_cleanup_fclose_ FILE *file = NULL;
	int err = rb_file_open(path, RB_FILE_PLAIN, &file);

	return err ?: stream_read(setup, file, depth, take, ret_bytes, ret_len);
}

/* Into memory of its own, under the number that it will have in the process. */
static int file_add(struct rb_setup *setup, const char *name, const char *bytes, size_t len,
		    int *ret_number)
{
	_cleanup_close_ int fd = -1;
	int err = rb_sealed_new(name, bytes, len, &fd);

	if (!err)
		err = rb_array_append(&setup->file_fds, &setup->file_count, sizeof(fd), &fd);
	if (err)
		return err;
	(void)TAKE_FD(fd);
	*ret_number = setup->first_fd + (int)setup->file_count - 1;
	return 0;
}

/* As libunbound finds it that was started in directory:. NULL: no memory. */
static char *path_of(const struct rb_setup *setup, const char *file)
{
	const char *directory = *file != '/' ? setup->config->directory : NULL;
	char *path;

	if (asprintf(&path, "%s%s%s", directory ?: "", directory ? "/" : "", file) < 0)
		return NULL;
	return path;
}

/*
 * Of a zone's file. "$INCLUDE FILE" that cannot be read is left to libunbound, to complain of as
 * ever; so that it names the right line, one that is left out remains as a comment.
 */
static int zone_line(struct rb_setup *setup, char *line, unsigned int depth, FILE *copy)
{
	static const char include[] = "$INCLUDE";
	_cleanup_free_ char *bytes = NULL, *file = NULL, *path = NULL;
	size_t len = strlen(include);
	int number, err;

	if (strncmp(line, include, len) != 0 || depth == INCLUDE_DEPTH_MAX) {
		fputs(rb_zone_lines_keep(&setup->zone, line) ? line : ";\n", copy);
		return 0;
	}
	len += strspn(line + len, " \t");
	file = strndup(line + len, strcspn(line + len, " \t\r\n;"));
	path = file ? path_of(setup, file) : NULL;
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
			strstr(line + strlen(include), file) + strlen(file));
	return err;
}

static void line_of_file_put(const char *directive, const char *path, FILE *text)
{
	fprintf(text, "\t%s: \"%s\"\n", directive, path);
}

static void line_of_copy_put(const char *directive, int number, FILE *text)
{
	fprintf(text, "\t%s: \"/proc/self/fd/%d\"\n", directive, number);
}

/* Where the file cannot be read the line stays, so that libunbound complains of it as ever. */
static int file_put(struct rb_setup *setup, const struct file_line *line, const char *path,
		    FILE *text, int *ret_number)
{
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0;
	int err;

	err = file_read(setup, path, 0, line->kind == AS_ZONE ? zone_line : NULL, &bytes, &len);
	if (err == -ENOMEM)
		return err;
	if (err) {
		line_of_file_put(line->directive, path, text);
		return 0;
	}
	if (line->kind == AS_ANCHORS)
		len = rb_autotrust_keep(bytes, len);
	err = file_add(setup, line->directive, bytes, len, ret_number);
	if (!err)
		line_of_copy_put(line->becomes, *ret_number, text);
	return err;
}

static int pattern_put(struct rb_setup *setup, const struct file_line *line, const char *path,
		       FILE *text, int *ret_number)
{
	glob_t found;
	int number, err = 0;

	if (line->kind != AS_PATTERN || glob(path, GLOB_BRACE | GLOB_TILDE, NULL, &found))
		return file_put(setup, line, path, text, ret_number);
	for (size_t i = 0; i < found.gl_pathc && !err; i++)
		err = file_put(setup, line, found.gl_pathv[i], text, &number);
	globfree(&found);
	return err;
}

static void kept_free(struct rb_setup_kept *kept)
{
	free(kept->line);
	free(kept->text);
	free(kept->zone);
}

static int kept_add(struct rb_setup *setup, const char *line, const char *zone, const char *text,
		    int number)
{
	struct rb_setup_kept kept = {strdup(line), strdup(text), strdup(zone), number};
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
	int number = -1, err;
	FILE *stream;
	size_t len;

	for (size_t i = 0; i < setup->kept_count; i++)
		if (!strcmp(setup->kept[i].line, line) && !strcmp(setup->kept[i].zone, zone)) {
			fputs(setup->kept[i].text, text);
			return 0;
		}
	err = rb_text_open(&part, &stream);
	if (!err)
		err = pattern_put(setup, kind, path, stream, &number);
	if (!err)
		err = rb_text_close(TAKE_PTR(part), &bytes, &len);
	if (!err)
		err = kept_add(setup, line, zone, bytes, number);
	if (!err)
		fputs(bytes, text);
	return err;
}

/* --- a zone's file that has changed --- */

/* Its memory is given up, or filled anew, under the number that it has. */
static int file_replace(struct rb_setup *setup, const char *bytes, size_t len, int number)
{
	int *fd = &setup->file_fds[number - setup->first_fd], next;
	int err = rb_sealed_new("zonefile", bytes, len, &next);

	if (err)
		return err;
	close(*fd);
	*fd = next;
	return 0;
}

/* A zone that was transferred includes no other files. */
static int copy_take(struct rb_setup *setup, const struct rb_zone_copy *copy, int *number)
{
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0;
	int fd, err;

	if (copy->fd < 0)
		return *number < 0 ? 0 : file_replace(setup, "", 0, *number);
	fd = fcntl(copy->fd, F_DUPFD_CLOEXEC, 0);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file) {
		err = -errno;
		rb_closep(&fd);
		return err;
	}
	rewind(file);
	err = stream_read(setup, file, INCLUDE_DEPTH_MAX, zone_line, &bytes, &len);
	if (err)
		return err;
	return *number < 0 ? file_add(setup, "zonefile", bytes, len, number)
			   : file_replace(setup, bytes, len, *number);
}

/* The line says where the file would be, or where its copy is. */
static int kept_say(struct rb_setup_kept *kept, const struct rb_zone_copy *copy)
{
	struct rb_text *text;
	FILE *stream;
	char *line;
	size_t len;
	int err = rb_text_open(&text, &stream);

	if (err)
		return err;
	if (copy->fd < 0)
		line_of_file_put("zonefile", copy->path, stream);
	else
		line_of_copy_put("zonefile", kept->number, stream);
	err = rb_text_close(text, &line, &len);
	if (err)
		return err;
	free(kept->text);
	kept->text = line;
	return 0;
}

int rb_setup_files_renew(struct rb_setup *setup, const struct rb_zone_copy *copy)
{
	char path[PATH_MAX];
	int err = 0;

	for (size_t i = 0; i < setup->kept_count && !err; i++) {
		struct rb_setup_kept *kept = &setup->kept[i];

		if (!rb_setup_value(kept->line, "zonefile", path) || strcmp(path, copy->path) != 0)
			continue;
		rb_zone_lines_begin(&setup->zone, kept->zone);
		err = copy_take(setup, copy, &kept->number);
		if (!err)
			err = kept_say(kept, copy);
	}
	return err;
}

int rb_setup_files_inherit(struct rb_setup *setup, const struct rb_setup *former)
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
			       former->kept[i].text, former->kept[i].number);
	return err;
}

bool rb_setup_value(const char *line, const char *directive, char value[PATH_MAX])
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

int rb_setup_files_put(struct rb_setup *setup, const char *line, FILE *text)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(file_lines); i++)
		if (rb_setup_value(line, file_lines[i].directive, path))
			return files_put(setup, line, &file_lines[i], path, text);
	fprintf(text, "%s\n", line);
	return 0;
}

void rb_setup_files_free(struct rb_setup *setup)
{
	for (size_t i = 0; i < setup->file_count; i++)
		close(setup->file_fds[i]);
	free(setup->file_fds);
	for (size_t i = 0; i < setup->kept_count; i++)
		kept_free(&setup->kept[i]);
	free(setup->kept);
}
