/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's boot clock, from whatever time namespace. */
#include "util/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/*
 * What CLOCK_BOOTTIME is ahead of the kernel's own clock here: other than 0 in a time namespace. A
 * process stays in the one that it was started in, so this never changes.
 */
static int64_t ahead_ns;

/* Before main(): every program that uses the table gets it right, and no thread sees it change. */
__attribute__((constructor)) static void ahead_find(void)
{
	FILE *offsets = fopen("/proc/self/timens_offsets", "re");
	char clock[16];
	int64_t s, ns;

	if (!offsets)
		return; /* a kernel without time namespaces, or no /proc, where nothing is mapped */
	while (fscanf(offsets, "%15s %" SCNd64 " %" SCNd64, clock, &s, &ns) == 3) {
		if (!strcmp(clock, "boottime"))
			ahead_ns = s * (int64_t)RB_NS_PER_S + ns;
	}
	fclose(offsets);
}

uint64_t rb_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)((int64_t)now.tv_sec * (int64_t)RB_NS_PER_S + now.tv_nsec - ahead_ns);
}

int rb_clock_ticks_open(unsigned int every_s, int *ret_fd)
{
	const struct itimerspec every = {.it_interval.tv_sec = every_s, .it_value.tv_sec = every_s};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	int err;

	if (fd < 0)
		return -errno;
	if (timerfd_settime(fd, 0, &every, NULL)) {
		err = -errno;
		close(fd);
		return err;
	}
	*ret_fd = fd;
	return 0;
}
