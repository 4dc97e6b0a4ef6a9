/* SPDX-License-Identifier: BSD-2-Clause */
/* rb-server's main loop: the keeper's wishes, refreshes, control. */
#include "daemon/run.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "daemon/denied.h"
#include "daemon/policy.h"
#include "daemon/privileges.h"
#include "daemon/reload.h"
#include "serve/query_log.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define WATCH_INTERVAL_S 1

static void ask_refresh(struct rb_table_ref ref, void *context)
{
	const struct rb_daemon *daemon = context;

	rb_resolvers_refresh(daemon->resolvers, daemon->workers, ref);
}

static void log_reply(const struct rb_logged *logged, void *context)
{
	const struct rb_daemon *daemon = context;

	rb_query_log_kernel(daemon->config, logged);
}

/* The refreshes that main asked for: they have no job, so that there is nothing to be had. */
static void collect_refreshes(const struct rb_daemon *daemon)
{
	unsigned int self = daemon->workers;

	rb_resolvers_drain(daemon->resolvers, self);
	while (rb_resolvers_collect(daemon->resolvers, self))
		;
}

/* Once a second. */
static void tick(struct rb_daemon *daemon)
{
	if (rb_server_moves(daemon->server))
		atomic_fetch_add_explicit(&daemon->accounts.vitals->beat, 1, memory_order_relaxed);
	rb_reload_reap(daemon);
	rb_control_tick(daemon->controls);
	rb_server_account(daemon->server);
	rb_resolvers_account(daemon->resolvers);
	rb_log_tell_repeats();
	rb_query_log_tell();
	rb_parts_follow_wall(daemon);
	rb_server_renew_tls(daemon->server, daemon->config);
}

/* Until the keeper wants it to stop. */
static int serve(struct rb_daemon *daemon, int timer_fd)
{
	struct rb_refreshes *refreshes = daemon->shared.refreshes;
	const struct rb_refreshes_reader reader = {ask_refresh, log_reply, daemon};
	struct pollfd fds[] = {
		{.fd = daemon->parent.fd, .events = POLLIN},
		{.fd = timer_fd, .events = POLLIN},
		{.fd = refreshes ? rb_refreshes_fd(refreshes) : -1, .events = POLLIN},
		{.fd = rb_resolvers_fd(daemon->resolvers, daemon->workers), .events = POLLIN},
		{.fd = rb_control_fd(daemon->controls), .events = POLLIN},
		{.fd = rb_resolvers_watch_fd(daemon->resolvers), .events = POLLIN}};
	uint64_t ticks;

	while (!daemon->parent.wants_stop) {
		rb_parts_take_rings(daemon);
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
			/* revents are those of an earlier round then. */
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (fds[1].revents && read(timer_fd, &ticks, sizeof(ticks)) > 0)
			tick(daemon);
		if (fds[2].revents)
			rb_refreshes_read(refreshes, &reader);
		if (fds[3].revents)
			collect_refreshes(daemon);
		if (fds[4].revents)
			rb_control_serve(daemon->controls);
		if (fds[5].revents)
			rb_resolvers_watch(daemon->resolvers);
		if (fds[0].revents)
			rb_parent_listen(&daemon->parent);
		if (daemon->parent.policy_fd >= 0)
			rb_daemon_policy_take(daemon);
		if (daemon->parent.wants_reload) {
			daemon->parent.wants_reload = false;
			rb_reload(daemon);
		}
	}
	return 0;
}

void rb_run_stop(void *daemon)
{
	rb_parent_say(&((struct rb_daemon *)daemon)->parent, RB_SAYS_STOP, 0);
}

void rb_run_log_reopened(void *daemon)
{
	rb_parent_say(&((struct rb_daemon *)daemon)->parent, RB_SAYS_LOG_REOPENED, 0);
}

/* Before anything is read that a stranger has sent. */
static int confine(void)
{
	int err = rb_denied_enter();

	if (err)
		rb_log_error("rb-server cannot be confined (%s)", strerror(-err));
	return err;
}

int rb_run(struct rb_daemon *daemon)
{
	_cleanup_close_ int timer_fd = -1;
	const struct rb_process_starter starter = rb_parent_starter(&daemon->parent);
	int err = rb_clock_ticks_open(WATCH_INTERVAL_S, &timer_fd);

	rb_process_set_starter(&starter);
	rb_privileges_start(daemon->config);
	if (!err)
		err = confine();
	if (!err)
		err = rb_parts_start(daemon);
	if (!err) {
		rb_parts_start_controls(daemon);
		rb_privileges_settle(daemon->config);
		/* Nothing is as it is to be before the keeper has taken in what it was told so far.
		 */
		(void)rb_parent_ask(&daemon->parent, RB_SAYS_READY);
		rb_log_notice("runbound %s serves", RB_VERSION);
		err = serve(daemon, timer_fd);
	}
	/* Whatever else fails says so where it does. */
	if (err == -ENOMEM)
		rb_log_error("out of memory");
	rb_parts_stop(daemon);
	rb_parent_close(&daemon->parent);
	return err;
}
