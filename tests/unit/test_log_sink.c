/* SPDX-License-Identifier: BSD-2-Clause */
/* A log file on a slow disk, played by a pipe that nobody reads for a while. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/clock.h"
#include "util/log_sink.h"

#define LINES 40000 /* some 3 MB: more than may wait */

struct world {
	char path[64];
	int reader;
};

static int world_setup(void **state)
{
	static struct world world;
	struct rb_log_sink_opts opts = {.file = world.path};

	snprintf(world.path, sizeof(world.path), "/tmp/test_log_sink.%d", (int)getpid());
	assert_int_equal(mkfifo(world.path, 0600), 0);
	world.reader = open(world.path, O_RDWR | O_NONBLOCK);
	assert_true(world.reader >= 0);
	assert_int_equal(rb_log_sink_open(&opts), 0);
	*state = &world;
	return 0;
}

static int world_teardown(void **state)
{
	const struct world *world = *state;
	struct rb_log_sink_opts opts = {0};

	rb_log_sink_open(&opts);
	close(world->reader);
	unlink(world->path);
	return 0;
}

static void *work(void *context)
{
	char text[64];

	(void)context;
	rb_log_sink_set_thread(7);
	for (int i = 0; i < LINES; i++) {
		snprintf(text, sizeof(text), "192.0.2.1 name-%06d.example. A IN", i);
		rb_log_sink_write(6, "info", text);
	}
	return NULL;
}

/* Lines that are there, and those that it says were lost, until all are accounted for. */
static void read_all(const struct world *world, uint64_t *ret_lines, uint64_t *ret_lost)
{
	uint64_t until_ns = rb_clock_ns() + 20ULL * RB_NS_PER_S;
	static char text[LINES * 128];
	uint64_t lines = 0, lost = 0;
	const char *line = text;
	size_t len = 0;

	while (lines + lost < LINES && rb_clock_ns() < until_ns) {
		ssize_t got = read(world->reader, text + len, sizeof(text) - 1 - len);
		char *end;

		if (got <= 0) {
			usleep(1000);
			continue;
		}
		len += (size_t)got;
		text[len] = '\0';
		for (; (end = strchr(line, '\n')); line = end + 1) {
			const char *warning;

			*end = '\0';
			if (strstr(line, ":7] info: 192.0.2.1 name-"))
				lines++;
			else if ((warning = strstr(line, " warning: ")))
				lost += strtoull(warning + strlen(" warning: "), NULL, 10);
			else
				fail_msg("not a whole line: %s", line);
		}
	}
	*ret_lines = lines;
	*ret_lost = lost;
}

/* Otherwise: clients would get no answers while a disk is busy. */
static void worker_does_not_wait_for_the_disk(void **state)
{
	const struct world *world = *state;
	uint64_t lines, lost, before = rb_log_sink_lost(), start_ns = rb_clock_ns();
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, work, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(rb_clock_ns() - start_ns < 15ULL * RB_NS_PER_S);
	assert_true(rb_log_sink_lost() - before > 0);
	read_all(world, &lines, &lost);
	assert_true(lines > 1000);
	assert_int_equal(lost, rb_log_sink_lost() - before);
	assert_int_equal(lines + lost, LINES);
}

/* Otherwise: the last words of a process that ends would be missing. */
static void main_s_line_is_there_when_it_returns(void **state)
{
	const struct world *world = *state;
	char text[4096] = "";

	rb_log_sink_write(4, "warning", "something is wrong");
	assert_true(read(world->reader, text, sizeof(text) - 1) > 0);
	assert_non_null(strstr(text, ":0] warning: something is wrong\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worker_does_not_wait_for_the_disk),
		cmocka_unit_test(main_s_line_is_there_when_it_returns),
	};

	return cmocka_run_group_tests_name("log_sink", tests, world_setup, world_teardown);
}
