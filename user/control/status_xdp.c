/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces, queues and pins for the operator. */
#include "control/status_xdp.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

static void print_interface(const struct rb_xdp_status *status, FILE *out)
{
	fprintf(out, "interface: name=%s", status->ifname);
	if (status->prog_id)
		fprintf(out,
			" mode=%s program_id=%u egress=%s misses=%s queues=%zu "
			"steering_rules=%zu%s%s",
			rb_mode_name(status->mode), status->prog_id, rb_egress_name(status->egress),
			status->sockets ? "AF_XDP" : "socket", status->sockets, status->steered,
			status->vlans[0] ? " vlans=" : "", status->vlans);
	else
		fputs(" mode=sockets", out);
	fprintf(out, " state=%s", rb_port_state_name(status->state));
	if (status->since)
		fprintf(out, " since=%jd", (intmax_t)status->since);
	fprintf(out, "%s%s\n", status->reason[0] ? " reason=" : "", status->reason);
}

static bool uses_sockets(const struct rb_xdp_status *rows, size_t count, const char *ifname)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(rows[i].ifname, ifname))
			return rows[i].uses_sockets;
	return false;
}

static void print_queue(const struct rb_rings_status *status, bool in_use, FILE *out)
{
	const struct rb_xsk_stats *stats = &status->stats;

	fprintf(out,
		"queue: interface=%s queue=%u worker=%u in_use=%s mode=%s polling=%s "
		"ring=%u frames=%u received=%" PRIu64 " sent=%" PRIu64 " dropped=%" PRIu64
		" ring_full=%" PRIu64 " fill_ring_empty=%" PRIu64 " invalid=%" PRIu64 "\n",
		status->ifname, status->queue, status->worker, in_use ? "yes" : "no",
		stats->is_zero_copy ? "zero-copy" : "copy",
		stats->is_busy_polled ? "busy" : "interrupts", stats->ring_size, stats->frames,
		stats->received, stats->sent, stats->dropped, stats->ring_full,
		stats->fill_ring_empty, stats->invalid);
}

/* What the keeper says of interfaces, and what we know of their sockets. */
static void print_datapath(const struct rb_control_view *view, FILE *out)
{
	_cleanup_free_ struct rb_xdp_status *rows = NULL;
	struct rb_rings_status status;
	size_t count = 0, i;

	if (rb_board_read(view->board, &rows, &count))
		fputs("interface: cannot be read just now\n", out);
	for (i = 0; i < count; i++)
		print_interface(&rows[i], out);
	for (i = 0; rb_rings_status(view->rings, i, &status); i++)
		print_queue(&status, uses_sockets(rows, count, status.ifname), out);
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
	fprintf(out, "xdp: %s\n", view->board ? "yes" : "no");
	if (view->board)
		print_datapath(view, out);
	if (view->table->in_kernel)
		print_pins(view->config->pin_dir, out);
}
