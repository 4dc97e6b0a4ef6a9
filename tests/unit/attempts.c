/* SPDX-License-Identifier: BSD-2-Clause */
#include "attempts.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <linux/keyctl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/cleanup.h"

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

#define FORBIDDEN(name)                                                                            \
	{                                                                                          \
		.what = #name, .try = name                                                         \
	}
const struct attempt attempts[] = {
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
	{.what = "take_a_connection", .try = take_a_connection, .server_may = true},
	FORBIDDEN(raise_a_limit),
};

const size_t attempt_count = ARRAY_SIZE(attempts);

const struct socket_kind socket_kinds[] = {
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

const size_t socket_kind_count = ARRAY_SIZE(socket_kinds);
