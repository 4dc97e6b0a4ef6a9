/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration's rules for the expiry of signatures: val-override-date, val-sig-skew-min and
 * -max.
 *
 * Thread: any; pure function.
 */
#ifndef RB_POLICY_VALIDITY_H
#define RB_POLICY_VALIDITY_H

#include "config/config.h"
#include "dns/signature.h"

/* wall_ns: from rb_clock_wall_ns(); val-override-date replaces it. */
struct rb_signature_rules rb_validity_rules(const struct rb_config *config, uint64_t wall_ns);

#endif
