/* SPDX-License-Identifier: BSD-2-Clause */
/* What connects to servers and writes to what is open. */
#include "fetch/allowed.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "keeper/sandbox.h"
#include "util/cleanup.h"

#define SOCKET_KIND (~(scmp_datum_t)(SOCK_CLOEXEC | SOCK_NONBLOCK))

#define ANY(call)                                                                                  \
	{                                                                                          \
		.number = SCMP_SYS(call)                                                           \
	}
#define NO_EXEC(call)                                                                              \
	{                                                                                          \
		.number = SCMP_SYS(call), .conditions = 1, .when = {                               \
			{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}                                      \
		}                                                                                  \
	}
#define FCNTL(command)                                                                             \
	{                                                                                          \
		.number = SCMP_SYS(fcntl), .conditions = 1, .when = {                              \
			{1, SCMP_CMP_EQ, command, 0}                                               \
		}                                                                                  \
	}
#define STREAM(family)                                                                             \
	{                                                                                          \
		.number = SCMP_SYS(socket), .conditions = 2, .when = {                             \
			{0, SCMP_CMP_EQ, family, 0},                                               \
			{1, SCMP_CMP_MASKED_EQ, SOCKET_KIND, SOCK_STREAM}                          \
		}                                                                                  \
	}

int rb_fetch_allowed_enter(void)
{
	const struct rb_sandbox_call calls[] = {
		/* malloc() takes and gives back memory. */
		ANY(brk),
		NO_EXEC(mmap),
		NO_EXEC(mprotect),
		ANY(munmap),
		ANY(mremap),
		ANY(madvise),
		/* Connections, by TCP alone; and the descriptors that are there. */
		STREAM(AF_INET),
		STREAM(AF_INET6),
		ANY(bind),
		ANY(connect),
		ANY(sendto),
		ANY(sendmsg),
		ANY(recvfrom),
		ANY(recvmsg),
		ANY(shutdown),
		ANY(getsockopt),
		ANY(setsockopt),
		ANY(getsockname),
		ANY(getpeername),
		ANY(poll),
		ANY(ppoll),
		ANY(restart_syscall),
		ANY(read),
		ANY(write),
		ANY(writev),
		ANY(close),
		ANY(fstat),
		ANY(newfstatat),
		ANY(lseek),
		ANY(ftruncate),
		FCNTL(F_GETFL),
		FCNTL(F_SETFL),
		FCNTL(F_GETFD),
		FCNTL(F_SETFD),
		/* Time, where the kernel gives it by system call alone; random numbers. */
		ANY(clock_gettime),
		ANY(gettimeofday),
		ANY(time),
		ANY(getrandom),
		/* Locks of libraries, which nobody else holds; who is asked, by them. */
		ANY(futex),
		ANY(sysinfo),
		ANY(getuid),
		ANY(geteuid),
		ANY(getgid),
		ANY(getegid),
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
