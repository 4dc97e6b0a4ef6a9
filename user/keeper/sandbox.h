/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a child process gives up before it reads data from outside: system calls (seccomp), either
 * all except those on a list, or those on a list; and the means to create processes, files and
 * locked memory.
 *
 * Thread:   the child's only one. There is no way back.
 * Errors:   0 or -errno. Never logs.
 */
#ifndef RB_KEEPER_SANDBOX_H
#define RB_KEEPER_SANDBOX_H

#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RB_SANDBOX_CONDITIONS 3

/* A system call that is allowed; if several entries name it, one that allows it suffices. */
struct rb_sandbox_call {
	int number;              /* SCMP_SYS() */
	unsigned int conditions; /* all of them must hold */
	struct scmp_arg_cmp when[RB_SANDBOX_CONDITIONS];
};

/*
 * Entries of such a list: a call in any form; mmap() or mprotect() without memory to execute;
 * fcntl() with one command.
 */
#define RB_CALL(name)                                                                              \
	{                                                                                          \
		.number = SCMP_SYS(name)                                                           \
	}
#define RB_CALL_NO_EXEC(name)                                                                      \
	{                                                                                          \
		.number = SCMP_SYS(name), .conditions = 1, .when = {                               \
			{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}                                      \
		}                                                                                  \
	}
#define RB_CALL_FCNTL(command)                                                                     \
	{                                                                                          \
		.number = SCMP_SYS(fcntl), .conditions = 1, .when = {                              \
			{1, SCMP_CMP_EQ, command, 0}                                               \
		}                                                                                  \
	}

/* AddressSanitizer needs system calls and an address space that we do not allow. */
#if defined(__SANITIZE_ADDRESS__)
#define RB_SANDBOX_IS_OFF true
#else
#define RB_SANDBOX_IS_OFF false
#endif

/*
 * Allow no processes, no locked memory, no files larger than file_bytes, and no more address space
 * than memory_bytes; memory_bytes 0: any. A limit that is lower already stays.
 */
int rb_sandbox_limit(uint64_t memory_bytes, uint64_t file_bytes);

/* The present size of this process's address space. */
uint64_t rb_sandbox_memory_bytes(void);

/* These system calls fail with EPERM from here on, in this thread and in those that it starts. */
int rb_sandbox_deny(const int *calls, size_t count);

/* All other system calls fail with EPERM from here on. */
int rb_sandbox_enter(const struct rb_sandbox_call *calls, size_t count);

/* From here on no thread of this process can start another, or raise a limit. */
int rb_sandbox_end_threads(void);

#endif
