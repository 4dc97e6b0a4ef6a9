/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the files that libunbound is to read, and looks into them. */
#include "config/named_files.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/anchor_files.h"
#include "config/fingerprint.h"
#include "config/handlers.h"
#include "config/zone_lines.h"
#include "dns/name.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/fnv.h"

/* Where Unbound as Debian builds it looks for relative file names when there is no directory:. */
#define DEFAULT_DIRECTORY "/etc/unbound"

#define INCLUDE_DEPTH_MAX 10 /* of $INCLUDE, as in libunbound */

/* Included files are found by it at once, others once the whole is read. */
int rb_handle_directory(struct rb_reader *reader, const struct rb_directive *directive,
			const struct rb_value *values)
{
	char *path;

	(void)directive;
	if (!*values[0].text && reader->directory)
		return 0;
	path = rb_reader_path(reader->directory, values[0].text);
	if (!path)
		return -ENOMEM;
	free(reader->directory);
	reader->directory = path;
	return 0;
}

int rb_handle_chroot(struct rb_reader *reader, const struct rb_directive *directive,
		     const struct rb_value *values)
{
	size_t len = strlen(values[0].text);

	while (len && values[0].text[len - 1] == '/')
		len--;
	free(reader->chroot);
	reader->chroot = NULL;
	if (!*values[0].text)
		return 0;
	if (len) {
		reader->chroot = strndup(values[0].text, len);
		if (!reader->chroot)
			return -ENOMEM;
	}
	return rb_reader_ignored(reader, directive, directive->name, directive->note);
}

/* Which file it is depends on directory:, which may follow. An empty name asks for none. */
int rb_handle_file(struct rb_reader *reader, const struct rb_directive *directive,
		   const struct rb_value *values)
{
	return *values[0].text ? rb_reader_defer(reader, directive, values) : 0;
}

/* libunbound would write to the file; its processes cannot. */
int rb_handle_auto_anchor_file(struct rb_reader *reader, const struct rb_directive *directive,
			       const struct rb_value *values)
{
	int err = *values[0].text ? rb_config_warn(reader->config, reader->location,
						   "%s" RB_ANCHORS_NOT_KEPT, directive->name)
				  : 0;

	reader->config->follows_keys |= *values[0].text != '\0';

	return err ? err : rb_handle_file(reader, directive, values);
}

/*
 * A whole path as Unbound means it: inside chroot:, which it may begin with or not. NULL: no
 * memory.
 */
static char *below_root(const struct rb_reader *reader, const char *path)
{
	const char *root = reader->chroot;
	size_t len;
	char *below;

	if (!root)
		return strdup(path);
	len = strlen(root);
	if (!strncmp(path, root, len) && (!path[len] || path[len] == '/'))
		return strdup(path);
	return asprintf(&below, "%s%s", root, path) < 0 ? NULL : below;
}

int rb_named_set(struct rb_reader *reader, struct rb_named *named, const char *path)
{
	free(named->path);
	named->path = NULL;
	named->location = reader->location;
	if (!*path)
		return 0;
	named->path = strdup(path);
	return named->path ? 0 : -ENOMEM;
}

char *rb_named_files_base(const struct rb_reader *reader)
{
	const char *directory = reader->directory ? reader->directory : DEFAULT_DIRECTORY;
	_cleanup_free_ char *start = NULL;

	if (*directory == '/')
		return below_root(reader, directory);
	/* It may itself be relative to where we were started, or would be in a root of our own. */
	start = reader->chroot ? strdup(reader->chroot) : getcwd(NULL, 0);
	if (!start || !*directory)
		return TAKE_PTR(start);
	return rb_reader_path(start, directory);
}

char *rb_named_file_path(const struct rb_reader *reader, const char *file)
{
	_cleanup_free_ char *base = *file == '/' ? NULL : rb_named_files_base(reader);

	return *file == '/' ? below_root(reader, file) : rb_reader_path(base, file);
}

char *rb_named_file_path_outside(const struct rb_reader *reader, const char *file)
{
	struct rb_reader outside = *reader;

	outside.chroot = NULL;
	return rb_named_file_path(&outside, file);
}

