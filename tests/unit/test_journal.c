/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of the log as entries of systemd's journal, which a socket of ours plays. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/journal.h"

struct world {
	struct sockaddr_un addr;
	int journal;
};

static void stream_set(unsigned long long inode)
{
	struct stat about;
	char stream[64];

	assert_int_equal(fstat(STDERR_FILENO, &about), 0);
	snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)about.st_dev,
		 (unsigned long long)about.st_ino + inode);
	assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
}

static int world_setup(void **state)
{
	static struct world world;

	world.addr.sun_family = AF_UNIX;
	snprintf(world.addr.sun_path, sizeof(world.addr.sun_path), "/tmp/test_journal.%d",
		 (int)getpid());
	world.journal = socket(AF_UNIX, SOCK_DGRAM, 0);
	assert_int_equal(bind(world.journal, (struct sockaddr *)&world.addr, sizeof(world.addr)),
			 0);
	*state = &world;
	return 0;
}

static int world_teardown(void **state)
{
	struct world *world = *state;

	close(world->journal);
	unlink(world->addr.sun_path);
	unsetenv("JOURNAL_STREAM");
	return 0;
}

/* Otherwise: a log that was sent elsewhere would go to the journal of whoever started us. */
static void journal_is_taken_where_stderr_leads_there_alone(void **state)
{
	const struct world *world = *state;
	int fd = -1;

	unsetenv("JOURNAL_STREAM");
	assert_int_equal(rb_journal_open(world->addr.sun_path, &fd), -ENOENT);
	stream_set(1);
	assert_int_equal(rb_journal_open(world->addr.sun_path, &fd), -ENOENT);
	stream_set(0);
	assert_int_equal(rb_journal_open("/nonexistent/socket", &fd), -ENOENT);
	assert_int_equal(fd, -1);
	assert_int_equal(rb_journal_open(world->addr.sun_path, &fd), 0);
	close(fd);
}

/* Otherwise: journalctl could not tell a warning from a query, or would show broken lines. */
static void entry_has_fields(void **state)
{
	static const char text[] = "two\nlines";
	const struct world *world = *state;
	const struct rb_journal_entry entry = {4, 3, "warning", "cache-1", text};
	char bytes[RB_JOURNAL_FIELDS_BYTES + 64], got[sizeof(bytes) + 1];
	static const char message[] = "\nMESSAGE\n\x09\0\0\0\0\0\0\0two\nlines\n";
	size_t len;
	ssize_t taken;
	int fd;

	stream_set(0);
	assert_int_equal(rb_journal_open(world->addr.sun_path, &fd), 0);
	len = rb_journal_entry_make(&entry, bytes, sizeof(bytes));
	assert_int_equal(rb_journal_send(fd, bytes, len, true), 0);
	taken = recv(world->journal, got, sizeof(got) - 1, 0);
	assert_int_equal(taken, len);
	got[taken] = '\0';
	assert_ptr_equal(strstr(got, "PRIORITY=4\n"), got);
	assert_non_null(strstr(got, "\nSYSLOG_IDENTIFIER=cache-1\n"));
	assert_non_null(strstr(got, "\nRUNBOUND_TYPE=warning\n"));
	assert_non_null(strstr(got, "\nRUNBOUND_THREAD=3\n"));
	assert_memory_equal(got + taken - (sizeof(message) - 1), message, sizeof(message) - 1);
	close(fd);
}

/* Otherwise: clients would get no answers while the journal is busy. */
static void full_journal_is_not_waited_for(void **state)
{
	const struct world *world = *state;
	int fd, err = 0;

	stream_set(0);
	assert_int_equal(rb_journal_open(world->addr.sun_path, &fd), 0);
	for (int i = 0; i < 1000000 && !err; i++)
		err = rb_journal_send(fd, "MESSAGE=a\n", 10, false);
	assert_int_equal(err, -EAGAIN);
	close(fd);
}

/* Otherwise: a long line would be cut off in the middle of a field, and lost. */
static void long_text_is_cut(void **state)
{
	static char text[10000];
	const struct rb_journal_entry entry = {6, 0, "info", "runbound", text};
	char bytes[RB_JOURNAL_FIELDS_BYTES + 100];
	size_t len;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	len = rb_journal_entry_make(&entry, bytes, sizeof(bytes));
	assert_int_equal(len, sizeof(bytes));
	assert_int_equal(bytes[len - 1], '\n');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(journal_is_taken_where_stderr_leads_there_alone,
						world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(entry_has_fields, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(full_journal_is_not_waited_for, world_setup,
						world_teardown),
		cmocka_unit_test(long_text_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
