/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Root key sentinel (RFC 8509): names by which a client finds out which keys of the root its
 * resolver trusts.
 *
 * Thread: any; pure function.
 */
#ifndef RB_POLICY_SENTINEL_H
#define RB_POLICY_SENTINEL_H

#include <stdbool.h>
#include <stdint.h>

#include "config/anchors.h"

/*
 * Whether the question is one to which a validator says SERVFAIL, although its answer is secure: an
 * address of root-key-sentinel-is-ta-NNNNN..., where no anchor of the root has that key tag, or of
 * root-key-sentinel-not-ta-NNNNN..., where one has. qname: lower case.
 */
bool rb_sentinel_fails(const uint8_t *qname, uint16_t qtype, const struct rb_anchors *anchors);

#endif
