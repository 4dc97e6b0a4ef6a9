/* SPDX-License-Identifier: BSD-2-Clause */
/* Configurations from snippets and from files. */
#include "config_fixture.h"

struct rb_config *read_text(const char *text, int expected)
{
	struct rb_config *config = NULL;

	assert_int_equal(rb_config_read_text("t.conf", text, strlen(text), &config), expected);
	assert_non_null(config);
	if (!expected)
		assert_int_equal(rb_policy_attach(config, NULL), 0);
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

int lab_setup(void **state)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	assert_non_null(lab);
	lab_open(lab);
	*state = lab;
	return 0;
}

int lab_teardown(void **state)
{
	lab_close(*state);
	free(*state);
	return 0;
}

char *with_directory(const struct lab *lab, const char *text)
{
	char *out = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&out, &bytes);
	const char *mark;

	assert_non_null(stream);
	while ((mark = strstr(text, "@@"))) {
		fwrite(text, 1, (size_t)(mark - text), stream);
		fputs(lab->path, stream);
		text = mark + 2;
	}
	fputs(text, stream);
	fclose(stream);
	return out;
}

struct rb_config *read_main(struct lab *lab, const char *text, int expected)
{
	_cleanup_free_ char *full = with_directory(lab, text);
	struct rb_config *config = NULL;

	assert_int_equal(rb_config_read(lab_file(lab, "main.conf", full), NULL, NULL, &config),
			 expected);
	return config;
}

void assert_message(const struct lab *lab, const struct rb_config *config, size_t number,
		    const char *expected)
{
	_cleanup_free_ char *full = with_directory(lab, expected);

	assert_true(number < config->message_count);
	assert_string_equal(config->messages[number].text, full);
}
