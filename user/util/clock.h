/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time as the hot table counts it: nanoseconds of the kernel's boot clock, which goes on while the
 * machine is suspended and is the same in every time namespace. The XDP program reads it too, once
 * a tick, so that it may be behind by that.
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

/* A descriptor, the caller's, that is readable every so many seconds, and then has 8 bytes. 0 or
 * -errno. */
int rb_clock_ticks_open(unsigned int every_s, int *ret_fd);

/* What the world's clocks show, since 1970: for dates that others wrote, never for what lasts. */
static inline uint64_t rb_clock_wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * RB_NS_PER_S + (uint64_t)now.tv_nsec;
}

#endif
