/* SPDX-License-Identifier: BSD-2-Clause */
/* Child processes: who they are, what they have, how they end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper/process.h"
#include "keeper/sandbox.h"
#include "util/cleanup.h"
#include "util/log.h"

#define NAME    "rb-test-child"
#define WAIT_MS 10000

/* --- the child: does what it is told by the control socket ------------------------------------ */

static int count_fds(void)
{
	DIR *directory = opendir("/proc/self/fd");
	const struct dirent *entry;
	int count = -1; /* the directory itself */

	while ((entry = readdir(directory)))
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

static void describe(char *text, size_t room)
{
	char comm[32] = "";
	FILE *file = fopen("/proc/self/comm", "r");

	if (!fgets(comm, sizeof(comm), file))
		comm[0] = '\0';
	fclose(file);
	comm[strcspn(comm, "\n")] = '\0';
	snprintf(text, room, "%s uid %d gid %d groups %d fds %d notify %s first %c", comm,
		 (int)getuid(), (int)getgid(), getgroups(0, NULL), count_fds(),
		 getenv("NOTIFY_SOCKET") ?: "none", 'x');
	if (pread(RB_PROCESS_FD(0), text + strlen(text) - 1, 1, 0) < 0)
		return;
}

static int child_main(char *const *argv)
{
	struct pollfd order_comes = {.fd = RB_PROCESS_CONTROL_FD, .events = POLLIN};
	char order[16], text[256];
	ssize_t len;

	if (rb_process_enter(argv))
		return 3;
	for (;;) {
		poll(&order_comes, 1, -1);
		len = recv(RB_PROCESS_CONTROL_FD, order, sizeof(order) - 1, 0);
		if (len <= 0)
			return 4;
		order[len] = '\0';
		if (!strcmp(order, "abort"))
			abort();
		if (!strcmp(order, "exit"))
			return 7;
		if (!strcmp(order, "say"))
			rb_log_error("it said so");
		if (!strcmp(order, "mumble") && write(STDERR_FILENO, "without a level\n", 16) < 0)
			return 5;
		describe(text, sizeof(text));
		send(RB_PROCESS_CONTROL_FD, text, strlen(text), 0);
	}
}

/* --- the parent ------------------------------------------------------------------------------- */

static struct rb_process *start_as(const struct rb_process_user *user)
{
	_cleanup_close_ int first = memfd_create("first", MFD_CLOEXEC), second = dup(first);
	const int fds[] = {first, second};
	const struct rb_process_opts opts = {
		.name = NAME,
		.label = "test",
		.user = user,
		.fds = fds,
		.fd_count = ARRAY_SIZE(fds),
	};
	struct rb_process *child;

	assert_int_equal(write(first, "F", 1), 1);
	assert_int_equal(rb_process_start(&opts, &child), 0);
	return child;
}

static struct rb_process *start(void)
{
	static const struct rb_process_user same = {.change = false};

	return start_as(&same);
}

static void wait_readable(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};

	assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
}

static void tell(const struct rb_process *child, const char *order)
{
	assert_true(send(rb_process_control_fd(child), order, strlen(order), 0) > 0);
}

static void ask(const struct rb_process *child, const char *order, char text[256])
{
	ssize_t len;

	tell(child, order);
	wait_readable(rb_process_control_fd(child));
	len = recv(rb_process_control_fd(child), text, 255, 0);
	assert_true(len > 0);
	text[len] = '\0';
}

/* Otherwise: a child would hold the daemon's sockets open, or talk to systemd in its place. */
static void it_has_its_name_and_descriptors_and_nothing_else(void **state)
{
	_cleanup_close_ int other = open("/dev/null", O_RDONLY); /* not close-on-exec */
	_cleanup_(rb_process_freep) struct rb_process *child = NULL;
	char text[256], expected[256];

	(void)state;
	assert_true(other >= 0);
	setenv("NOTIFY_SOCKET", "/run/nowhere", 1);
	child = start();
	unsetenv("NOTIFY_SOCKET");
	ask(child, "describe", text);
	/* 0 to 2, the control socket, two that were given. */
	snprintf(expected, sizeof(expected),
		 NAME " uid %d gid %d groups %d fds 6 notify none first F", (int)getuid(),
		 (int)getgid(), getgroups(0, NULL));
	assert_string_equal(text, expected);
}

/* Otherwise: a program that does not ask for its role would fill the machine with itself. */
static void a_child_starts_none(void **state)
{
	static const struct rb_process_user same = {.change = false};
	const struct rb_process_opts opts = {.name = NAME, .label = "test", .user = &same};
	struct rb_process *child = NULL;

	(void)state;
	setenv("JOURNAL_STREAM", "parent", 1);
	assert_int_equal(rb_process_start(&opts, &child), -ELOOP);
	unsetenv("JOURNAL_STREAM");
}

