/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log lines of local policy, in Unbound's format: for the types inform*, for response-ip with such
 * an action, and for response policy zones with rpz-log.
 *
 * Thread: any.
 */
#ifndef RB_SERVE_LOCAL_LOG_H
#define RB_SERVE_LOCAL_LOG_H

#include "policy/verdict.h"

/* client: 16 bytes, IPv4-mapped for IPv4. Does nothing if the verdict requires no line. */
void rb_local_log(const struct rb_policy_verdict *verdict,
		  const struct rb_policy_question *question, const uint8_t client[16],
		  uint16_t port);

#endif
