/* SPDX-License-Identifier: BSD-2-Clause */
/* A fetching process: its start, its one task, its report. */
#include "fetch/process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fetch/allowed.h"
#include "fetch/download.h"
#include "fetch/list_check.h"
#include "fetch/order.h"
#include "fetch/transfer.h"
#include "keeper/process.h"
#include "keeper/sandbox.h"
#include "util/clock.h"
#include "util/privileges.h"

#define MEMORY_BYTES (1ULL << 30) /* beside what libraries have: of a zone, its records */

bool rb_fetch_is(int argc, char *const *argv)
{
	return rb_process_is(argc, argv, RB_FETCH_NAME);
}

static int order_read(struct rb_fetch_order *order)
{
	ssize_t len = pread(RB_PROCESS_FD(RB_FETCH_FD_ORDER), order, sizeof(*order), 0);

	return len == (ssize_t)sizeof(*order) ? 0 : len < 0 ? -errno : -EBADMSG;
}

/* What needs files comes first; afterwards the process cannot open any. */
static int prepare(const struct rb_fetch_order *order, struct rb_download **ret_download, char *why)
{
	int err = rb_privileges_drop();

	if (!err && order->kind == RB_FETCH_URL)
		err = rb_download_new(order, ret_download, why);
	if (!err)
		err = rb_sandbox_limit(rb_sandbox_memory_bytes() + MEMORY_BYTES, order->bytes_max);
	if (!err)
		err = rb_fetch_allowed_enter();
	if (err && !*why)
		snprintf(why, RB_FETCH_WHY_MAX, "the process cannot be confined (%s)",
			 strerror(-err));
	return err;
}

int rb_fetch_main(char *const *argv)
{
	static struct rb_fetch_order order;
	struct rb_fetch_report report = {.outcome = RB_FETCH_FAILED};
	struct rb_download *download = NULL;
	uint64_t deadline_ns;
	int output_fd = RB_PROCESS_FD(RB_FETCH_FD_OUTPUT), err = rb_process_enter(argv);

	if (!err)
		err = order_read(&order);
	if (err)
		_exit(EXIT_FAILURE);
	deadline_ns = rb_clock_ns() + order.deadline_s * RB_NS_PER_S;
	err = prepare(&order, &download, report.why);
	if (!err && order.kind == RB_FETCH_URL)
		rb_download_run(download, &order, output_fd, deadline_ns, &report);
	if (order.kind == RB_FETCH_URL && report.outcome == RB_FETCH_CHANGED) {
		if (order.zone_len)
			rb_transfer_check(&order, output_fd, &report);
		else
			rb_list_check(&order, output_fd, &report);
	}
	if (!err && order.kind == RB_FETCH_ZONE)
		rb_transfer_run(&order, output_fd, RB_PROCESS_FD(RB_FETCH_FD_KEPT), deadline_ns,
				&report);
	if (report.outcome == RB_FETCH_FAILED && !*report.why)
		snprintf(report.why, sizeof(report.why), "out of memory");
	err = send(RB_PROCESS_CONTROL_FD, &report, sizeof(report), MSG_NOSIGNAL) < 0;
	/* Memory goes with the process. */
	_exit(err ? EXIT_FAILURE : EXIT_SUCCESS);
}
