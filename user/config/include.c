/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds and reads the files of a configuration: the first one and those that it includes. */
#include "config/reader.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#define DEPTH_MAX      16
#define INCLUDES_MAX   10000 /* files; more is a file that includes itself in a roundabout way */
#define FILE_BYTES_MAX ((size_t)1 << 30)
#define READ_BYTES     65536

char *rb_reader_path(const char *directory, const char *path)
{
	char *joined;

	if (!directory || !*directory || *path == '/')
		return strdup(path);
	return asprintf(&joined, "%s/%s", directory, path) < 0 ? NULL : joined;
}

/* Pipes are files too (bash's <(...)), so the size is known at the end only. */
int rb_reader_load(const char *path, enum rb_file_kind kind, char **ret_text, size_t *ret_bytes)
{
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_free_ char *text = NULL;
	size_t bytes = 0, room = 0, got;
	int err = rb_file_open(path, kind, &file);

	if (err)
		return err;
	do {
		if (room - bytes < READ_BYTES) {
			char *grown = realloc(text, room = 2 * room + READ_BYTES);

			if (!grown)
				return -ENOMEM;
			text = grown;
		}
		got = fread(text + bytes, 1, READ_BYTES, file);
		bytes += got;
		if (bytes > FILE_BYTES_MAX)
			return -EFBIG;
	} while (got);
	if (ferror(file))
		return errno ? -errno : -EIO;
	/* At a reload the pipe of the start has ended: that is no empty configuration. */
	if (!bytes && kind == RB_FILE_OR_PIPE && rb_file_is_pipe(file))
		return -ENODATA;
	*ret_text = TAKE_PTR(text);
	*ret_bytes = bytes;
	return 0;
}

int rb_reader_file(struct rb_reader *reader, const char *path, enum rb_file_kind kind)
{
	_cleanup_free_ char *text = NULL;
	struct rb_config *config = reader->config;
	size_t bytes = 0;
	char *name;
	int err;

	err = rb_reader_load(path, kind, &text, &bytes);
	if (err)
		return err;
	name = strdup(path);
	if (!name)
		return -ENOMEM;
	err = rb_array_append(&config->files, &config->file_count, sizeof(name), &name);
	if (err) {
		free(name);
		return err;
	}
	return rb_reader_text(reader, name, text, bytes);
}

/* A file that cannot be read is an error of the line that includes it. */
static int include_file(struct rb_reader *reader, const char *path)
{
	size_t files = reader->config->file_count;
	int err;

	if (reader->include_count > INCLUDES_MAX)
		return 0;
	if (reader->include_count++ == INCLUDES_MAX)
		return rb_config_error(reader->config, reader->location,
				       "include: more than %d files, does one include itself?",
				       INCLUDES_MAX);
	if (reader->include_depth == DEPTH_MAX)
		return rb_config_error(
			reader->config, reader->location,
			"include: nested more than %d deep, does '%s' include itself?", DEPTH_MAX,
			path);
	reader->include_depth++;
	err = rb_reader_file(reader, path, RB_FILE_PLAIN);
	reader->include_depth--;
	if (err && err != -ENOMEM && reader->config->file_count == files)
		return rb_config_error(reader->config, reader->location,
				       "include: cannot read '%s': %s", path,
				       rb_file_strerror(err));
	return err;
}

static void globfree_checked(glob_t *found)
{
	if (found->gl_pathv)
		globfree(found);
}

int rb_reader_include(struct rb_reader *reader, const char *pattern)
{
	_cleanup_(globfree_checked) glob_t found = {0};
	_cleanup_free_ char *path = NULL;
	size_t i;
	int err;

	if (reader->text_only)
		return rb_config_error(reader->config, reader->location,
				       "include: a text that is no file includes none");
	if (*pattern == '~')
		path = strdup(pattern);
	else
		path = rb_reader_path(reader->directory, pattern);
	if (!path)
		return -ENOMEM;
	if (!strpbrk(pattern, RB_WILDCARDS))
		return include_file(reader, path);
	err = glob(path, GLOB_BRACE | GLOB_TILDE | GLOB_ERR, NULL, &found);
	if (err == GLOB_NOSPACE)
		return -ENOMEM;
	/* No file matches: an empty directory of snippets is usual. Else let opening it explain. */
	if (err)
		return err == GLOB_NOMATCH ? 0 : include_file(reader, path);
	for (i = 0, err = 0; i < found.gl_pathc && !err; i++)
		err = include_file(reader, found.gl_pathv[i]);
	return err;
}
