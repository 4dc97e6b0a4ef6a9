/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket: its protocol, its file, and clients that behave badly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/clients.h"
#include "control/socket.h"
#include "util/cleanup.h"

#define LONG_BYTES (4 << 20) /* more than a socket takes at once */

struct fixture {
	char directory[64];
	char path[128];
	struct rb_clients *clients;
};

/* "echo" in front of the line; a long answer to "long". */
static void answer(const char *line, FILE *out, const void *context)
{
	int i;

	assert_ptr_equal(context, "context");
	if (strcmp(line, "long") != 0)
		fprintf(out, "echo %s\n", line);
	else
		for (i = 0; i < LONG_BYTES; i++)
			fputc('x', out);
}

static const struct rb_clients_service service = {.answer = answer, .context = "context"};

/* As the keeper opens it, and a server serves it. */
static void clients_open(struct fixture *fixture)
{
	int fd = -1;

	assert_int_equal(rb_control_socket_open(fixture->path, &fd), 0);
	assert_int_equal(rb_clients_new(&service, &fixture->clients), 0);
	assert_int_equal(rb_clients_listen(fixture->clients, fd, NULL), 0);
	close(fd);
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	strcpy(fixture->directory, "/tmp/rb-control-XXXXXX");
	assert_non_null(mkdtemp(fixture->directory));
	/* A directory that is not there yet. */
	snprintf(fixture->path, sizeof(fixture->path), "%s/run/control.sock", fixture->directory);
	clients_open(fixture);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	char run[128];

	rb_clients_close(fixture->clients);
	assert_int_equal(unlink(fixture->path), 0);
	snprintf(run, sizeof(run), "%s/run", fixture->directory);
	assert_int_equal(rmdir(run), 0);
	assert_int_equal(rmdir(fixture->directory), 0);
	free(fixture);
	return 0;
}

static int client_open(const struct fixture *fixture)
{
	int fd = -1;

	assert_int_equal(rb_control_socket_connect(fixture->path, &fd), 0);
	return fd;
}

/* As main does, until there is nothing to do. */
static void serve(const struct fixture *fixture)
{
	struct pollfd ready = {.fd = rb_clients_fd(fixture->clients), .events = POLLIN};

	while (poll(&ready, 1, 20) > 0)
		rb_clients_serve(fixture->clients);
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static void expect_answer(int fd, const char *text)
{
	char buffer[256] = "";

	assert_int_equal(recv(fd, buffer, sizeof(buffer) - 1, MSG_WAITALL), (ssize_t)strlen(text));
	assert_string_equal(buffer, text);
}

/* Otherwise: unbound-control would wait for ever, or get half of it. */
static void a_line_is_answered_until_the_end(void **state)
{
	_cleanup_close_ int fd = client_open(*state);

	serve(*state);
	say(fd, "UBCT1 sta");
	serve(*state);
	say(fd, "tus\n");
	serve(*state);
	expect_answer(fd, "echo UBCT1 status\n");
}

/*
 * Otherwise: a large table of statistics would be cut off, or a slow reader would stop the daemon.
 */
static void a_long_answer_goes_out_as_it_is_read(void **state)
{
	_cleanup_close_ int fd = client_open(*state);
	_cleanup_free_ char *buffer = malloc(LONG_BYTES);
	size_t got = 0;

	say(fd, "long\n");
	serve(*state);
	while (got < LONG_BYTES) {
		ssize_t more = recv(fd, buffer, LONG_BYTES, MSG_DONTWAIT);

		if (more < 0)
			serve(*state);
		else if (!more)
			break;
		else
			got += (size_t)more;
	}
	assert_int_equal(got, LONG_BYTES);
	serve(*state);
	assert_int_equal(recv(fd, buffer, 1, MSG_DONTWAIT), 0);
}

/* Otherwise: whoever connects and says nothing would lock the operator out. */
static void idle_clients_give_way(void **state)
{
	int idle[40];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(idle); i++) {
		idle[i] = client_open(*state);
		serve(*state);
	}
	{
		_cleanup_close_ int fd = client_open(*state);

		say(fd, "a\n");
		serve(*state);
		expect_answer(fd, "echo a\n");
	}
	for (i = 0; i < ARRAY_SIZE(idle); i++)
		close(idle[i]);
	serve(*state);
}

