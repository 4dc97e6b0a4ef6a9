/* SPDX-License-Identifier: BSD-2-Clause */
/* The main thread's loop: signals, the watch on interfaces, refreshes, control. */
#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <systemd/sd-daemon.h>

#include "daemon/daemon.h"
#include "daemon/parts.h"
#include "daemon/privileges.h"
#include "daemon/reload.h"
#include "serve/query_log.h"
#include "util/cleanup.h"
#include "util/log.h"

#define WATCH_INTERVAL_S 1
#define START_PATIENCE   "600000000" /* us: large lists take long to read */

/* Blocked in every thread, so before any is started: they come by descriptor. */
static int signals_open(int *ret_fd)
{
	sigset_t signals;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, NULL))
		return -errno;
	fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static int timer_open(int *ret_fd)
{
	const struct itimerspec every = {.it_interval.tv_sec = WATCH_INTERVAL_S,
					 .it_value.tv_sec = WATCH_INTERVAL_S};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (timerfd_settime(fd, 0, &every, NULL)) {
		close(fd);
		return -errno;
	}
	*ret_fd = fd;
	return 0;
}

static void ask_refresh(struct rb_table_ref ref, void *context)
{
	const struct rb_daemon *daemon = context;

	rb_resolvers_refresh(daemon->resolvers, daemon->workers, ref);
}

/* The refreshes that main asked for: they have no job, so that there is nothing to be had. */
static void collect_refreshes(const struct rb_daemon *daemon)
{
	unsigned int self = daemon->workers;

	rb_resolvers_drain(daemon->resolvers, self);
	while (rb_resolvers_collect(daemon->resolvers, self))
		;
}

/* Until a signal says stop. */
static int daemon_run(struct rb_daemon *daemon, int signals_fd, int timer_fd)
{
	struct pollfd fds[] = {{.fd = signals_fd, .events = POLLIN},
			       {.fd = timer_fd, .events = POLLIN},
			       {.events = POLLIN},
			       {.fd = rb_resolvers_fd(daemon->resolvers, daemon->workers),
				.events = POLLIN},
			       {.fd = rb_control_fd(daemon->controls), .events = POLLIN},
			       {.fd = rb_resolvers_watch_fd(daemon->resolvers), .events = POLLIN}};
	struct signalfd_siginfo signal;
	uint64_t ticks;

	for (;;) {
		/* A reload may bring what asks for refreshes. */
		fds[2].fd = daemon->xdp ? rb_xdp_refresh_fd(daemon->xdp) : -1;
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
			/* revents are those of an earlier round then. */
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (fds[1].revents && read(timer_fd, &ticks, sizeof(ticks)) > 0) {
			sd_notify(0, "WATCHDOG=1");
			rb_reload_reap(daemon);
			rb_control_tick(daemon->controls);
			rb_log_tell_repeats();
			rb_query_log_tell();
			rb_parts_follow_wall(daemon);
			rb_server_renew_tls(daemon->server, daemon->config);
			if (daemon->xdp)
				rb_xdp_watch(daemon->xdp);
		}
		if (fds[2].revents)
			rb_xdp_refreshes(daemon->xdp, ask_refresh, daemon);
		if (fds[3].revents)
			collect_refreshes(daemon);
		if (fds[4].revents)
			rb_control_serve(daemon->controls);
		if (fds[5].revents)
			rb_resolvers_watch(daemon->resolvers);
		if (!fds[0].revents || read(signals_fd, &signal, sizeof(signal)) < 0)
			continue;
		if (signal.ssi_signo == SIGHUP) {
			rb_reload(daemon);
			continue;
		}
		rb_log_notice("stopping: %s", strsignal((int)signal.ssi_signo));
		return 0;
	}
}

/* What libevent complains of, in the log as all else. */
static void on_libevent_log(int severity, const char *message)
{
	rb_log(severity == EVENT_LOG_ERR    ? RB_LOG_ERROR
	       : severity == EVENT_LOG_WARN ? RB_LOG_WARN
					    : RB_LOG_DEBUG,
	       "libevent: %s", message);
}

int rb_daemon_serve(const struct rb_daemon_opts *opts, struct rb_config *config)
{
	_cleanup_close_ int signals_fd = -1, timer_fd = -1;
	struct rb_daemon daemon = {.opts = opts, .config = config};
	enum rb_parts_end end = RB_END_FAILED;
	int err;

	rb_daemon_log_open(config);
	rb_log_set_verbosity(config->verbosity + opts->verbose);
	event_set_log_callback(on_libevent_log);
	err = signals_open(&signals_fd);
	if (!err)
		err = timer_open(&timer_fd);
	if (!err)
		err = rb_remote_open(config, &daemon.remote);
	if (!err)
		err = rb_privileges_become(config);
	if (!err) {
		sd_notify(0, "EXTEND_TIMEOUT_USEC=" START_PATIENCE);
		err = rb_parts_start(&daemon);
	}
	if (!err) {
		rb_parts_start_controls(&daemon);
		rb_privileges_settle();
		rb_log_notice("runbound %s serves", RB_VERSION);
		sd_notify(0, "READY=1");
		err = daemon_run(&daemon, signals_fd, timer_fd);
		sd_notify(0, "STOPPING=1");
		end = RB_END_ASKED;
	}
	/* Whatever else fails says so where it does. */
	if (err == -ENOMEM)
		rb_log_error("out of memory");
	rb_parts_stop(&daemon, end);
	return err;
}
