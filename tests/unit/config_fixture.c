/* SPDX-License-Identifier: BSD-2-Clause */
/* Configurations from snippets and from files. */
#include "config_fixture.h"

struct rb_config *read_text(const char *text, int expected)
{
	struct rb_config *config = NULL;

	assert_int_equal(rb_config_read_text("t.conf", text, strlen(text), &config), expected);
	assert_non_null(config);
	if (!expected)
		assert_int_equal(rb_policy_attach(config), 0);
	return config;
}

const char *message_of(const struct rb_config *config, enum rb_message_kind kind, size_t number)
{
	size_t i;

	for (i = 0; i < config->message_count; i++)
		if (config->messages[i].kind == kind && !number--)
			return config->messages[i].text;
	return NULL;
}

void lab_open(struct lab *lab)
{
	*lab = (struct lab){.path = "/tmp/rb-test-config-XXXXXX"};
	assert_non_null(mkdtemp(lab->path));
}

const char *lab_file(struct lab *lab, const char *name, const char *text)
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

void lab_close(struct lab *lab)
{
	while (lab->count) {
		unlink(lab->files[--lab->count]);
		free(lab->files[lab->count]);
	}
	assert_int_equal(rmdir(lab->path), 0);
}
