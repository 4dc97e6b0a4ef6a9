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
#include <linux/if_packet.h>
#include <linux/keyctl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/allowed.h"
#include "keeper/sandbox.h"
#include "resolve/allowed.h"
#include "util/cleanup.h"

#define UNLIMITED 0

static const char *const no_words[] = {NULL};

/* Each returns what the system call does: -1 and errno where it is refused. */
static long open_for_writing(void)
{
	return open("/tmp/rb-test-sandbox", O_WRONLY | O_CREAT, 0600);
}

static long open_for_reading(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static long open_by_number(void)
{
	return syscall(SYS_open, "/etc/passwd", O_RDONLY);
}

static long open_new_way(void)
{
	uint64_t how[3] = {0};

	return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof(how));
}

static long remove_a_file(void)
{
	return unlink("/nonexistent");
}

static long rename_a_file(void)
{
	return rename("/nonexistent", "/nonexistent2");
}

static long change_a_mode(void)
{
	return chmod("/nonexistent", 0777);
}

static long execute(void)
{
	return execve("/bin/true", (char *const *)(uintptr_t)no_words,
		      (char *const *)(uintptr_t)no_words);
}

static long execute_by_descriptor(void)
{
	return syscall(SYS_execveat, 0, "", no_words, no_words, AT_EMPTY_PATH);
}

static long make_a_process(void)
{
	return fork();
}

static long make_a_thread(void)
{
	return syscall(SYS_clone, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD,
		       NULL, NULL, NULL, 0);
}

static long make_a_thread_the_new_way(void)
{
	uint64_t args[11] = {0};

	return syscall(SYS_clone3, args, sizeof(args));
}

static long trace(void)
{
	return ptrace(PTRACE_ATTACH, getpid(), NULL, NULL);
}

static long look_into_another(void)
{
	return syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0);
}

static long signal_another(void)
{
	return kill(1, 0);
}

static long signal_itself(void)
{
	return kill(getpid(), SIGTERM);
}

static long signal_a_thread_of_another(void)
{
	return syscall(SYS_tgkill, 1, 1, SIGABRT);
}

static long signal_by_descriptor(void)
{
	return syscall(SYS_pidfd_open, 1, 0);
}

static long use_bpf(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};

	return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
}

static long load_a_module(void)
{
	return syscall(SYS_init_module, NULL, 0, "");
}

static long load_a_module_from_a_file(void)
{
	return syscall(SYS_finit_module, 0, "", 0);
}

static long count_events(void)
{
	return syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
}

static long mount_something(void)
{
	return mount("none", "/", NULL, MS_REMOUNT, NULL);
}

static long make_a_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static long enter_a_namespace(void)
{
	return setns(0, CLONE_NEWNET);
}

static long use_a_key(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, 0, 0);
}

static long use_io_uring(void)
{
	return syscall(SYS_io_uring_setup, 1, NULL);
}

static long become_another_user(void)
{
	return setuid(0);
}

static long make_memory_executable(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
			       MAP_FAILED
		       ? -1
		       : 0;
}

static long make_the_stack_executable(void)
{
	char *page = (char *)((uintptr_t)&page & ~(uintptr_t)4095);

	return mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
}

static long be_a_server(void)
{
	return listen(0, 1);
}

static long take_a_connection(void)
{
	return accept(0, NULL, NULL);
}

static long raise_a_limit(void)
{
	return syscall(SYS_prlimit64, 0, 0, no_words, NULL);
}

