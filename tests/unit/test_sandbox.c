/* SPDX-License-Identifier: BSD-2-Clause */
/* What a resolver process and rb-server cannot do any more, tried by ones that were taken over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempts.h"
#include "daemon/allowed.h"
#include "keeper/sandbox.h"
#include "resolve/allowed.h"
#include "util/cleanup.h"

#define UNLIMITED 0

/* In a child, which ends with what the function returns. Its signal, where it is killed. */
static int in_child(int (*run)(size_t number), size_t number)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(rb_allowed_enter() ? 99 : run(number));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int try_forbidden(size_t number)
{
	errno = 0;
	/* ENOSYS: so that the library tries another way. */
	return attempts[number].try() == -1 && (errno == EPERM || errno == ENOSYS) ? 0 : 1;
}

static int try_kind(size_t number)
{
	int fd = socket(socket_kinds[number].family, socket_kinds[number].type,
			socket_kinds[number].protocol);

	return socket_kinds[number].resolver_may ? fd < 0 : fd >= 0 || errno != EPERM;
}

/* Otherwise: who takes over libunbound would take over the machine. */
static void what_is_not_on_the_list_is_refused(void **state)
{
	(void)state;
	if (RB_SANDBOX_IS_OFF)
		skip();
	for (size_t i = 0; i < attempt_count; i++) {
		print_message("           %s\n", attempts[i].what);
		assert_int_equal(in_child(try_forbidden, i), 0);
	}
}

/* Otherwise: nothing could be resolved; or the network below DNS were open to who takes over. */
static void sockets_are_for_udp_and_tcp(void **state)
{
	(void)state;
	if (RB_SANDBOX_IS_OFF)
		skip();
	for (size_t i = 0; i < socket_kind_count; i++) {
		print_message("           %s\n", socket_kinds[i].what);
		assert_int_equal(in_child(try_kind, i), 0);
	}
}

static int run_abort(size_t number)
{
	(void)number;
	abort();
}

/* Otherwise: the log would say of a failed assertion that it were a crash. */
static void abort_is_seen_as_what_it_is(void **state)
{
	(void)state;
	if (RB_SANDBOX_IS_OFF)
		skip();
	assert_int_equal(in_child(run_abort, 0), 128 + SIGABRT);
}

static int use_much_memory(size_t number)
{
	(void)number;
	if (rb_sandbox_limit(rb_sandbox_memory_bytes() + (64 << 20), 0))
		return 1;
	return malloc(16 << 20) && !malloc(256 << 20) ? 0 : 2;
}

static int stay_below_what_was_allowed(size_t number)
{
	rlim_t allowed = rb_sandbox_memory_bytes() + (128 << 20);
	const struct rlimit limits = {allowed, allowed};
	struct rlimit now;

	(void)number;
	if (setrlimit(RLIMIT_AS, &limits) || rb_sandbox_limit(2 * allowed, 0))
		return 1;
	return getrlimit(RLIMIT_AS, &now) || now.rlim_max != allowed ? 2 : 0;
}

static int write_a_file(size_t number)
{
	_cleanup_close_ int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);

	(void)number;
	signal(SIGXFSZ, SIG_IGN);
	if (fd < 0 || rb_sandbox_limit(UNLIMITED, 0))
		return 1;
	return write(fd, "x", 1) == -1 && errno == EFBIG ? 0 : 2;
}

/* As rb-server is once it serves. */
static int server_enter(void)
{
	int err = rb_server_allowed_enter(false);

	return err ?: rb_server_allowed_end_threads();
}

static int in_server(int (*run)(size_t number), size_t number)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(server_enter() ? 99 : run(number));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Otherwise: who takes over what reads packets would take over the machine. */
static void the_server_may_no_more_than_answer(void **state)
{
	(void)state;
	if (RB_SANDBOX_IS_OFF)
		skip();
	for (size_t i = 0; i < attempt_count; i++) {
		if (attempts[i].server_may)
			continue;
		print_message("           %s\n", attempts[i].what);
		assert_int_equal(in_server(try_forbidden, i), 0);
	}
	assert_int_equal(in_server(run_abort, 0), 128 + SIGABRT);
}

static int try_socket(size_t number)
{
	int fd = socket(socket_kinds[number].family, socket_kinds[number].type,
			socket_kinds[number].protocol);

	return fd >= 0 || errno != EPERM;
}

/* Otherwise: it would speak to others than clients, and than the keeper. */
static void the_server_opens_no_socket(void **state)
{
	(void)state;
	if (RB_SANDBOX_IS_OFF)
		skip();
	for (size_t i = 0; i < socket_kind_count; i++) {
		print_message("           %s\n", socket_kinds[i].what);
		assert_int_equal(in_server(try_socket, i), 0);
	}
}

static int bpf_error(int command)
{
	union bpf_attr attr = {.map_fd = UINT32_MAX};

	return syscall(SYS_bpf, command, &attr, sizeof(attr)) == -1 ? errno : 0;
}

static int try_bpf(size_t number)
{
	(void)number;
	for (int command = 0; command <= BPF_PROG_BIND_MAP; command++)
		if (bpf_error(command) != (command == BPF_MAP_LOOKUP_ELEM ? EBADF : EPERM))
			return command + 1;
	return 0;
}

/* Otherwise: it could change what the kernel answers, or have it run other programs. */
static void the_server_reads_maps_and_does_nothing_else_to_them(void **state)
{
	(void)state;
	if (RB_SANDBOX_IS_OFF)
		skip();
	assert_int_equal(in_server(try_bpf, 0), 0);
}

static void *nothing(void *context)
{
	return context;
}

static int start_threads(size_t number)
{
	pthread_t thread;

	(void)number;
	if (rb_server_allowed_enter(true) || pthread_create(&thread, NULL, nothing, NULL) ||
	    pthread_join(thread, NULL))
		return 1;
	if (rb_server_allowed_end_threads() || !pthread_create(&thread, NULL, nothing, NULL))
		return 2;
	/* syslog() alone has what it needs. */
	if (socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) < 0)
		return 3;
	return socket(AF_UNIX, SOCK_STREAM, 0) < 0 && socket(AF_INET, SOCK_DGRAM, 0) < 0 ? 0 : 4;
}

static int without_list(int (*run)(size_t number))
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(run(0));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Otherwise: there would be no workers; or a fault of one could start as many as it likes. */
static void threads_start_with_the_server_alone(void **state)
{
	(void)state;
	if (RB_SANDBOX_IS_OFF)
		skip();
	assert_int_equal(without_list(start_threads), 0);
}

/* Otherwise: an attacker's zone would take all memory of the machine, or fill its disk. */
static void resources_are_limited(void **state)
{
	(void)state;
	if (!RB_SANDBOX_IS_OFF) {
		assert_int_equal(without_list(use_much_memory), 0);
		assert_int_equal(without_list(stay_below_what_was_allowed), 0);
	}
	assert_int_equal(without_list(write_a_file), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_on_the_list_is_refused),
		cmocka_unit_test(sockets_are_for_udp_and_tcp),
		cmocka_unit_test(the_server_may_no_more_than_answer),
		cmocka_unit_test(the_server_opens_no_socket),
		cmocka_unit_test(the_server_reads_maps_and_does_nothing_else_to_them),
		cmocka_unit_test(threads_start_with_the_server_alone),
		cmocka_unit_test(abort_is_seen_as_what_it_is),
		cmocka_unit_test(resources_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