/* Why there can be no file of that name; 0. */
static int own_file_err(const char *path)
{
	_cleanup_free_ char *directory = strdup(path);
	struct stat there;

	if (!directory)
		return -ENOMEM;
	if (!stat(path, &there))
		return S_ISDIR(there.st_mode) ? -EISDIR : 0;
	strrchr(directory, '/')[1] = '\0';
	return stat(directory, &there) ? -errno : 0;
}

static int own_file_finish(const struct rb_reader *reader, char **file)
{
	_cleanup_free_ char *written = TAKE_PTR(*file);

	if (!written || !*written)
		return 0;
	*file = rb_named_file_path(reader, written);
	return *file ? 0 : -ENOMEM;
}

/* The server does without it. */
static int own_file_check(const struct rb_reader *reader, const char *directive,
			  struct rb_location location, const char *file)
{
	int err = file && *file ? own_file_err(file) : 0;

	return err && err != -ENOMEM
		       ? rb_config_warn(reader->config, location, "%s: cannot write '%s': %s",
					directive, file, strerror(-err))
		       : err;
}

int rb_own_files_finish(struct rb_reader *reader)
{
	struct rb_config *config = reader->config;
	int err = own_file_finish(reader, &config->log_file);

	if (!err)
		err = own_file_finish(reader, &config->pidfile);
	if (!err && !config->use_syslog)
		err = own_file_check(reader, "logfile", reader->log_file_location,
				     config->log_file);
	return err ?: own_file_check(reader, "pidfile", reader->pidfile_location, config->pidfile);
}

/* Of a file that is read, and who asked for it. */
struct reading {
	const struct rb_reader *reader;
	const char *directive;
	struct rb_location location;
	uint32_t hash; /* of what it says */
	struct rb_zone_lines zone;
	bool has_outside; /* of that zone, and it has been said */
};

static int say_unreadable(const struct reading *reading, const char *path, int err)
{
	return rb_config_error(reading->reader->config, reading->location,
			       "%s: cannot read '%s': %s%s", reading->directive, path,
			       rb_file_strerror(err),
			       strcmp(reading->directive, "auto-trust-anchor-file") != 0
				       ? ""
				       : " (unbound-anchor makes such a file)");
}

static int contents_mix(struct reading *reading, const char *path, unsigned int depth);

/* Once: a file that has many of them is another zone's. */
static int outside_say(struct reading *reading, const char *path, unsigned int number)
{
	char zone[RB_NAME_TEXT_MAX];

	if (reading->has_outside)
		return 0;
	reading->has_outside = true;
	rb_name_to_text(reading->zone.zone, reading->zone.zone_len, zone);
	return rb_config_warn(reading->reader->config, reading->location,
			      "%s: %s:%u: a record outside of the zone %s: all such are left out",
			      reading->directive, path, number, zone);
}

/* "$INCLUDE FILE" in a zone's file, wherever that is: FILE is looked for from directory:. */
static int include_mix(struct reading *reading, char *line, unsigned int depth)
{
	static const char include[] = "$INCLUDE";
	_cleanup_free_ char *path = NULL;
	char *file = line + strlen(include);

	if (strncmp(line, include, strlen(include)) != 0 || depth == INCLUDE_DEPTH_MAX)
		return 0;
	file += strspn(file, " \t");
	file[strcspn(file, " \t\r\n;")] = '\0';
	path = *file == '/' ? strdup(file) : rb_named_file_path(reading->reader, file);
	return path ? contents_mix(reading, path, depth + 1) : -ENOMEM;
}

static int lines_mix(struct reading *reading, FILE *file, const char *path, unsigned int depth)
{
	_cleanup_free_ char *line = NULL;
	unsigned int number = 0;
	size_t room = 0;
	ssize_t len;
	int err = 0;

	while (!err && (len = getline(&line, &room, file)) >= 0) {
		number++;
		reading->hash = rb_fnv(reading->hash, line, (size_t)len);
		if (!rb_zone_lines_keep(&reading->zone, line))
			err = outside_say(reading, path, number);
		err = err ?: include_mix(reading, line, depth);
	}
	if (!err && !feof(file))
		err = errno ? -errno : -EIO;
	return err;
}

static int contents_mix(struct reading *reading, const char *path, unsigned int depth)
{
	_cleanup_fclose_ FILE *file = NULL;
	int err = rb_file_open(path, RB_FILE_PLAIN, &file);

	if (!err)
		err = lines_mix(reading, file, path, depth);
	/* Of a file that is not there libunbound will say so; in a directory it reads for ever. */
	if (depth && (err == -ENOENT || err == -EACCES))
		return 0;
	return err && err != -ENOMEM ? say_unreadable(reading, path, err) : err;
}

