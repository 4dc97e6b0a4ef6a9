/* SPDX-License-Identifier: BSD-2-Clause */
/* rb-server's main loop: the keeper's requests, refreshes, control. */
#include "daemon/run.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/allowed.h"
#include "daemon/policy.h"
#include "daemon/privileges.h"
#include "serve/query_log.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/log_sink.h"

#define WATCH_INTERVAL_S 1

static void ask_refresh(struct rb_table_ref ref, void *context)
{
	const struct rb_daemon *daemon = context;

	rb_resolvers_refresh(daemon->resolvers, daemon->workers, ref);
}

static void log_reply(const struct rb_logged *logged, void *context)
{
	const struct rb_daemon *daemon = context;

	const struct rb_query_log_also also = {
		.asked = rb_server_asked(daemon->server),
		.dnstap = rb_server_dnstap(daemon->server),
	};

	rb_query_log_kernel(daemon->config, &also, logged);
}

/* Refreshes that main has asked for have no job: all jobs are those of the key watch. */
static void collect(const struct rb_daemon *daemon)
{
	unsigned int self = daemon->workers;
	struct rb_job *job;

	rb_resolvers_drain(daemon->resolvers, self);
	while ((job = rb_resolvers_collect(daemon->resolvers, self)))
		rb_key_watch_take(daemon->key_watch, job);
}

/* Once a second. */
static void serving_tick(struct rb_daemon *daemon)
{
	if (rb_server_moves(daemon->server))
		atomic_fetch_add_explicit(&daemon->accounts.vitals->beat, 1, memory_order_relaxed);
	rb_resolvers_reap(daemon->resolvers);
	rb_control_tick(daemon->controls);
	rb_server_account(daemon->server);
	rb_resolvers_account(daemon->resolvers);
	rb_log_tell_repeats();
	rb_query_log_tell();
	rb_parts_follow_wall(daemon);
	rb_key_watch_tick(daemon->key_watch);
}

static void retired_tick(struct rb_daemon *daemon)
{
	rb_resolvers_reap(daemon->resolvers);
	rb_control_tick(daemon->controls);
	rb_server_account(daemon->server);
	rb_resolvers_account(daemon->resolvers);
}

/* Take the present contents of key and certificate. */
static void take_keys(struct rb_daemon *daemon)
{
	int fd = TAKE_FD(daemon->parent.keys_fd);
	struct rb_tls_files files = {0};
	int err = rb_tls_files_copy(&daemon->config->secure.files, &files);

	if (!err)
		err = rb_tls_files_take(&files, fd);
	if (err)
		rb_log_error("TLS: the key and certificate that are in force stay (%s)",
			     strerror(-err));
	else
		rb_server_renew_tls(daemon->server, daemon->config, &files);
	rb_tls_files_free(&files);
	close(fd);
}

/* A part of the server's life. */
struct phase {
	bool (*is_over)(const struct rb_daemon *daemon);
	void (*tick)(struct rb_daemon *daemon); /* NULL: nothing to do */
	int look_ms;                            /* how often to look; -1: only after events */
};

static bool is_to_take_over(const struct rb_daemon *daemon)
{
	return daemon->parent.wants_take_over;
}

static bool is_to_retire(const struct rb_daemon *daemon)
{
	return daemon->parent.wants_retire || daemon->parent.wants_finish;
}

static bool is_swept(const struct rb_daemon *daemon)
{
	return !rb_sweeper_is_busy(daemon->sweeper);
}

static bool is_swept_or_to_retire(const struct rb_daemon *daemon)
{
	return is_swept(daemon) || is_to_retire(daemon);
}

static const struct phase prepared = {is_to_take_over, NULL, -1};
static const struct phase starting = {is_swept_or_to_retire, serving_tick, 5};
static const struct phase serving = {is_to_retire, serving_tick, -1};
static const struct phase leaving = {is_swept, serving_tick, 5};
static const struct phase retired = {rb_parts_are_idle, retired_tick, 20};

