/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks for a first name in what has been fetched. */
#include "fetch/list_check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/list_file.h"
#include "util/cleanup.h"

void rb_list_check(const struct rb_fetch_order *order, int output_fd,
		   struct rb_fetch_report *report)
{
	_cleanup_fclose_ FILE *file = fdopen(output_fd, "re");
	bool has_names = false;
	int err = file && !fseeko(file, 0, SEEK_SET) ? 0 : -errno;

	if (!err)
		err = rb_list_file_has_names(file, (enum rb_list_format)order->format, &has_names);
	if (!err && has_names)
		return;
	report->outcome = RB_FETCH_FAILED;
	snprintf(report->why, sizeof(report->why), "%s",
		 err ? strerror(-err) : "what the server sends names nothing to block");
}
