/* SPDX-License-Identifier: BSD-2-Clause */
/* A server's start: a copy of the keeper that keeps what is a server's, and forgets the rest. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/keeper.h"
#include "daemon/policy_file.h"
#include "daemon/run.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

/* In the child: close what belongs to other servers, or only to the keeper. */
static void forget_others(struct rb_keeper *keeper)
{
	for (size_t i = 0; i < RB_SERVERS_MAX; i++) {
		struct rb_keeper_server *server = &keeper->servers[i];

		for (size_t r = 0; r < server->resolver_count; r++)
			rb_process_forget(server->resolvers[r]);
		free(server->resolvers);
		if (server->child)
			rb_process_forget(server->child);
		if (server->state != RB_SERVER_NONE)
			rb_closep(&server->door_fd);
		*server = (struct rb_keeper_server){0};
	}
	if (keeper->loader)
		rb_process_forget(TAKE_PTR(keeper->loader));
	rb_feeds_forget(TAKE_PTR(keeper->feeds));
	for (size_t i = 0; i < keeper->reload.client_count; i++)
		rb_closep(&keeper->reload.clients[i]);
	keeper->reload.client_count = 0;
	rb_closep(&keeper->signals_fd);
	rb_closep(&keeper->timer_fd);
	keeper->signals_fd = keeper->timer_fd = -1;
}

/* In the child, which owns everything here from now on. */
static int server_run(struct rb_keeper *keeper, int control_fd, int door_fd)
{
	struct rb_config *next = TAKE_PTR(keeper->reload.config);
	struct rb_daemon daemon = {
		.opts = keeper->opts,
		.accounts = keeper->accounts,
		.workers = keeper->workers,
		.user = keeper->server_user,
		.is_successor = keeper->was_ready,
		.table = TAKE_PTR(keeper->table),
		.control_sockets = TAKE_PTR(keeper->control),
		.said = TAKE_PTR(keeper->reload.said),
	};
	int err = rb_policy_file_apply(&keeper->policy, keeper->config);
	int xdp_err = keeper->xdp ? rb_xdp_leave(TAKE_PTR(keeper->xdp), &daemon.shared) : 0;

	rb_parent_open(&daemon.parent, control_fd);
	rb_daemon_opener_init(&daemon.opener, door_fd);
	forget_others(keeper);
	if (next && !err && keeper->reload.keeps)
		err = rb_policy_file_apply(&keeper->policy, next);
	if (next)
		rb_keeper_follow_addresses(keeper, next);
	daemon.config = next ?: TAKE_PTR(keeper->config);
	daemon.former = next ? TAKE_PTR(keeper->config) : NULL;
	daemon.addresses = keeper->addresses;
	keeper->addresses = (struct rb_addresses){0};
	keeper->accounts = (struct rb_accounts){0};
	if (err)
		rb_log_warn("what was changed of local policy since the last reload is lost (%s)",
			    strerror(-err));
	if (xdp_err)
		rb_log_error("what XDP counts is not seen (%s)", strerror(-xdp_err));
	return rb_run(&daemon);
}

int rb_keeper_start(struct rb_keeper *keeper, bool *ret_is_child)
{
	struct rb_keeper_server *server = rb_keeper_server_in(keeper, RB_SERVER_NONE);
	struct rb_keeper_server next = {.state = RB_SERVER_PREPARING, .door_fd = -1};
	_cleanup_close_ int door_fd = -1;
	int control_fd, err;

	rb_keeper_end_compiler(keeper);
	err = server ? rb_keeper_door_open(&next, &door_fd) : -EAGAIN;
	/* Of all children, only servers use the table. */
	if (!err)
		err = rb_table_bequeath(keeper->table, RB_TABLE_INHERITED);
	if (!err)
		err = rb_process_fork(RB_SERVER_NAME, &next.child, &control_fd);
	if (!err && next.child)
		(void)rb_table_bequeath(keeper->table, RB_TABLE_WITHHELD);
	*ret_is_child = !err && !next.child;
	if (*ret_is_child) {
		rb_closep(&next.door_fd);
		return server_run(keeper, control_fd, TAKE_FD(door_fd));
	}
	if (err) {
		rb_closep(&next.door_fd);
		rb_log_error("no server process can be started (%s)", strerror(-err));
		return err;
	}
	next.since_ns = rb_clock_ns();
	*server = next;
	keeper->state = RB_KEEPER_RUNNING;
	keeper->stalls = 0;
	return 0;
}
