/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints the pending questions of the resolvers. */
#include "control/unbound/requestlist.h"

#include <inttypes.h>
#include <ldns/ldns.h>
#include <string.h>

#include "dns/name.h"
#include "util/cleanup.h"
#include "util/clock.h"

static void state_print(const struct rb_work *work, FILE *out)
{
	switch (work->state) {
	case RB_WORK_WAITS:
		fputs("waits for its turn\n", out);
		break;
	case RB_WORK_ASKED:
		fprintf(out, "iterator in process %d\n", work->process);
		break;
	case RB_WORK_DONE:
		fputs("done\n", out);
		break;
	}
}

static void work_print(size_t number, const struct rb_work *work, FILE *out)
{
	_cleanup_free_ char *type = ldns_rr_type2str((ldns_rr_type)work->qtype);
	_cleanup_free_ char *qclass = ldns_rr_class2str((ldns_rr_class)work->qclass);
	char name[RB_NAME_TEXT_MAX], age[32] = "-";
	uint64_t age_us = work->age_ns / 1000;

	rb_name_to_text(work->qname, (size_t)rb_name_len(work->qname, sizeof(work->qname)), name);
	if (work->has_client)
		snprintf(age, sizeof(age), "%" PRIu64 ".%06" PRIu64, age_us / 1000000,
			 age_us % 1000000);
	fprintf(out, "%3zu %4s %2s %s %s ", number, type ?: "?", qclass ?: "?", name, age);
	state_print(work, out);
}

void rb_requestlist_print(const struct rb_control_view *view, FILE *out)
{
	unsigned int workers = rb_server_workers(view->server);

	/* After the workers comes main, which has the refreshes that the kernel asked for. */
	for (unsigned int i = 0; i <= workers; i++) {
		_cleanup_free_ struct rb_work *works = NULL;
		size_t count;
		int err = rb_resolvers_list(view->resolvers, i, workers, &works, &count);

		if (err) {
			fprintf(out, "error thread #%u: %s\n", i, strerror(-err));
			continue;
		}
		fprintf(out, i < workers ? "thread #%u\n" : "thread #%u (refreshes)\n", i);
		fputs("#   type cl name    seconds    module status\n", out);
		for (size_t at = 0; at < count; at++)
			work_print(at, &works[at], out);
	}
}
