/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls of a resolver process. Its configuration and files have been read by then, and
 * its event loop stands: what is left is to ask servers, and to copy to and from shared memory.
 *
 * Not here, among much else: open() of any kind, execve(), fork() and clone(), ptrace(), kill(),
 * bpf(), modules, mounts, listen() and accept(), sockets of other kinds than UDP and TCP.
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

#define ANY(name)                                                                                  \
	{                                                                                          \
		.number = SCMP_SYS(name)                                                           \
	}
/* Memory that nobody can execute. */
#define NO_EXEC(name)                                                                              \
	{                                                                                          \
		.number = SCMP_SYS(name), .conditions = 1, .when = {                               \
			{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}                                      \
		}                                                                                  \
	}
#define FCNTL(command)                                                                             \
	{                                                                                          \
		.number = SCMP_SYS(fcntl), .conditions = 1, .when = {                              \
			{1, SCMP_CMP_EQ, command, 0}                                               \
		}                                                                                  \
	}
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
		ANY(brk),
		NO_EXEC(mmap),
		NO_EXEC(mprotect),
		ANY(munmap),
		ANY(mremap),
		ANY(madvise),
		/* The event loop; and the descriptors that it is there for. */
		ANY(epoll_wait),
		ANY(epoll_pwait),
		ANY(epoll_pwait2),
		ANY(epoll_ctl),
		ANY(read),
		ANY(write),
		ANY(writev),
		ANY(close),
		ANY(poll),
		ANY(ppoll),
		ANY(restart_syscall),
		FCNTL(F_GETFL),
		FCNTL(F_SETFL),
		FCNTL(F_GETFD),
		FCNTL(F_SETFD),
		/* Questions to other servers, by UDP and TCP, and their responses. */
		SOCKET(AF_INET, SOCK_DGRAM, 0),
		SOCKET(AF_INET, SOCK_DGRAM, IPPROTO_UDP),
		SOCKET(AF_INET, SOCK_STREAM, 0),
		SOCKET(AF_INET, SOCK_STREAM, IPPROTO_TCP),
		SOCKET(AF_INET6, SOCK_DGRAM, 0),
		SOCKET(AF_INET6, SOCK_DGRAM, IPPROTO_UDP),
		SOCKET(AF_INET6, SOCK_STREAM, 0),
		SOCKET(AF_INET6, SOCK_STREAM, IPPROTO_TCP),
		ANY(bind),
		ANY(connect),
		ANY(sendto),
		ANY(sendmsg),
		ANY(sendmmsg),
		ANY(recvfrom),
		ANY(recvmsg),
		ANY(recvmmsg),
		ANY(shutdown),
		ANY(getsockopt),
		ANY(setsockopt),
		ANY(getsockname),
		ANY(getpeername),
		/* Time, where the kernel gives it by system call alone; random numbers. */
		ANY(clock_gettime),
		ANY(gettimeofday),
		ANY(time),
		ANY(getrandom),
		/* Locks of the library, which nobody else holds; qsort() asks for free memory. */
		ANY(futex),
		ANY(sched_yield),
		ANY(sysinfo),
		/* stdio looks at the descriptor that it is to write the log to. */
		ANY(fstat),
		ANY(newfstatat),
		ANY(lseek),
		/* abort(), of this process alone; and the end. */
		ANY(getpid),
		ANY(gettid),
		ANY(rt_sigprocmask),
		ANY(rt_sigaction),
		ANY(rt_sigreturn),
		{.number = SCMP_SYS(tgkill),
		 .conditions = 2,
		 .when = {{0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0},
			  {2, SCMP_CMP_EQ, SIGABRT, 0}}},
		ANY(exit),
		ANY(exit_group),
	};

	return rb_sandbox_enter(calls, ARRAY_SIZE(calls));
}
