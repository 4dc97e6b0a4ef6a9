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

#define FILES_MAX 64

/* expected: rb_config_read_text()'s result. */
struct rb_config *read_text(const char *text, int expected);

/* The number-th of a kind, from 0; NULL: there are not so many. */
const char *message_of(const struct rb_config *config, enum rb_message_kind kind, size_t number);

/* A temporary directory and the files in it. */
struct lab {
	char path[64];
	char *files[FILES_MAX];
	size_t count;
};

void lab_open(struct lab *lab);

/* Its path, which lives as long as the lab. */
const char *lab_file(struct lab *lab, const char *name, const char *text);

void lab_close(struct lab *lab);

/* A test with a lab, which is its state. */
#define LAB_TEST(name) cmocka_unit_test_setup_teardown(name, lab_setup, lab_teardown)

int lab_setup(void **state);
int lab_teardown(void **state);

/* Text with the lab's directory in place of each '@@'; free(). */
char *with_directory(const struct lab *lab, const char *text);

/* Of such a text, in the lab's main.conf. expected: rb_config_read()'s result. */
struct rb_config *read_main(struct lab *lab, const char *text, int expected);

/* The message at `number` is this one, '@@' standing for the lab's directory. */
void assert_message(const struct lab *lab, const struct rb_config *config, size_t number,
		    const char *expected);

#endif
