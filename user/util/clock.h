/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hot table's time: nanoseconds of the kernel's boot clock, which continues while the machine
 * is suspended and is the same in every time namespace. The XDP program reads it once a tick, so it
 * may be behind by a tick.
 *
 * Thread: any.
 */
#ifndef RB_UTIL_CLOCK_H
#define RB_UTIL_CLOCK_H

#include <stdint.h>
#include <time.h>

#define RB_NS_PER_S  1000000000ULL
#define RB_NS_PER_MS 1000000ULL

uint64_t rb_clock_ns(void);

/*
 * Open a descriptor for the caller that becomes readable at this interval, with 8 bytes to read. 0
 * or -errno.
 */
int rb_clock_ticks_open(unsigned int every_s, int *ret_fd);

/* Wall clock time since 1970: for dates that others wrote, never for durations. */
static inline uint64_t rb_clock_wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * RB_NS_PER_S + (uint64_t)now.tv_nsec;
}

#endif
