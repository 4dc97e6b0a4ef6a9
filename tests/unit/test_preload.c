/* SPDX-License-Identifier: BSD-2-Clause */
/* A preload that cannot begin: the client is still main's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "store/preload.h"
#include "table/table.h"

/* In place of the C library's: no thread is to be had. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg)
{
	(void)thread;
	(void)attr;
	(void)run;
	(void)arg;
	return EAGAIN;
}

/* Otherwise: a server would take a preload that nobody carries out, and its client wait for ever. */
static void without_a_thread_there_is_none(void **state)
{
	struct rb_preload *preload = NULL;
	struct rb_table *table;

	(void)state;
	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 1 << 20, &table), 0);
	assert_int_equal(rb_preload_new(table, &preload), -EAGAIN);
	assert_null(preload);
	rb_table_close(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_thread_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
