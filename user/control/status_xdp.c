/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces, queues and pins for the operator. */
#include "control/status_xdp.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>

#include "datapath/status.h"

static void print_interfaces(const struct rb_xdp *xdp, FILE *out)
{
	struct rb_xdp_status status;
	size_t i;

	for (i = 0; rb_xdp_status(xdp, i, &status); i++) {
		fprintf(out, "interface: name=%s", status.ifname);
		if (status.prog_id)
			fprintf(out,
				" mode=%s program_id=%u egress=%s misses=%s queues=%zu "
				"steering_rules=%zu%s%s",
				status.mode, status.prog_id, status.egress,
				status.sockets ? "AF_XDP" : "socket", status.sockets,
				status.steered, status.vlans[0] ? " vlans=" : "", status.vlans);
		else
			fputs(" mode=sockets", out);
		fprintf(out, " state=%s", rb_port_state_name(status.state));
		if (status.since)
			fprintf(out, " since=%jd", (intmax_t)status.since);
		fprintf(out, "%s%s\n", status.reason[0] ? " reason=" : "", status.reason);
	}
}

static void print_queues(const struct rb_xdp *xdp, FILE *out)
{
	struct rb_xdp_queue_status status;
	size_t i;

	for (i = 0; rb_xdp_queue_status(xdp, i, &status); i++) {
		const struct rb_xsk_stats *stats = &status.stats;

		fprintf(out,
			"queue: interface=%s queue=%u worker=%u in_use=%s mode=%s polling=%s "
			"ring=%u frames=%u received=%" PRIu64 " sent=%" PRIu64 " dropped=%" PRIu64
			" ring_full=%" PRIu64 " fill_ring_empty=%" PRIu64 " invalid=%" PRIu64 "\n",
			status.ifname, status.queue, status.worker, status.in_use ? "yes" : "no",
			stats->is_zero_copy ? "zero-copy" : "copy",
			stats->is_busy_polled ? "busy" : "interrupts", stats->ring_size,
			stats->frames, stats->received, stats->sent, stats->dropped,
			stats->ring_full, stats->fill_ring_empty, stats->invalid);
	}
}

static int is_entry(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Maps and links, for bpftool. */
static void print_pins(const char *pin_dir, FILE *out)
{
	struct dirent **entries;
	int count = scandir(pin_dir, &entries, is_entry, alphasort), i;

	for (i = 0; i < count; i++) {
		fprintf(out, "pin: %s/%s\n", pin_dir, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

void rb_status_xdp_print(const struct rb_control_view *view, FILE *out)
{
	fprintf(out, "xdp: %s\n", view->xdp ? "yes" : "no");
	if (view->xdp) {
		print_interfaces(view->xdp, out);
		print_queues(view->xdp, out);
	}
	if (view->table->in_kernel)
		print_pins(view->config->pin_dir, out);
}
