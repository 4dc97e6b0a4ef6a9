/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines that local policy wants in the log, as Unbound has them: of the types inform*, of
 * response-ip with such an action, and of response policy zones with rpz-log.
 *
 * Thread: any.
 */
#ifndef RB_SERVE_LOCAL_LOG_H
#define RB_SERVE_LOCAL_LOG_H

#include "policy/verdict.h"

/* client: 16 bytes, v4-mapped. Nothing where no line is wanted. */
void rb_local_log(const struct rb_policy_verdict *verdict,
		  const struct rb_policy_question *question, const uint8_t client[16],
		  uint16_t port);

#endif