static const struct forbidden {
	const char *name;
	long (*try)(void);
} forbidden[] = {
#define FORBIDDEN(name)                                                                            \
	{                                                                                          \
#name, name                                                                        \
	}
	FORBIDDEN(open_for_writing),
	FORBIDDEN(open_for_reading),
	FORBIDDEN(open_by_number),
	FORBIDDEN(open_new_way),
	FORBIDDEN(remove_a_file),
	FORBIDDEN(rename_a_file),
	FORBIDDEN(change_a_mode),
	FORBIDDEN(execute),
	FORBIDDEN(execute_by_descriptor),
	FORBIDDEN(make_a_process),
	FORBIDDEN(make_a_thread),
	FORBIDDEN(make_a_thread_the_new_way),
	FORBIDDEN(trace),
	FORBIDDEN(look_into_another),
	FORBIDDEN(signal_another),
	FORBIDDEN(signal_itself),
	FORBIDDEN(signal_a_thread_of_another),
	FORBIDDEN(signal_by_descriptor),
	FORBIDDEN(use_bpf),
	FORBIDDEN(load_a_module),
	FORBIDDEN(load_a_module_from_a_file),
	FORBIDDEN(count_events),
	FORBIDDEN(mount_something),
	FORBIDDEN(make_a_namespace),
	FORBIDDEN(enter_a_namespace),
	FORBIDDEN(use_a_key),
	FORBIDDEN(use_io_uring),
	FORBIDDEN(become_another_user),
	FORBIDDEN(make_memory_executable),
	FORBIDDEN(make_the_stack_executable),
	FORBIDDEN(be_a_server),
	FORBIDDEN(take_a_connection),
	FORBIDDEN(raise_a_limit),
};

/* Sockets that it may have, and those of any other kind. */
static const struct kind {
	const char *name;
	int family, type, protocol;
	bool allowed;
} kinds[] = {
	{"udp", AF_INET, SOCK_DGRAM, 0, true},
	{"udp_v6", AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0, true},
	{"tcp", AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP, true},
	{"tcp_v6", AF_INET6, SOCK_STREAM, IPPROTO_TCP, true},
	{"ping", AF_INET, SOCK_DGRAM, IPPROTO_ICMP, false},
	{"sctp", AF_INET, SOCK_STREAM, IPPROTO_SCTP, false},
	{"raw", AF_INET, SOCK_RAW, IPPROTO_UDP, false},
	{"raw_v6", AF_INET6, SOCK_RAW, IPPROTO_ICMPV6, false},
	{"local", AF_UNIX, SOCK_STREAM, 0, false},
	{"netlink", AF_NETLINK, SOCK_RAW, 0, false},
	{"packet", AF_PACKET, SOCK_RAW, 0, false},
	{"xdp", AF_XDP, SOCK_RAW, 0, false},
	{"virtual_machine", AF_VSOCK, SOCK_STREAM, 0, false},
	{"crypto", AF_ALG, SOCK_SEQPACKET, 0, false},
};

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
	return forbidden[number].try() == -1 && (errno == EPERM || errno == ENOSYS) ? 0 : 1;
}

static int try_kind(size_t number)
{
	int fd = socket(kinds[number].family, kinds[number].type, kinds[number].protocol);

	return kinds[number].allowed ? fd < 0 : fd >= 0 || errno != EPERM;
}

/* Otherwise: who takes over libunbound would take over the machine. */
static void what_is_not_on_the_list_is_refused(void **state)
{
	(void)state;
	if (RB_SANDBOX_IS_OFF)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(forbidden); i++) {
		print_message("           %s\n", forbidden[i].name);
		assert_int_equal(in_child(try_forbidden, i), 0);
	}
}

/* Otherwise: nothing could be resolved; or the network below DNS were open to who takes over. */
static void sockets_are_for_udp_and_tcp(void **state)
{
	(void)state;
	if (RB_SANDBOX_IS_OFF)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		print_message("           %s\n", kinds[i].name);
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
	for (size_t i = 0; i < ARRAY_SIZE(forbidden); i++) {
		/* That is what it is there for. */
		if (forbidden[i].try == take_a_connection)
			continue;
		print_message("           %s\n", forbidden[i].name);
		assert_int_equal(in_server(try_forbidden, i), 0);
	}
	assert_int_equal(in_server(run_abort, 0), 128 + SIGABRT);
}

static int try_socket(size_t number)
{
	int fd = socket(kinds[number].family, kinds[number].type, kinds[number].protocol);

	return fd >= 0 || errno != EPERM;
}

/* Otherwise: it would speak to others than clients, and than the keeper. */
static void the_server_opens_no_socket(void **state)
{
	(void)state;
	if (RB_SANDBOX_IS_OFF)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		print_message("           %s\n", kinds[i].name);
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
	if (!RB_SANDBOX_IS_OFF)
		assert_int_equal(without_list(use_much_memory), 0);
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
