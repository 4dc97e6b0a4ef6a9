/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces, queues and pins for the operator. */
#include "control/status_xdp.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* What the keeper says about interfaces, and what we know about their sockets. */
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

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void closedirp(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

/* The server may not open the directory, so it reads it by the keeper's descriptor. */
static size_t pins_read(int directory_fd, char ***ret_names)
{
	int fd = fcntl(directory_fd, F_DUPFD_CLOEXEC, 0);
	_cleanup_(closedirp) DIR *directory = fdopendir(fd);
	const struct dirent *entry;
	size_t count = 0;

	if (!directory) {
		rb_closep(&fd);
		return 0;
	}
	rewinddir(directory);
	while ((entry = readdir(directory))) {
		char **grown;

		if (entry->d_name[0] == '.')
			continue;
		grown = reallocarray(*ret_names, count + 1, sizeof(*grown));
		if (!grown)
			break;
		*ret_names = grown;
		grown[count] = strdup(entry->d_name);
		if (grown[count])
			count++;
	}
	return count;
}

/* Maps and links, for bpftool. */
static void print_pins(const struct rb_control_view *view, FILE *out)
{
	char **names = NULL;
	size_t count = pins_read(view->table->lock_fd, &names);

	if (count)
		qsort(names, count, sizeof(*names), by_name);
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "pin: %s/%s\n", view->config->pin_dir, names[i]);
		free(names[i]);
	}
	free(names);
}

void rb_status_xdp_print(const struct rb_control_view *view, FILE *out)
{
	fprintf(out, "xdp: %s\n", view->board ? "yes" : "no");
	if (view->board)
		print_datapath(view, out);
	if (view->table->in_kernel)
		print_pins(view, out);
}
