/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers, as the keeper hands over from one to the next, and has them end. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "daemon/keeper.h"
#include "daemon/privileges.h"
#include "daemon/rules.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define SETTLED_NS   (10 * RB_NS_PER_S) /* a server that lives longer does not crash at its start */
#define DELAY_MIN_NS (500 * RB_NS_PER_MS)
#define DELAY_MAX_NS (10 * RB_NS_PER_S)

struct rb_keeper_server *rb_keeper_server_in(struct rb_keeper *keeper, enum rb_server_state state)
{
	for (size_t i = 0; i < RB_SERVERS_MAX; i++)
		if (keeper->servers[i].state == state)
			return &keeper->servers[i];
	return NULL;
}

/* --- handing over ----------------------------------------------------------------------------- */

static void enter(struct rb_keeper_server *server, enum rb_server_state state)
{
	server->state = state;
	server->since_ns = rb_clock_ns();
}

static void tell(struct rb_keeper_server *server, enum rb_note_kind kind, int fd)
{
	const struct rb_note note = {.kind = kind};

	(void)rb_note_send(rb_process_control_fd(server->child), &note, &fd, fd >= 0);
}

/* From now on misses wait in sockets, which the next server shares. */
static void hold_back(struct rb_keeper *keeper)
{
	if (!keeper->xdp)
		return;
	rb_xdp_unserve(keeper->xdp);
	rb_xdp_await_arrivals();
}

/* From then on the server answers by the rules of the next one. */
static void retire(struct rb_keeper *keeper, struct rb_keeper_server *server)
{
	const struct rb_config *next = keeper->reload.config ?: keeper->config;
	_cleanup_close_ int fd = -1;
	int err = rb_rules_write(next, &fd);

	if (err)
		rb_log_error("what is under way is not answered (%s)", strerror(-err));
	hold_back(keeper);
	tell(server, RB_ASKS_RETIRE, fd);
	enter(server, RB_SERVER_RETIRING);
}

static void hand_over(struct rb_keeper *keeper)
{
	struct rb_keeper_server *server = rb_keeper_server_in(keeper, RB_SERVER_PREPARED);

	if (!server || rb_keeper_is_ending(keeper))
		return;
	rb_keeper_commit_reload(keeper);
	tell(server, RB_ASKS_TAKE_OVER, -1);
	enter(server, RB_SERVER_STARTING);
}

void rb_keeper_prepared(struct rb_keeper *keeper, struct rb_keeper_server *server)
{
	struct rb_keeper_server *former = rb_keeper_server_in(keeper, RB_SERVER_SERVING);

	if (server->state != RB_SERVER_PREPARING || rb_keeper_is_ending(keeper))
		return;
	if (keeper->reload.config && rb_keeper_xdp_prepare(keeper)) {
		/* The failure is logged. When the server ends, so does the reload. */
		tell(server, RB_ASKS_STOP, -1);
		return;
	}
	enter(server, RB_SERVER_PREPARED);
	if (former)
		retire(keeper, former);
	else
		hand_over(keeper);
}

void rb_keeper_retired(struct rb_keeper *keeper, struct rb_keeper_server *server)
{
	if (server->state != RB_SERVER_RETIRING)
		return;
	enter(server, RB_SERVER_RETIRED);
	hand_over(keeper);
}

void rb_keeper_ready(struct rb_keeper *keeper, struct rb_keeper_server *server)
{
	if (server->state != RB_SERVER_STARTING)
		return;
	enter(server, RB_SERVER_SERVING);
	keeper->stalls = 0;
	rb_keeper_end_reload(keeper, 0);
	if (keeper->was_ready)
		return;
	keeper->was_ready = true;
	rb_privileges_settle_keeper();
	sd_notify(0, "READY=1");
	/* Feeds that are due must not wait for the next second. */
	rb_keeper_tick_feeds(keeper);
}

/* --- the end ---------------------------------------------------------------------------------- */

