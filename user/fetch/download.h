/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files by http and https. libcurl is loaded by the process that downloads, and by no other: it
 * brings twenty libraries along. Redirections are followed, each name is looked up as
 * fetch/lookup.h says, and what the server knows to be unchanged is not sent again.
 *
 * Thread: one. Errors: 0 or -errno with a reason.
 */
#ifndef RB_FETCH_DOWNLOAD_H
#define RB_FETCH_DOWNLOAD_H

#include "fetch/order.h"

struct rb_download;

/* Load the library and the authorities of https, before the process is confined. */
int rb_download_new(const struct rb_fetch_order *order, struct rb_download **ret_download,
		    char *why);

/* Download into the file. Sets outcome, etag, modified and why of *report. */
void rb_download_run(struct rb_download *download, const struct rb_fetch_order *order,
		     int output_fd, uint64_t deadline_ns, struct rb_fetch_report *report);

#endif
