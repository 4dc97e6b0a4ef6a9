/* SPDX-License-Identifier: BSD-2-Clause */
/* When a line of the log was written. */
#include "util/log_stamp.h"

#include <stdio.h>
#include <sys/time.h>
#include <time.h>

void rb_log_stamp(enum rb_log_time form, char stamp[RB_LOG_STAMP])
{
	struct timeval now;
	struct tm parts;
	char zone[8];
	size_t used;

	gettimeofday(&now, NULL);
	if (form == RB_LOG_TIME_EPOCH || !localtime_r(&now.tv_sec, &parts)) {
		snprintf(stamp, RB_LOG_STAMP, "[%lld]", (long long)now.tv_sec);
		return;
	}
	if (form == RB_LOG_TIME_ASCII) {
		strftime(stamp, RB_LOG_STAMP, "%b %d %H:%M:%S", &parts);
		return;
	}
	used = strftime(stamp, RB_LOG_STAMP, "%Y-%m-%dT%H:%M:%S", &parts);
	strftime(zone, sizeof(zone), "%z", &parts);
	snprintf(stamp + used, RB_LOG_STAMP - used, ".%03d%.3s:%s", (int)(now.tv_usec / 1000), zone,
		 zone + 3);
}
