/* SPDX-License-Identifier: BSD-2-Clause */
/* The time in front of a line of a log file, as Unbound writes it. Thread: any. */
#ifndef RB_UTIL_LOG_STAMP_H
#define RB_UTIL_LOG_STAMP_H

#include "util/log_sink.h"

#define RB_LOG_STAMP 48 /* bytes, with the final 0 */

void rb_log_stamp(enum rb_log_time form, char stamp[RB_LOG_STAMP]);

#endif