/* Run a phase until it is over, or the keeper tells us to stop. */
static int pass(struct rb_daemon *daemon, int timer_fd, const struct phase *phase)
{
	/* Queries, and what the keeper gives: keys, policies, zones. */
	bool accepts = phase == &starting || phase == &serving;
	struct rb_refreshes *refreshes = accepts || phase == &leaving ? daemon->shared.refreshes
								      : NULL;
	const struct rb_refreshes_reader reader = {ask_refresh, log_reply, daemon};
	struct pollfd fds[] = {
		{.fd = daemon->parent.fd, .events = POLLIN},
		{.fd = timer_fd, .events = POLLIN},
		{.fd = refreshes ? rb_refreshes_fd(refreshes) : -1, .events = POLLIN},
		{.fd = rb_resolvers_fd(daemon->resolvers, daemon->workers), .events = POLLIN},
		{.events = POLLIN},
		{.fd = rb_resolvers_watch_fd(daemon->resolvers), .events = POLLIN}};
	uint64_t ticks;

	while (!daemon->parent.wants_stop && !phase->is_over(daemon)) {
		rb_parts_take_rings(daemon);
		fds[4].fd = rb_control_fd(daemon->controls);
		if (poll(fds, ARRAY_SIZE(fds), phase->look_ms) < 0) {
			/* revents are those of an earlier round then. */
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (fds[1].revents && read(timer_fd, &ticks, sizeof(ticks)) > 0 && phase->tick)
			phase->tick(daemon);
		if (fds[2].revents)
			rb_refreshes_read(refreshes, &reader);
		if (fds[3].revents)
			collect(daemon);
		if (fds[4].revents)
			rb_control_serve(daemon->controls);
		if (fds[5].revents)
			rb_resolvers_watch(daemon->resolvers);
		if (fds[0].revents)
			rb_parent_listen(&daemon->parent);
		if (accepts)
			rb_daemon_zones_serve(daemon);
		if (accepts && daemon->parent.keys_fd >= 0)
			take_keys(daemon);
		/* One for whose sweep there is no room waits for the next tick. */
		if (accepts && daemon->parent.policy_fd >= 0 &&
		    rb_sweeper_has_room(daemon->sweeper))
			rb_daemon_policy_take(daemon);
	}
	return 0;
}

int rb_run_ask_reload(void *daemon, bool keeps, int client_fd)
{
	return rb_parent_ask_reload(&((struct rb_daemon *)daemon)->parent,
				    keeps ? RB_RELOAD_FILES : RB_RELOAD_OPERATOR, client_fd);
}

int rb_run_ask_option(void *daemon, unsigned int number, const char *value, int client_fd)
{
	return rb_parent_ask_option(&((struct rb_daemon *)daemon)->parent, number, value,
				    client_fd);
}

void rb_run_stop(void *daemon)
{
	rb_parent_say(&((struct rb_daemon *)daemon)->parent, RB_SAYS_STOP);
}

/* Before anything from outside is read. libc reads the time zone here, as long as it may. */
static int confine(struct rb_daemon *daemon)
{
	int err = rb_privileges_end(&daemon->user);

	if (err)
		return err;
	tzset();
	rb_log_sink_set_opener(&daemon->opener.opener);
	err = rb_process_settle(RB_SERVER_NAME, daemon->accounts.vitals->keeper);
	if (!err)
		err = rb_server_allowed_enter(daemon->config->use_syslog);
	if (err)
		rb_log_error("rb-server cannot be confined (%s)", strerror(-err));
	return err;
}

/* All threads have been started. */
static int end_threads(void)
{
	int err = rb_server_allowed_end_threads();

	if (err)
		rb_log_error("rb-server cannot be confined (%s)", strerror(-err));
	return err;
}

/* The keeper sends the client that asked for the reload what was logged so far. */
static void said_end(struct rb_daemon *daemon)
{
	rb_log_copy_to(NULL);
	if (daemon->said)
		fclose(daemon->said);
	daemon->said = NULL;
}

/* Until another server serves, and pending queries are answered here. */
static int retire(struct rb_daemon *daemon, int timer_fd)
{
	int err;

	rb_parts_retire(daemon);
	rb_parent_say(&daemon->parent, RB_SAYS_RETIRED);
	err = pass(daemon, timer_fd, &retired);
	rb_log_info("rb-server %d ends: another one has taken over", (int)getpid());
	return err;
}

/* The daemon ends: answer the pending queries before, unless the keeper ends the wait. */
static int finish(struct rb_daemon *daemon, int timer_fd)
{
	rb_parts_finish(daemon);
	return pass(daemon, timer_fd, &retired);
}

static int serve(struct rb_daemon *daemon, int timer_fd)
{
	int err = rb_parts_take_over(daemon);

	if (!err)
		err = end_threads();
	/* A client that is told of the reload may send a query at once. */
	if (!err)
		err = pass(daemon, timer_fd, &starting);
	if (err || daemon->parent.wants_stop)
		return err;
	/* The server is ready only when the keeper has handled all earlier notes. */
	(void)rb_parent_ask(&daemon->parent, RB_SAYS_READY);
	rb_daemon_policy_tell(daemon);
	rb_log_notice("runbound %s serves", RB_VERSION);
	err = pass(daemon, timer_fd, &serving);
	if (err || daemon->parent.wants_stop)
		return err;
	rb_sweeper_close(daemon->sweeper);
	err = pass(daemon, timer_fd, &leaving);
	if (err || daemon->parent.wants_stop)
		return err;
	return daemon->parent.wants_finish ? finish(daemon, timer_fd) : retire(daemon, timer_fd);
}

int rb_run(struct rb_daemon *daemon)
{
	_cleanup_close_ int timer_fd = -1;
	const struct rb_process_starter starter = rb_parent_starter(&daemon->parent);
	int err = rb_clock_ticks_open(WATCH_INTERVAL_S, &timer_fd);

	rb_process_set_starter(&starter);
	if (!err)
		err = rb_parts_prepare(daemon);
	if (!err)
		err = confine(daemon);
	said_end(daemon);
	if (!err) {
		rb_parent_say(&daemon->parent, RB_SAYS_PREPARED);
		err = pass(daemon, timer_fd, &prepared);
	}
	if (!err && daemon->parent.wants_take_over && !daemon->parent.wants_stop)
		err = serve(daemon, timer_fd);
	/* All other failures are logged where they happen. */
	if (err == -ENOMEM)
		rb_log_error("out of memory");
	else if (err == -EAGAIN)
		rb_log_error("a thread cannot be started: there is no memory for it, or a limit");
	rb_daemon_zones_end(daemon);
	rb_parts_stop(daemon);
	rb_log_sink_set_opener(NULL);
	rb_daemon_opener_end(&daemon->opener);
	rb_parent_close(&daemon->parent);
	return err;
}
