/* SPDX-License-Identifier: BSD-2-Clause */
/* rb-server, as the keeper starts it, watches it and starts it anew. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "daemon/keeper.h"
#include "daemon/run.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define SERVER_NAME  "rb-server"
#define STALLS_MAX   10                 /* seconds without a beat */
#define STALLS_HELD  3                  /* after which XDP hands over to it no more */
#define STOP_NS      (60 * RB_NS_PER_S) /* that an end may take */
#define SETTLED_NS   (10 * RB_NS_PER_S) /* who lived longer does not keep ending */
#define DELAY_MIN_NS (500 * RB_NS_PER_MS)
#define DELAY_MAX_NS (10 * RB_NS_PER_S)

/* In the child. What is here is its own from now on. */
static int server_run(struct rb_keeper *keeper, int control_fd)
{
	struct rb_daemon daemon = {
		.opts = keeper->opts,
		.accounts = keeper->accounts,
		.workers = keeper->workers,
		.config = TAKE_PTR(keeper->config),
		.table = TAKE_PTR(keeper->table),
		.remote = TAKE_PTR(keeper->remote),
		.addresses = keeper->addresses,
	};
	int err = rb_parent_open(&daemon.parent, control_fd, &keeper->addresses);

	if (!err && keeper->xdp)
		err = rb_xdp_leave(TAKE_PTR(keeper->xdp), &daemon.shared);
	rb_closep(&keeper->signals_fd);
	rb_closep(&keeper->timer_fd);
	keeper->signals_fd = keeper->timer_fd = -1;
	keeper->addresses = (struct rb_addresses){0};
	if (keeper->was_ready)
		rb_table_inherit(daemon.table);
	if (err)
		rb_log_error("out of memory");
	return err ?: rb_run(&daemon);
}

int rb_keeper_start(struct rb_keeper *keeper, bool *ret_is_child)
{
	int control_fd, err;

	/* No process but the keeper's own has anything to do with these. */
	rb_keeper_end_feeds(keeper);
	err = rb_process_fork(SERVER_NAME, &keeper->child, &control_fd);
	*ret_is_child = !err && !keeper->child;
	if (*ret_is_child)
		return server_run(keeper, control_fd);
	if (err) {
		rb_log_error("no server process can be started (%s)", strerror(-err));
		return err;
	}
	keeper->state = RB_KEEPER_STARTING;
	keeper->started_ns = rb_clock_ns();
	keeper->stalls = 0;
	keeper->hung = keeper->is_deaf = false;
	return 0;
}

/* The first after a while at once; one that has hardly lived may be followed by more. */
static void plan_next(struct rb_keeper *keeper)
{
	uint64_t now_ns = rb_clock_ns();

	if (now_ns - keeper->started_ns >= SETTLED_NS)
		keeper->delay_ns = 0;
	keeper->start_ns = now_ns + keeper->delay_ns;
	keeper->delay_ns = keeper->delay_ns ? 2 * keeper->delay_ns : DELAY_MIN_NS;
	if (keeper->delay_ns > DELAY_MAX_NS)
		keeper->delay_ns = DELAY_MAX_NS;
	keeper->state = RB_KEEPER_DOWN;
}

static void all_ended(struct rb_keeper *keeper, int result)
{
	keeper->state = RB_KEEPER_ENDED;
	keeper->result = result;
}

/* It ended over it. */
static void reload_forget(struct rb_keeper *keeper)
{
	rb_keeper_xdp_discard(keeper);
	rb_config_free(TAKE_PTR(keeper->next));
}

void rb_keeper_server_ended(struct rb_keeper *keeper, const char *how)
{
	bool is_clean = !strcmp(how, "exited with status 0");
	int pid = (int)rb_process_pid(keeper->child);

	rb_process_free(TAKE_PTR(keeper->child));
	if (keeper->xdp)
		rb_xdp_unserve(keeper->xdp);
	reload_forget(keeper);
	rb_keeper_end_resolvers(keeper);
	if (keeper->state == RB_KEEPER_STOPPING) {
		if (!is_clean)
			rb_log_error("rb-server %d %s while it stopped", pid, how);
		all_ended(keeper, is_clean ? 0 : -EIO);
		return;
	}
	if (!keeper->was_ready) {
		/* What has failed it has said itself. */
		if (strncmp(how, "exited", 6) != 0)
			rb_log_error("rb-server %d %s while it started", pid, how);
		all_ended(keeper, -EIO);
		return;
	}
	atomic_fetch_add(&keeper->accounts.vitals->ended, 1);
	if (keeper->hung)
		atomic_fetch_add(&keeper->accounts.vitals->hung, 1);
	plan_next(keeper);
	rb_log_error("rb-server %d %s%s. %sWhat is asked meanwhile waits; the next one is started "
		     "in %.1f s",
		     pid, how, keeper->hung ? ", since it had got nowhere for 10 s" : "",
		     keeper->table->in_kernel ? "The kernel goes on answering what it knows. " : "",
		     keeper->start_ns > rb_clock_ns()
			     ? (double)(keeper->start_ns - rb_clock_ns()) / (double)RB_NS_PER_S
			     : 0);
}

/* What comes while it gets nowhere waits in the kernel's sockets, which the next one has, too. */
static void follow_stalls(struct rb_keeper *keeper, unsigned int before)
{
	if (!keeper->xdp)
		return;
	if (keeper->stalls == STALLS_HELD)
		rb_xdp_hold(keeper->xdp);
	else if (before >= STALLS_HELD && !keeper->stalls)
		rb_xdp_release(keeper->xdp);
}

/* Ticks are counted rather than time, which also goes by when everything is stopped. */
void rb_keeper_look(struct rb_keeper *keeper)
{
	uint32_t beat = atomic_load_explicit(&keeper->accounts.vitals->beat, memory_order_relaxed);
	unsigned int before = keeper->stalls;

	if (keeper->state == RB_KEEPER_STOPPING) {
		if (rb_clock_ns() - keeper->start_ns > STOP_NS && !keeper->hung) {
			keeper->hung = true;
			rb_process_kill(keeper->child, SIGKILL);
		}
		return;
	}
	keeper->stalls = keeper->state == RB_KEEPER_SERVING && beat == keeper->beat_seen
				 ? keeper->stalls + 1
				 : 0;
	keeper->beat_seen = beat;
	follow_stalls(keeper, before);
	if (keeper->stalls < STALLS_MAX || keeper->hung)
		return;
	keeper->hung = true;
	rb_process_kill(keeper->child, SIGKILL);
}

void rb_keeper_stop(struct rb_keeper *keeper)
{
	const struct rb_note note = {.kind = RB_ASKS_STOP};

	if (keeper->state == RB_KEEPER_STOPPING)
		return;
	/* The kernel stops first, so that nothing is answered that could not be refreshed. A
	 * predecessor's program goes too if its table had to give way to another. */
	rb_keeper_xdp_end(keeper);
	if (!keeper->child) {
		all_ended(keeper, 0);
		return;
	}
	rb_note_send(rb_process_control_fd(keeper->child), &note, NULL, 0);
	keeper->state = RB_KEEPER_STOPPING;
	keeper->start_ns = rb_clock_ns();
}