/* Otherwise: a client could make the daemon write beyond its buffer, or keep it for itself. */
static void a_line_without_end_is_cut_off(void **state)
{
	_cleanup_close_ int fd = client_open(*state);
	char line[4096], byte;

	memset(line, 'x', sizeof(line));
	assert_int_equal(send(fd, line, sizeof(line), MSG_NOSIGNAL), sizeof(line));
	serve(*state);
	assert_true(recv(fd, &byte, 1, MSG_DONTWAIT) <= 0);
}

/* Otherwise: a client that went away would leave its place taken, or end the daemon by a signal. */
static void a_client_may_go_at_any_time(void **state)
{
	int i;

	for (i = 0; i < 100; i++) {
		int fd = client_open(*state);

		if (i % 2)
			say(fd, i % 3 ? "long\n" : "part");
		if (i % 5)
			serve(*state);
		close(fd);
	}
	serve(*state);
	a_line_is_answered_until_the_end(state);
}

/* Otherwise: the daemon's main thread would do nothing but fail to accept. */
static void want_of_descriptors_is_waited_for(void **state)
{
	const struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_open(fixture);
	struct pollfd ready = {.fd = rb_clients_fd(fixture->clients), .events = POLLIN};
	struct rlimit limit, none = {0};

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none.rlim_max = limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	rb_clients_serve(fixture->clients);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(poll(&ready, 1, 20), 0);
	say(fd, "late\n");
	assert_int_equal(poll(&ready, 1, 20), 0);
	rb_clients_tick(fixture->clients);
	serve(fixture);
	expect_answer(fd, "echo late\n");
}

/* Otherwise: anybody on the host could ask. */
static void the_socket_is_not_for_others(void **state)
{
	const struct fixture *fixture = *state;
	struct stat there;

	assert_int_equal(stat(fixture->path, &there), 0);
	assert_int_equal(there.st_mode & 0777, 0660);
}

/* Otherwise: two daemons would take each other's socket away. */
static void a_socket_in_use_is_left_alone(void **state)
{
	const struct fixture *fixture = *state;
	int second = -1;

	assert_int_equal(rb_control_socket_open(fixture->path, &second), -EADDRINUSE);
	assert_int_equal(second, -1);
	a_line_is_answered_until_the_end(state);
}

/* Otherwise: the socket of a daemon that was killed would be in the way for ever. */
static void a_leftover_socket_is_replaced(void **state)
{
	struct fixture *fixture = *state;

	rb_clients_close(TAKE_PTR(fixture->clients));
	clients_open(fixture);
	a_line_is_answered_until_the_end(state);
}

/* Otherwise: a wrong path in the configuration would cost a file. */
static void a_file_that_is_no_socket_stays(void **state)
{
	const struct fixture *fixture = *state;
	int second = -1;
	char path[140];
	FILE *file;

	snprintf(path, sizeof(path), "%s.txt", fixture->path);
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
	assert_int_equal(rb_control_socket_open(path, &second), -EEXIST);
	assert_int_equal(unlink(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_is_answered_until_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(a_long_answer_goes_out_as_it_is_read, setup,
						teardown),
		cmocka_unit_test_setup_teardown(idle_clients_give_way, setup, teardown),
		cmocka_unit_test_setup_teardown(a_line_without_end_is_cut_off, setup, teardown),
		cmocka_unit_test_setup_teardown(a_client_may_go_at_any_time, setup, teardown),
		cmocka_unit_test_setup_teardown(want_of_descriptors_is_waited_for, setup, teardown),
		cmocka_unit_test_setup_teardown(the_socket_is_not_for_others, setup, teardown),
		cmocka_unit_test_setup_teardown(a_socket_in_use_is_left_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(a_leftover_socket_is_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_that_is_no_socket_stays, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
