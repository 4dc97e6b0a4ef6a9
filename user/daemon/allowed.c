/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a server needs to answer clients, and no more. Not allowed are, among many others: open()
 * and unlink() of any kind, execve(), fork(), socket(), bind(), listen() and connect(), ptrace(),
 * kill(), modules, mounts, and bpf() except for reading a map by its descriptor.
 */
#include "daemon/allowed.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/sockios.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "keeper/sandbox.h"
#include "util/cleanup.h"

/* Allowed only if one argument has this value. */
#define CALL_IF(name, argument, value)                                                             \
	{                                                                                          \
		.number = SCMP_SYS(name), .conditions = 1, .when = {                               \
			{argument, SCMP_CMP_EQ, value, 0}                                          \
		}                                                                                  \
	}

#define SYSLOG_KIND (SOCK_DGRAM | SOCK_CLOEXEC)

int rb_server_allowed_enter(bool uses_syslog)
{
	const struct rb_sandbox_call calls[] = {
		/* malloc() takes and gives back memory; rings and images are mapped. */
		RB_CALL(brk),
		RB_CALL_NO_EXEC(mmap),
		RB_CALL_NO_EXEC(mprotect),
		RB_CALL(munmap),
		RB_CALL(mremap),
		RB_CALL(madvise),
		/* Event loops, and the descriptors that they watch. */
		RB_CALL(epoll_create1),
		RB_CALL(epoll_ctl),
		RB_CALL(epoll_wait),
		RB_CALL(epoll_pwait),
		RB_CALL(epoll_pwait2),
		RB_CALL(eventfd2),
		RB_CALL(pipe2),
		RB_CALL(timerfd_create),
		RB_CALL(timerfd_settime),
		RB_CALL(poll),
		RB_CALL(ppoll),
		RB_CALL(restart_syscall),
		RB_CALL(read),
		RB_CALL(readv),
		RB_CALL(pread64),
		RB_CALL(write),
		RB_CALL(writev),
		RB_CALL(close),
		RB_CALL_FCNTL(F_GETFL),
		RB_CALL_FCNTL(F_SETFL),
		RB_CALL_FCNTL(F_GETFD),
		RB_CALL_FCNTL(F_SETFD),
		RB_CALL_FCNTL(F_DUPFD_CLOEXEC),
		/* Clients at sockets that the keeper has opened; keeper and resolver processes. */
		RB_CALL(accept4),
		RB_CALL(recvfrom),
		RB_CALL(recvmsg),
		RB_CALL(recvmmsg),
		RB_CALL(sendto),
		RB_CALL(sendmsg),
		RB_CALL(sendmmsg),
		RB_CALL(shutdown),
		RB_CALL(getsockopt),
		RB_CALL(setsockopt),
		RB_CALL(getsockname),
		RB_CALL(getpeername),
		CALL_IF(ioctl, 1, FIONREAD),
		/* Between a TLS connection of unbound-control and the thread that answers it. */
		CALL_IF(socketpair, 0, AF_UNIX),
		/* Memory for resolver processes, and for images of local policy: sealed. */
		RB_CALL(memfd_create),
		RB_CALL(ftruncate),
		RB_CALL_FCNTL(F_ADD_SEALS),
		RB_CALL_FCNTL(F_GET_SEALS),
		/* Files that the keeper has opened: log, cache-file, the directory of pins. */
		RB_CALL(lseek),
		RB_CALL(fstat),
		CALL_IF(newfstatat, 3, AT_EMPTY_PATH),
		RB_CALL(fsync),
		RB_CALL(getdents64),
		/* The kernel's counts. */
		CALL_IF(bpf, 0, BPF_MAP_LOOKUP_ELEM),
		/* Threads, which start with the server: see rb_server_allowed_end_threads(). */
		{.number = SCMP_SYS(clone),
		 .conditions = 1,
		 .when = {{0, SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM,
			   CLONE_THREAD | CLONE_VM}}},
		RB_CALL(set_robust_list),
		RB_CALL(rseq),
		CALL_IF(prctl, 0, PR_SET_NAME),
		RB_CALL(setpriority),
		RB_CALL(sched_getaffinity),
		RB_CALL(sched_yield),
		RB_CALL(futex),
		/* To end that: a limit, and a filter after which no thread can be started. */
		RB_CALL(prlimit64),
		RB_CALL(seccomp),
		CALL_IF(prctl, 0, PR_SET_NO_NEW_PRIVS),
		/* Time; random numbers; memory, for qsort(); the host's name, for CHAOS. */
		RB_CALL(clock_gettime),
		RB_CALL(clock_nanosleep),
		RB_CALL(gettimeofday),
		RB_CALL(time),
		RB_CALL(getrandom),
		RB_CALL(sysinfo),
		RB_CALL(uname),
		/* To ask who it is and what it may do. */
		RB_CALL(getpid),
		RB_CALL(gettid),
		RB_CALL(getuid),
		RB_CALL(geteuid),
		RB_CALL(getgid),
		RB_CALL(getegid),
		RB_CALL(capget),
		/* abort(), of this process only; and exit. */
		RB_CALL(rt_sigprocmask),
		RB_CALL(rt_sigaction),
		RB_CALL(rt_sigreturn),
		{.number = SCMP_SYS(tgkill),
		 .conditions = 2,
		 .when = {{0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0},
			  {2, SCMP_CMP_EQ, SIGABRT, 0}}},
		RB_CALL(exit),
		RB_CALL(exit_group),
		/* syslog() connects again when the other side has restarted. The last two. */
		{.number = SCMP_SYS(socket),
		 .conditions = 2,
		 .when = {{0, SCMP_CMP_EQ, AF_UNIX, 0}, {1, SCMP_CMP_EQ, SYSLOG_KIND, 0}}},
		RB_CALL(connect),
	};

	return rb_sandbox_enter(calls, ARRAY_SIZE(calls) - (uses_syslog ? 0 : 2));
}

int rb_server_allowed_end_threads(void)
{
	return rb_sandbox_end_threads();
}
