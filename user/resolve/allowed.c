/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls of a resolver process. Its configuration and files have been read by then, and
 * its event loop stands: what is left is to ask servers, and to copy to and from shared memory.
 *
 * Not here, among much else: open() of any kind, execve(), fork() and clone(), ptrace(), kill(),
 * bpf(), modules, mounts, listen(), sockets of other kinds than UDP and TCP.
 */
#include "resolve/allowed.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "keeper/sandbox.h"
#include "util/cleanup.h"

#define SOCKET_KIND 0xf /* of socket()'s type, without SOCK_NONBLOCK and SOCK_CLOEXEC */

#define SOCKET(family, kind, protocol)                                                             \
	{                                                                                          \
		.number = SCMP_SYS(socket), .conditions = 3, .when = {                             \
			{0, SCMP_CMP_EQ, family, 0},                                               \
			{1, SCMP_CMP_MASKED_EQ, SOCKET_KIND, kind},                                \
			{2, SCMP_CMP_EQ, protocol, 0}                                              \
		}                                                                                  \
	}

int rb_allowed_enter(void)
{
	const struct rb_sandbox_call calls[] = {
		/* malloc() takes and gives back memory. */
		RB_CALL(brk),
		RB_CALL_NO_EXEC(mmap),
		RB_CALL_NO_EXEC(mprotect),
		RB_CALL(munmap),
		RB_CALL(mremap),
		RB_CALL(madvise),
		/* The event loop, and the descriptors that it watches. */
		RB_CALL(epoll_wait),
		RB_CALL(epoll_pwait),
		RB_CALL(epoll_pwait2),
		RB_CALL(epoll_ctl),
		RB_CALL(read),
		RB_CALL(write),
		RB_CALL(writev),
		RB_CALL(close),
		RB_CALL(poll),
		RB_CALL(ppoll),
		RB_CALL(restart_syscall),
		RB_CALL_FCNTL(F_GETFL),
		RB_CALL_FCNTL(F_SETFL),
		RB_CALL_FCNTL(F_GETFD),
		RB_CALL_FCNTL(F_SETFD),
		/* Queries to other servers, over UDP and TCP, and their responses. */
		SOCKET(AF_INET, SOCK_DGRAM, 0),
		SOCKET(AF_INET, SOCK_DGRAM, IPPROTO_UDP),
		SOCKET(AF_INET, SOCK_STREAM, 0),
		SOCKET(AF_INET, SOCK_STREAM, IPPROTO_TCP),
		SOCKET(AF_INET6, SOCK_DGRAM, 0),
		SOCKET(AF_INET6, SOCK_DGRAM, IPPROTO_UDP),
		SOCKET(AF_INET6, SOCK_STREAM, 0),
		SOCKET(AF_INET6, SOCK_STREAM, IPPROTO_TCP),
		RB_CALL(bind),
		RB_CALL(connect),
		RB_CALL(sendto),
		RB_CALL(sendmsg),
		RB_CALL(sendmmsg),
		RB_CALL(recvfrom),
		RB_CALL(recvmsg),
		RB_CALL(recvmmsg),
		RB_CALL(shutdown),
		RB_CALL(getsockopt),
		RB_CALL(setsockopt),
		RB_CALL(getsockname),
		RB_CALL(getpeername),
		/* For sockets on which the process listens already (upstream/inlet.c). */
		RB_CALL(accept4),
		/* Time, if the kernel gives it only by a system call; random numbers. */
		RB_CALL(clock_gettime),
		RB_CALL(gettimeofday),
		RB_CALL(time),
		RB_CALL(getrandom),
		/* Locks of the library, which nobody else holds; qsort() asks for free memory. */
		RB_CALL(futex),
		RB_CALL(sched_yield),
		RB_CALL(sysinfo),
		/* stdio looks at the descriptor that it is to write the log to. */
		RB_CALL(fstat),
		RB_CALL(newfstatat),
		RB_CALL(lseek),
		/* abort(), of this process only; and exit. */
		RB_CALL(getpid),
		RB_CALL(gettid),
		RB_CALL(rt_sigprocmask),
		RB_CALL(rt_sigaction),
		RB_CALL(rt_sigreturn),
		{.number = SCMP_SYS(tgkill),
		 .conditions = 2,
		 .when = {{0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0},
			  {2, SCMP_CMP_EQ, SIGABRT, 0}}},
		RB_CALL(exit),
		RB_CALL(exit_group),
	};

	return rb_sandbox_enter(calls, ARRAY_SIZE(calls));
}
