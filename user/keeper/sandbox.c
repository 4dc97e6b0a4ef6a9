/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls and resources that a child process gives up. */
#include "keeper/sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "util/cleanup.h"

static int limit(int resource, rlim_t value)
{
	const struct rlimit limits = {value, value};

	return setrlimit((__rlimit_resource_t)resource, &limits) ? -errno : 0;
}

/* Where less is allowed already, that stays: what it is too little for says so. */
static int limit_at_most(int resource, rlim_t value)
{
	struct rlimit now;

	if (getrlimit((__rlimit_resource_t)resource, &now))
		return -errno;
	return limit(resource, now.rlim_max < value ? now.rlim_max : value);
}

int rb_sandbox_limit(uint64_t memory_bytes, uint64_t file_bytes)
{
	static const int nothing[] = {RLIMIT_NPROC, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE};
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(nothing) && !err; i++)
		err = limit(nothing[i], 0);
	if (!err)
		err = limit_at_most(RLIMIT_FSIZE, file_bytes);
	if (!err && memory_bytes && !RB_SANDBOX_IS_OFF)
		err = limit_at_most(RLIMIT_AS, memory_bytes);
	return err;
}

uint64_t rb_sandbox_memory_bytes(void)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (!file || fscanf(file, "%lu", &pages) != 1)
		return 0;
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void filter_freep(scmp_filter_ctx *filter)
{
	if (*filter)
		seccomp_release(*filter);
}

int rb_sandbox_deny(const int *calls, size_t count)
{
	_cleanup_(filter_freep) scmp_filter_ctx filter = NULL;
	int err = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (RB_SANDBOX_IS_OFF)
		return 0;
	filter = seccomp_init(SCMP_ACT_ALLOW);
	if (!filter)
		return -ENOMEM;
	err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (size_t i = 0; i < count && !err; i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
	return err ? err : seccomp_load(filter);
}

int rb_sandbox_enter(const struct rb_sandbox_call *calls, size_t count)
{
	_cleanup_(filter_freep) scmp_filter_ctx filter = NULL;
	int err = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (RB_SANDBOX_IS_OFF)
		return 0;
	filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!filter)
		return -ENOMEM;
	/* Only after ENOSYS the C library tries clone(), whose flags a filter can see. */
	err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (err)
		return err;
	/* A binary tree: a few comparisons for each call instead of one for each rule. */
	err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (size_t i = 0; i < count && !err; i++)
		err = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, calls[i].number,
					     calls[i].conditions, calls[i].when);
	return err ? err : seccomp_load(filter);
}

int rb_sandbox_end_threads(void)
{
	static const int calls[] = {SCMP_SYS(clone), SCMP_SYS(prlimit64), SCMP_SYS(seccomp)};
	_cleanup_(filter_freep) scmp_filter_ctx filter = NULL;
	int err;

	/* At the end, AddressSanitizer starts a tracer that looks for leaks. */
	if (RB_SANDBOX_IS_OFF)
		return 0;
	err = limit(RLIMIT_NPROC, 0);
	if (err)
		return err;
	filter = seccomp_init(SCMP_ACT_ALLOW);
	if (!filter)
		return -ENOMEM;
	err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	for (size_t i = 0; i < ARRAY_SIZE(calls) && !err; i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
	return err ? err : seccomp_load(filter);
}