/* Otherwise: it could write root's files. */
static void it_becomes_another_user(void **state)
{
	static const char *const others[] = {"no-such-user-here", NULL, "nobody"};
	_cleanup_(rb_process_freep) struct rb_process *child = NULL;
	struct rb_process_user user;
	char text[256], expected[128];

	(void)state;
	if (getuid())
		skip();
	assert_int_equal(rb_process_user_find("no-such-user-here", others, 3, &user), -ENOENT);
	assert_int_equal(rb_process_user_find(NULL, others, 2, &user), -ENOENT);
	assert_int_equal(rb_process_user_find(NULL, others, 3, &user), 0);
	assert_true(user.change);
	child = start_as(&user);
	ask(child, "describe", text);
	snprintf(expected, sizeof(expected), NAME " uid %d gid %d groups 0 ", (int)user.uid,
		 (int)user.gid);
	assert_memory_equal(text, expected, strlen(expected));
}

/* Otherwise: the log would tell of no crash, or of one as a clean end. */
static void its_end_is_seen_and_named(void **state)
{
	static const struct {
		const char *order; /* or a signal */
		int signal;
		const char *how;
	} cases[] = {
		{"abort", 0, "was killed by SIGABRT"},
		{"exit", 0, "exited with status 7"},
		{NULL, SIGSEGV, "was killed by SIGSEGV"},
		{NULL, SIGKILL, "was killed by SIGKILL"},
	};
	char how[64], text[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(rb_process_freep) struct rb_process *child = start();

		/* AddressSanitizer makes an exit of it. */
		if (RB_SANDBOX_IS_OFF && cases[i].signal == SIGSEGV)
			continue;
		assert_false(rb_process_has_ended(child, how));
		ask(child, "describe", text);
		if (cases[i].order)
			tell(child, cases[i].order);
		else
			rb_process_kill(child, cases[i].signal);
		wait_readable(rb_process_end_fd(child));
		assert_true(rb_process_has_ended(child, how));
		assert_string_equal(how, cases[i].how);
		/* What is asked again says the same. */
		assert_true(rb_process_has_ended(child, how));
	}
}

/* Otherwise: a crash of the daemon would leave processes behind that nobody ends. */
static void it_ends_with_its_parent(void **state)
{
	int pair[2], status;
	struct rb_process *child;
	pid_t parent, pid;

	(void)state;
	assert_int_equal(pipe(pair), 0);
	parent = fork();
	if (!parent) {
		char text[256];

		child = start();
		ask(child, "describe", text);
		pid = rb_process_pid(child);
		if (write(pair[1], &pid, sizeof(pid)) < 0)
			_exit(1);
		pause();
	}
	assert_int_equal(read(pair[0], &pid, sizeof(pid)), sizeof(pid));
	kill(parent, SIGKILL);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	for (int i = 0; i < WAIT_MS && !kill(pid, 0); i++)
		usleep(1000);
	assert_int_equal(kill(pid, 0), -1);
	close(pair[0]);
	close(pair[1]);
}

/* Otherwise: what libunbound has to say of a zone would be lost. */
static void its_lines_are_logged_with_level_and_identity(void **state)
{
	_cleanup_(rb_process_freep) struct rb_process *child = start();
	_cleanup_close_ int real = dup(STDERR_FILENO), log = memfd_create("log", MFD_CLOEXEC);
	char text[1024] = "", expected[256], reply[256];

	(void)state;
	ask(child, "say", reply);
	ask(child, "mumble", reply);
	dup2(log, STDERR_FILENO);
	rb_process_log(child);
	dup2(real, STDERR_FILENO);
	assert_true(pread(log, text, sizeof(text) - 1, 0) > 0);
	snprintf(expected, sizeof(expected),
		 "runbound: error: test %d: it said so\n"
		 "runbound: warning: test %d: without a level\n",
		 (int)rb_process_pid(child), (int)rb_process_pid(child));
	assert_string_equal(text, expected);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_has_its_name_and_descriptors_and_nothing_else),
		cmocka_unit_test(a_child_starts_none),
		cmocka_unit_test(it_becomes_another_user),
		cmocka_unit_test(its_end_is_seen_and_named),
		cmocka_unit_test(it_ends_with_its_parent),
		cmocka_unit_test(its_lines_are_logged_with_level_and_identity),
	};

	if (rb_process_is(argc, argv, NAME))
		return child_main(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