/* The next server starts at once after a long life, and after growing delays if all end soon. */
static void plan_next(struct rb_keeper *keeper, uint64_t lived_ns)
{
	if (lived_ns >= SETTLED_NS)
		keeper->delay_ns = 0;
	keeper->start_ns = rb_clock_ns() + keeper->delay_ns;
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

static bool is_any_left(const struct rb_keeper *keeper)
{
	for (size_t i = 0; i < RB_SERVERS_MAX; i++)
		if (keeper->servers[i].state != RB_SERVER_NONE)
			return true;
	return false;
}

bool rb_keeper_is_ending(const struct rb_keeper *keeper)
{
	return keeper->state == RB_KEEPER_FINISHING || keeper->state == RB_KEEPER_STOPPING;
}

/*
 * A server that was told to end has ended. XDP answers from the table until the last one has; a
 * predecessor's program is removed, too, if its table was replaced.
 */
static void stopped(struct rb_keeper *keeper)
{
	if (is_any_left(keeper))
		return;
	if (keeper->state == RB_KEEPER_FINISHING)
		rb_keeper_xdp_end(keeper);
	all_ended(keeper, keeper->failed ? -EIO : 0);
}

/* The server that answers clients has crashed. */
static void crashed(struct rb_keeper *keeper, const struct rb_keeper_server *server, int pid,
		    const char *how)
{
	const char *next = "is started at once";

	atomic_fetch_add(&keeper->accounts.vitals->ended, 1);
	if (server->hung)
		atomic_fetch_add(&keeper->accounts.vitals->hung, 1);
	if (rb_keeper_server_in(keeper, RB_SERVER_PREPARING) ||
	    rb_keeper_server_in(keeper, RB_SERVER_PREPARED)) {
		next = "is that of the reload";
		hand_over(keeper);
	} else {
		plan_next(keeper, rb_clock_ns() - server->since_ns);
		if (keeper->start_ns > rb_clock_ns())
			next = "is started after a while, since this one has hardly lived";
	}
	rb_log_error("rb-server %d %s%s. %sWhat is asked meanwhile waits; the next one %s", pid,
		     how, server->hung ? ", since it had got nowhere for 10 s" : "",
		     keeper->table->in_kernel ? "The kernel goes on answering what it knows. " : "",
		     next);
}

/* A server that should have taken over has ended before. */
static void failed_to_start(struct rb_keeper *keeper, const struct rb_keeper_server *server,
			    int pid, const char *how)
{
	bool reloads = keeper->reload.is_begun;

	/* A server that exits has logged the reason itself. */
	if (strncmp(how, "exited", 6) != 0)
		rb_log_error("rb-server %d %s while it started", pid, how);
	rb_keeper_end_reload(keeper, -EIO);
	if (!keeper->was_ready)
		all_ended(keeper, -EIO);
	else if (!rb_keeper_server_in(keeper, RB_SERVER_SERVING))
		/* The server before did not crash: it has retired for the reload. */
		plan_next(keeper, reloads ? SETTLED_NS : rb_clock_ns() - server->since_ns);
}

/* From now on nobody reads its AF_XDP sockets. */
static void unserve(struct rb_keeper *keeper, const struct rb_keeper_server *server)
{
	if (keeper->xdp &&
	    (server->state == RB_SERVER_SERVING || server->state == RB_SERVER_STARTING))
		rb_xdp_unserve(keeper->xdp);
}

void rb_keeper_server_ended(struct rb_keeper *keeper, struct rb_keeper_server *server)
{
	struct rb_keeper_server ended;
	bool is_clean;
	char how[64];
	int pid;

	unserve(keeper, server);
	if (!rb_process_has_ended(server->child, how))
		return;
	rb_keeper_hear(keeper, server);
	/* Its last notes may have got it AF_XDP sockets. */
	unserve(keeper, server);
	ended = *server;
	is_clean = !strcmp(how, "exited with status 0");
	pid = (int)rb_process_pid(server->child);
	rb_process_free(server->child);
	rb_keeper_end_resolvers(server);
	rb_closep(&server->door_fd);
	*server = (struct rb_keeper_server){.state = RB_SERVER_NONE};
	if (rb_keeper_is_ending(keeper)) {
		if (!is_clean)
			rb_log_error("rb-server %d %s while it stopped", pid, how);
		keeper->failed |= !is_clean;
		stopped(keeper);
		return;
	}
	switch (ended.state) {
	case RB_SERVER_NONE:
		break;
	case RB_SERVER_PREPARING:
	case RB_SERVER_PREPARED:
	case RB_SERVER_STARTING:
		failed_to_start(keeper, &ended, pid, how);
		break;
	case RB_SERVER_SERVING:
		crashed(keeper, &ended, pid, how);
		break;
	case RB_SERVER_RETIRING:
	case RB_SERVER_RETIRED:
		if (!is_clean)
			rb_log_error("rb-server %d %s when another one had taken over; what it "
				     "had under way is not answered",
				     pid, how);
		hand_over(keeper);
		break;
	}
}

/* Tell a server to answer its pending queries and end; one that has retired does so already. */
static void tell_to_finish(struct rb_keeper_server *server)
{
	switch (server->state) {
	case RB_SERVER_SERVING:
		tell(server, RB_ASKS_FINISH, -1);
		enter(server, RB_SERVER_RETIRED);
		break;
	case RB_SERVER_PREPARING:
	case RB_SERVER_PREPARED:
	case RB_SERVER_STARTING:
		tell(server, RB_ASKS_STOP, -1);
		break;
	case RB_SERVER_NONE:
	case RB_SERVER_RETIRING:
	case RB_SERVER_RETIRED:
		break;
	}
}

static void finish(struct rb_keeper *keeper)
{
	if (rb_keeper_server_in(keeper, RB_SERVER_SERVING))
		hold_back(keeper);
	for (size_t i = 0; i < RB_SERVERS_MAX; i++)
		tell_to_finish(&keeper->servers[i]);
	keeper->state = RB_KEEPER_FINISHING;
	keeper->stop_ns = rb_clock_ns();
}

/* The kernel stops first, so that it gives no answers that could not be refreshed. */
static void stop_now(struct rb_keeper *keeper)
{
	rb_keeper_xdp_end(keeper);
	for (size_t i = 0; i < RB_SERVERS_MAX; i++)
		if (keeper->servers[i].state != RB_SERVER_NONE)
			tell(&keeper->servers[i], RB_ASKS_STOP, -1);
	keeper->state = RB_KEEPER_STOPPING;
}

void rb_keeper_stop(struct rb_keeper *keeper)
{
	if (keeper->state == RB_KEEPER_STOPPING || keeper->state == RB_KEEPER_ENDED)
		return;
	if (keeper->state == RB_KEEPER_FINISHING)
		stop_now(keeper);
	else
		finish(keeper);
	stopped(keeper);
}
