/* SPDX-License-Identifier: BSD-2-Clause */
/* The keeper's start, its loop and its end. */
#include "daemon/keeper.h"

#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "daemon/hot_table.h"
#include "daemon/pidfile.h"
#include "daemon/privileges.h"
#include "datapath/detach.h"
#include "datapath/sockets.h"
#include "serve/inherited.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

/* The descriptors to poll; three for each server. */
enum {
	SIGNALS,
	TIMER,
	FEEDS,
	SERVERS = FEEDS + 2,
	FDS = SERVERS + 3 * RB_SERVERS_MAX,
};

#define TICK_S         1
#define START_PATIENCE "600000000" /* us: large lists take long to read */

/* Signals are blocked here and in all our children; only the keeper reads them, by descriptor. */
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

static void on_signal(struct rb_keeper *keeper)
{
	struct signalfd_siginfo signal;

	if (read(keeper->signals_fd, &signal, sizeof(signal)) < 0)
		return;
	if (signal.ssi_signo == SIGHUP) {
		rb_keeper_want_reload(keeper, RB_RELOAD_OPERATOR, -1);
		return;
	}
	rb_log_notice("stopping: %s", strsignal((int)signal.ssi_signo));
	sd_notify(0, "STOPPING=1");
	rb_keeper_stop(keeper);
}

/* How long until the next server is started; -1: there is a server. */
static int start_ms(const struct rb_keeper *keeper)
{
	uint64_t now_ns = rb_clock_ns();

	if (keeper->state != RB_KEEPER_DOWN)
		return -1;
	return keeper->start_ns > now_ns ? (int)((keeper->start_ns - now_ns) / RB_NS_PER_MS) + 1
					 : 0;
}

/* How long to wait for events; -1: for ever. */
static int patience_ms(const struct rb_keeper *keeper)
{
	int start = start_ms(keeper), xdp = keeper->xdp ? rb_xdp_patience_ms(keeper->xdp) : -1;

	return start < 0 || (xdp >= 0 && xdp < start) ? xdp : start;
}

static void on_tick(struct rb_keeper *keeper)
{
	sd_notify(0, "WATCHDOG=1");
	rb_log_tell_repeats();
	rb_keeper_look(keeper);
	rb_keeper_tick_feeds(keeper);
	rb_keeper_look_at_keys(keeper);
	if (keeper->xdp)
		rb_xdp_watch(keeper->xdp);
}

/* Start what is due. In a child, the server's life follows. */
static int start_what_is_due(struct rb_keeper *keeper, bool *ret_is_child)
{
	int err = rb_keeper_begin_reload(keeper, ret_is_child);

	if (*ret_is_child || err || keeper->state != RB_KEEPER_DOWN || start_ms(keeper))
		return err;
	err = rb_keeper_start(keeper, ret_is_child);
	if (*ret_is_child || !keeper->was_ready)
		return err;
	if (err)
		keeper->start_ns = rb_clock_ns() + RB_NS_PER_S;
	return 0;
}

/* By the order of the servers: what each says, what it asks for, and its end. */
static void fds_fill(const struct rb_keeper *keeper, struct pollfd *fds)
{
	for (size_t i = 0; i < RB_SERVERS_MAX; i++) {
		const struct rb_keeper_server *server = &keeper->servers[i];
		bool is_there = server->state != RB_SERVER_NONE;

		for (size_t part = 0; part < 3; part++)
			fds[3 * i + part] = (struct pollfd){.fd = -1, .events = POLLIN};
		if (!is_there)
			continue;
		if (!server->is_deaf)
			fds[3 * i].fd = rb_process_control_fd(server->child);
		fds[3 * i + 1].fd = server->door_fd;
		fds[3 * i + 2].fd = rb_process_end_fd(server->child);
	}
}

static void fds_serve(struct rb_keeper *keeper, const struct pollfd *fds)
{
	for (size_t i = 0; i < RB_SERVERS_MAX; i++) {
		if (fds[3 * i].revents)
			rb_keeper_hear(keeper, &keeper->servers[i]);
		if (fds[3 * i + 1].revents)
			rb_keeper_hear_at_door(keeper, &keeper->servers[i]);
	}
	for (size_t i = 0; i < RB_SERVERS_MAX; i++)
		if (fds[3 * i + 2].revents)
			rb_keeper_server_ended(keeper, &keeper->servers[i]);
}

