/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process needs that connects to servers and writes to open descriptors. */
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
		RB_CALL(brk),
		RB_CALL_NO_EXEC(mmap),
		RB_CALL_NO_EXEC(mprotect),
		RB_CALL(munmap),
		RB_CALL(mremap),
		RB_CALL(madvise),
		/* Connections over TCP only; and open descriptors. */
		STREAM(AF_INET),
		STREAM(AF_INET6),
		RB_CALL(bind),
		RB_CALL(connect),
		RB_CALL(sendto),
		RB_CALL(sendmsg),
		RB_CALL(recvfrom),
		RB_CALL(recvmsg),
		RB_CALL(shutdown),
		RB_CALL(getsockopt),
		RB_CALL(setsockopt),
		RB_CALL(getsockname),
		RB_CALL(getpeername),
		RB_CALL(poll),
		RB_CALL(ppoll),
		RB_CALL(restart_syscall),
		RB_CALL(read),
		RB_CALL(write),
		RB_CALL(writev),
		RB_CALL(close),
		RB_CALL(fstat),
		RB_CALL(newfstatat),
		RB_CALL(lseek),
		RB_CALL(ftruncate),
		RB_CALL_FCNTL(F_GETFL),
		RB_CALL_FCNTL(F_SETFL),
		RB_CALL_FCNTL(F_GETFD),
		RB_CALL_FCNTL(F_SETFD),
		/* Time, where only a system call gives it; random numbers. */
		RB_CALL(clock_gettime),
		RB_CALL(gettimeofday),
		RB_CALL(time),
		RB_CALL(getrandom),
		/* Locks of libraries, which nobody else holds; who is asked, by them. */
		RB_CALL(futex),
		RB_CALL(sysinfo),
		RB_CALL(getuid),
		RB_CALL(geteuid),
		RB_CALL(getgid),
		RB_CALL(getegid),
		/* abort(), of this process alone; and the end. */
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
