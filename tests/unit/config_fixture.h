/* SPDX-License-Identifier: BSD-2-Clause */
/* Configurations from snippets and from files in a directory that goes with the test. */
#ifndef RB_TESTS_CONFIG_FIXTURE_H
#define RB_TESTS_CONFIG_FIXTURE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/reader.h"
#include "policy/attach.h"
#include "util/cleanup.h"

#define FILES_MAX 32

static inline struct rb_config *read_text(const char *text, int expected)
{
	struct rb_config *config = NULL;

	assert_int_equal(rb_config_read_text("t.conf", text, strlen(text), &config), expected);
	assert_non_null(config);
	if (!expected)
		assert_int_equal(rb_policy_attach(config), 0);
	return config;
}

static inline const char *message_of(const struct rb_config *config, enum rb_message_kind kind,
				     size_t number)
{
	size_t i;

	for (i = 0; i < config->message_count; i++)
		if (config->messages[i].kind == kind && !number--)
			return config->messages[i].text;
	return NULL;
}

/* A temporary directory and the files in it. */
struct lab {
	char path[64];
	char *files[FILES_MAX];
	size_t count;
};

static inline void lab_open(struct lab *lab)
{
	*lab = (struct lab){.path = "/tmp/rb-test-config-XXXXXX"};
	assert_non_null(mkdtemp(lab->path));
}

static inline const char *lab_file(struct lab *lab, const char *name, const char *text)
{
	char *path;
	FILE *file;

	assert_true(lab->count < FILES_MAX);
	assert_true(asprintf(&path, "%s/%s", lab->path, name) > 0);
	lab->files[lab->count++] = path;
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	return path;
}

static inline void lab_close(struct lab *lab)
{
	while (lab->count) {
		unlink(lab->files[--lab->count]);
		free(lab->files[lab->count]);
	}
	assert_int_equal(rmdir(lab->path), 0);
}

#endif
