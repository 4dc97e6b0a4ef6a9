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

/* Otherwise: main waits for ever for a client that does not read why its preload failed. */
static void without_a_thread_the_client_stays_non_blocking(void **state)
{
	const struct rb_config config = {0};
	struct rb_preload *preload;
	struct rb_table *table;
	int fds[2];

	(void)state;
	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 1 << 20, &table), 0);
	assert_int_equal(rb_preload_new(table, &preload), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
			 0);
	assert_int_equal(rb_preload_start(preload, &config, 0, fds[0], "", 0), -EAGAIN);
	assert_true(fcntl(fds[0], F_GETFL) & O_NONBLOCK);
	rb_preload_free(preload);
	rb_table_close(table);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_thread_the_client_stays_non_blocking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
