/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parameters of SVCB and HTTPS records in presentation format (RFC 9460 2.1, 7, appendix A).
 *
 * Thread: any; pure.
 */
#ifndef RB_DNS_SVCPARAMS_H
#define RB_DNS_SVCPARAMS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Read all words that are left, and write them in the order of their keys. Returns the number of
 * bytes, or -EINVAL.
 */
int rb_svcparams_read(const char **cursor, uint8_t *out, size_t room);

#endif
