/* SPDX-License-Identifier: BSD-2-Clause */
/* The states of interfaces, from main to others. */
#include "control/interfaces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

void rb_interfaces_init(struct rb_interfaces *interfaces)
{
	*interfaces = (struct rb_interfaces){};
	pthread_mutex_init(&interfaces->lock, NULL);
}

void rb_interfaces_free(struct rb_interfaces *interfaces)
{
	pthread_mutex_destroy(&interfaces->lock);
	free(interfaces->list);
}

static void row_fill(struct rb_interface_row *row, const struct rb_xdp_status *status)
{
	*row = (struct rb_interface_row){
		.planned = status->state != RB_PORT_ABSENT,
		.attached = status->prog_id,
		.mode = rb_mode_name(status->mode),
		.egress = rb_egress_name(status->egress),
		.state = rb_port_state_name(status->state),
		.sockets = status->sockets,
		.since = status->since,
	};
	memcpy(row->name, status->ifname, sizeof(row->name));
	memcpy(row->reason, status->reason, sizeof(row->reason));
}

void rb_interfaces_take(struct rb_interfaces *interfaces, const struct rb_board *board)
{
	_cleanup_free_ struct rb_interface_row *list = NULL;
	_cleanup_free_ struct rb_xdp_status *rows = NULL;
	size_t count;

	if (rb_board_read(board, &rows, &count))
		return;
	list = calloc(count + 1, sizeof(*list));
	if (!list)
		return;
	for (size_t i = 0; i < count; i++)
		row_fill(&list[i], &rows[count - 1 - i]);
	pthread_mutex_lock(&interfaces->lock);
	free(interfaces->list);
	interfaces->list = TAKE_PTR(list);
	interfaces->count = count;
	pthread_mutex_unlock(&interfaces->lock);
}

size_t rb_interfaces_get(struct rb_interfaces *interfaces, struct rb_interface_row **ret_list)
{
	size_t bytes, count = 0;
	struct rb_interface_row *list;

	pthread_mutex_lock(&interfaces->lock);
	bytes = interfaces->count * sizeof(*list);
	list = bytes ? malloc(bytes) : NULL;
	if (list) {
		memcpy(list, interfaces->list, bytes);
		count = interfaces->count;
		*ret_list = list;
	}
	pthread_mutex_unlock(&interfaces->lock);
	return count;
}