/* In the keeper: run until all servers have ended. In a child: the server's life. */
static int keeper_run(struct rb_keeper *keeper)
{
	struct pollfd fds[FDS] = {
		[SIGNALS] = {.fd = keeper->signals_fd, .events = POLLIN},
		[TIMER] = {.fd = keeper->timer_fd, .events = POLLIN},
		[FEEDS] = {.events = POLLIN},
		[FEEDS + 1] = {.events = POLLIN},
	};
	bool is_child = false;
	uint64_t ticks;
	int err;

	keeper->state = RB_KEEPER_DOWN;
	while (keeper->state != RB_KEEPER_ENDED) {
		err = start_what_is_due(keeper, &is_child);
		if (is_child || err)
			return err;
		rb_keeper_feed_fds(keeper, &fds[FEEDS]);
		fds_fill(keeper, &fds[SERVERS]);
		if (poll(fds, ARRAY_SIZE(fds), patience_ms(keeper)) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (fds[TIMER].revents && read(keeper->timer_fd, &ticks, sizeof(ticks)) > 0)
			on_tick(keeper);
		if (fds[FEEDS].revents || fds[FEEDS + 1].revents)
			rb_keeper_serve_feeds(keeper);
		fds_serve(keeper, &fds[SERVERS]);
		if (fds[SIGNALS].revents)
			on_signal(keeper);
		if (keeper->xdp)
			rb_xdp_go_on(keeper->xdp);
	}
	return keeper->result;
}

/* Log libevent's messages like all others. */
static void on_libevent_log(int severity, const char *note)
{
	rb_log(severity == EVENT_LOG_ERR    ? RB_LOG_ERROR
	       : severity == EVENT_LOG_WARN ? RB_LOG_WARN
					    : RB_LOG_DEBUG,
	       "libevent: %s", note);
}

/* Sockets that systemd has kept for us are not opened again; it also keeps those that we open. */
static int addresses_open(struct rb_keeper *keeper, struct rb_inherited *inherited)
{
	const struct rb_config *config = keeper->config;
	int err = rb_addresses_open_any(config, keeper->workers, inherited, &keeper->addresses);

	rb_addresses_keep(&keeper->addresses, config, keeper->workers);
	return err;
}

/* Ports, directories and keys may be accessible only to root: all later steps have another user. */
static int open_as_root(struct rb_keeper *keeper, struct rb_inherited *inherited)
{
	const struct rb_config *config = keeper->config;
	int err = rb_control_sockets_open_remote(config, inherited, &keeper->control);

	if (err)
		return err;
	rb_pidfile_write(config->pidfile, config->username);
	return rb_privileges_become(config);
}

/*
 * Open what servers inherit. The table comes first: a predecessor that is about to end holds the
 * addresses, too, until it has ended.
 */
static int open_for_servers(struct rb_keeper *keeper, struct rb_inherited *inherited)
{
	const struct rb_config *config = keeper->config;
	int err = rb_keeper_find_users(keeper);

	if (err)
		return err;
	keeper->workers = rb_sockets_workers(config);
	if (!config->num_threads_set)
		rb_log_notice(
			"%u worker thread%s, by receive queues and CPUs; num-threads: would say "
			"otherwise",
			keeper->workers, keeper->workers == 1 ? "" : "s");
	err = rb_accounts_open(&keeper->accounts, keeper->workers);
	if (!err)
		err = rb_hot_table_open(config, &keeper->table);
	if (!err)
		err = addresses_open(keeper, inherited);
	if (!err)
		rb_control_sockets_open_own(config, inherited, keeper->control);
	rb_keeper_watch_keys(keeper);
	return err;
}

static int keeper_open(struct rb_keeper *keeper)
{
	struct rb_inherited inherited;
	int err;

	rb_inherited_begin(&inherited);
	err = open_as_root(keeper, &inherited);
	if (!err)
		err = open_for_servers(keeper, &inherited);
	if (err)
		rb_inherited_close(&inherited);
	else
		rb_inherited_end(&inherited);
	if (!err)
		err = rb_keeper_xdp_open(keeper);
	/* Meanwhile programs are loaded. */
	return err ?: rb_table_map(keeper->table);
}

/* Close and free what is left; in a child, what it has not taken. */
static void keeper_close(struct rb_keeper *keeper)
{
	rb_closep(&keeper->signals_fd);
	rb_closep(&keeper->timer_fd);
	rb_feeds_free(TAKE_PTR(keeper->feeds));
	rb_keeper_end_compiler(keeper);
	for (size_t i = 0; i < RB_SERVERS_MAX; i++) {
		rb_process_free(keeper->servers[i].child);
		rb_keeper_end_resolvers(&keeper->servers[i]);
	}
	rb_process_free(keeper->loader);
	rb_keeper_xdp_discard(keeper);
	rb_xdp_close(keeper->xdp);
	rb_keeper_drop_reload(keeper);
	rb_tls_watch_end(&keeper->keys);
	rb_policy_file_forget(&keeper->policy);
	rb_addresses_close(&keeper->addresses, keeper->workers);
	rb_control_sockets_close(keeper->control);
	rb_table_close(keeper->table);
	rb_config_free(keeper->config);
	rb_accounts_close(&keeper->accounts);
}

int rb_daemon_serve(const struct rb_daemon_opts *opts, struct rb_config *config)
{
	struct rb_keeper keeper = {
		.opts = opts, .config = config, .signals_fd = -1, .timer_fd = -1};
	_cleanup_free_ char *pidfile = config->pidfile ? strdup(config->pidfile) : NULL;
	pid_t self = getpid();
	int err;

	rb_daemon_log_open(config);
	rb_log_set_verbosity(config->verbosity + opts->verbose);
	event_set_log_callback(on_libevent_log);
	sd_notify(0, "EXTEND_TIMEOUT_USEC=" START_PATIENCE);
	err = signals_open(&keeper.signals_fd);
	if (!err)
		err = rb_clock_ticks_open(TICK_S, &keeper.timer_fd);
	if (!err)
		err = keeper_open(&keeper);
	if (!err)
		err = keeper_run(&keeper);
	else if (err == -ENOMEM)
		rb_log_error("out of memory");
	/* A new table is of no use if no server ever served from it. */
	if (err && keeper.table && keeper.table->in_kernel && !keeper.table->adopted)
		rb_xdp_detach_pinned(keeper.config->pin_dir);
	keeper_close(&keeper);
	/* A server that ends comes here, too. */
	if (getpid() == self)
		rb_pidfile_remove(pidfile);
	return err;
}
