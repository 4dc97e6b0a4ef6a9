/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A zone from its primary, over TCP: whether it has a newer one (SOA), then the differences
 * (IXFR, RFC 1995) where a copy is there that they apply to, or else all of it (AXFR, RFC 5936).
 *
 * Thread: one. Records outside of the zone are left out; a zone that is not whole is not taken.
 */
#ifndef RB_FETCH_TRANSFER_H
#define RB_FETCH_TRANSFER_H

#include "fetch/order.h"

/* Transfer into the file, as a zone file. kept_fd: the copy. Sets all of *report. */
void rb_transfer_run(const struct rb_fetch_order *order, int output_fd, int kept_fd,
		     uint64_t deadline_ns, struct rb_fetch_report *report);

/* The same for a zone file that was downloaded: it is replaced by what is accepted of it. */
void rb_transfer_check(const struct rb_fetch_order *order, int output_fd,
		       struct rb_fetch_report *report);

#endif