static void globfree_checked(glob_t *found)
{
	if (found->gl_pathv)
		globfree(found);
}

/* trusted-keys-file takes a pattern, and no file need match it. */
static int pattern_read(const struct reading *reading, const char *pattern)
{
	_cleanup_(globfree_checked) glob_t found = {0};
	int err = glob(pattern, GLOB_BRACE | GLOB_TILDE | GLOB_ERR, NULL, &found);

	if (err == GLOB_NOMATCH)
		return 0;
	if (err == GLOB_NOSPACE)
		return -ENOMEM;
	if (err)
		return say_unreadable(reading, pattern, -errno);
	for (size_t i = 0; i < found.gl_pathc && !err; i++)
		err = rb_anchor_file_read(reading->reader, reading->directive, found.gl_pathv[i],
					  reading->location);
	return err;
}

/* What the file says. */
static int file_read(struct reading *reading, struct rb_lines *lines, const char *path)
{
	int err;

	if (access(path, R_OK))
		return say_unreadable(reading, path, -errno);
	if (rb_anchor_file_is(reading->directive))
		return rb_anchor_file_read(reading->reader, reading->directive, path,
					   reading->location);
	err = contents_mix(reading, path, 0);
	fprintf(rb_lines_begin(lines, reading->location), RB_CONTENTS_LINE "%08x\n", reading->hash);
	return err;
}

static int file_put(struct reading *reading, struct rb_lines *lines, const char *base,
		    const char *file)
{
	const char *directive = reading->directive;
	_cleanup_free_ char *path = *file == '/' ? below_root(reading->reader, file)
						 : rb_reader_path(base, file);
	bool is_pattern = !strcmp(directive, "trusted-keys-file") && strpbrk(file, RB_WILDCARDS);
	int err;

	if (!path)
		return -ENOMEM;
	err = is_pattern ? pattern_read(reading, path) : file_read(reading, lines, path);
	if (err)
		return err;
	if (!rb_resolver_text_put_path(lines, reading->location, directive, path))
		return rb_config_error(reading->reader->config, reading->location,
				       "%s: no backslash, newline or two kinds of quotes may be in "
				       "a file name: '%s'",
				       directive, path);
	return 0;
}

int rb_named_file_put(const struct rb_reader *reader, struct rb_lines *lines, const char *base,
		      const char *directive, const char *file, struct rb_location location)
{
	struct reading reading = {.reader = reader,
				  .directive = directive,
				  .location = location,
				  .hash = RB_FNV_START};

	return file_put(&reading, lines, base, file);
}

int rb_zone_file_put(const struct rb_reader *reader, struct rb_lines *lines, const char *base,
		     const struct rb_zone *zone)
{
	struct reading reading = {.reader = reader,
				  .directive = "zonefile",
				  .location = zone->zonefile_location,
				  .hash = RB_FNV_START};

	rb_zone_lines_begin(&reading.zone, zone->name.text);
	return file_put(&reading, lines, base, zone->zonefile);
}

int rb_named_file_check(const struct rb_reader *reader, const char *directive, const char *path,
			struct rb_location location)
{
	const struct reading reading = {
		.reader = reader, .directive = directive, .location = location};
	_cleanup_fclose_ FILE *file = NULL;
	int err = rb_file_open(path, RB_FILE_PLAIN, &file);

	return err && err != -ENOMEM ? say_unreadable(&reading, path, err) : err;
}

int rb_named_file_load(const struct rb_reader *reader, const char *directive, const char *file,
		       struct rb_location location, char **ret_text)
{
	const struct reading reading = {.reader = reader,
					.directive = directive,
					.location = location,
					.hash = RB_FNV_START};
	_cleanup_free_ char *path = rb_named_file_path_outside(reader, file);
	size_t bytes;
	int err;

	if (!path)
		return -ENOMEM;
	err = rb_reader_load(path, RB_FILE_PLAIN, ret_text, &bytes);
	if (!err)
		(*ret_text)[bytes] = '\0'; /* it has room to go on reading */
	return err && err != -ENOMEM ? say_unreadable(&reading, path, err) : err;
}
