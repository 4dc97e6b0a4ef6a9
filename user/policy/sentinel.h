/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Root key sentinel (RFC 8509): names that tell a client which root keys its resolver trusts.
 *
 * Thread: any; pure function.
 */
#ifndef RB_POLICY_SENTINEL_H
#define RB_POLICY_SENTINEL_H

#include <stdbool.h>
#include <stdint.h>

#include "config/anchors.h"

/*
 * Whether a validator must reply SERVFAIL to the question although its answer is secure: for an
 * address of root-key-sentinel-is-ta-NNNNN... if no root anchor has that key tag, or of
 * root-key-sentinel-not-ta-NNNNN... if one has. qname: lower case.
 */
bool rb_sentinel_fails(const uint8_t *qname, uint16_t qtype, const struct rb_anchors *anchors);

#endif
