/* SPDX-License-Identifier: BSD-2-Clause */
/* runbound: options, wiring of the parts, signals. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <poll.h>
#include <systemd/sd-daemon.h>

#include "config/config.h"
#include "config/fingerprint.h"
#include "control/checkup.h"
#include "control/control.h"
#include "datapath/xdp.h"
#include "policy/acl.h"
#include "resolve/resolver.h"
#include "serve/server.h"
#include "table/table.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define WATCH_INTERVAL_S 1

enum verb {
	VERB_SERVE,
	VERB_CHECK,  /* --check-config */
	VERB_DETACH, /* --detach */
};

struct options {
	const char *file;
	enum verb verb;
	bool no_xdp;
};

/* Everything that runs, in the order in which it is started; stopped the other way round. */
struct daemon {
	struct rb_config *config;
	struct rb_acl *acl;
	struct rb_table *table;
	struct rb_resolvers *resolvers;
	struct rb_server *server;
	struct rb_xdp *xdp; /* NULL: sockets only */
	struct rb_controls *controls;
};

static const char usage_text[] =
	"Usage: runbound [OPTION]... FILE\n"
	"DNS resolver that answers what it knows in the kernel. FILE is an unbound.conf.\n"
	"\n"
	"  -c, --config FILE   the configuration, as the argument\n"
	"      --check-config  say what is wrong with FILE and with this machine, and exit\n"
	"      --no-xdp        serve by sockets alone, whatever the configuration says\n"
	"      --detach        remove program and table that a killed runbound left; FILE optional\n"
	"  -d, -p              taken as from unbound, without effect\n"
	"  -v                  more verbose, once more for each\n"
	"  -V, --version       print the version\n"
	"  -h, --help          print this\n";

static void log_messages(const struct rb_config *config)
{
	for (size_t i = 0; i < config->message_count; i++)
		rb_log(config->messages[i].kind == RB_MESSAGE_ERROR ? RB_LOG_ERROR : RB_LOG_WARN,
		       "%s", config->messages[i].text);
}

/* Unbound's verbosity: 0 errors, 1 operation, 2 detail, 3 and more queries and algorithms. */
static enum rb_log_level level_of(unsigned int verbosity)
{
	switch (verbosity) {
	case 0:
		return RB_LOG_WARN;
	case 1:
		return RB_LOG_NOTICE;
	case 2:
	case 3:
		return RB_LOG_INFO;
	default:
		return RB_LOG_DEBUG;
	}
}

static int config_read(const char *file, struct rb_config **ret_config)
{
	_cleanup_(rb_config_freep) struct rb_config *config = NULL;
	int err = rb_config_read(file, &config);

	if (config)
		log_messages(config);
	if (err == -EINVAL)
		rb_log_error("%s: not used, because of the errors above", file);
	else if (err)
		rb_log_error("%s: %s", file, strerror(-err));
	else
		*ret_config = TAKE_PTR(config);
	return err;
}

/* A socket, an event and a timer for each of many upstream queries. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int table_open_pinned(struct daemon *daemon)
{
	const struct rb_config *config = daemon->config;
	int err = rb_table_open(config->pin_dir, RB_TABLE_WRITE, config->hot_cache_bytes,
				&daemon->table);

	if (err != -ENOTSUP || rb_table_mount_bpffs())
		return err;
	rb_log_notice("mounted a bpffs at /sys/fs/bpf");
	return rb_table_open(config->pin_dir, RB_TABLE_WRITE, config->hot_cache_bytes,
			     &daemon->table);
}

/* The table in BPF maps, or in plain memory, where a worker answers from it instead of the kernel.
 */
static int table_open(struct daemon *daemon)
{
	const struct rb_config *config = daemon->config;
	int err;

	if (config->xdp) {
		err = table_open_pinned(daemon);
		if (!err)
			return 0;
		if (err == -EBUSY) {
			rb_log_error("%s: in use by another runbound; give this one a 'pin-dir:' "
				     "of its own",
				     config->pin_dir);
			return err;
		}
		rb_log_warn("the kernel will not answer: no table in %s (%s). Needed: %s",
			    config->pin_dir, strerror(-err),
			    err == -EPERM || err == -EACCES
				    ? "CAP_BPF, and leave to write there (start as root)"
			    : err == -ENOTSUP ? "mount -t bpf bpf /sys/fs/bpf"
					      : "see the error");
	}
	return rb_table_open(NULL, RB_TABLE_WRITE, config->hot_cache_bytes, &daemon->table);
}

/* Records of another configuration may be answers that this one would not give. */
static void table_take_over(struct daemon *daemon)
{
	const struct rb_config *config = daemon->config;
	struct rb_table *table = daemon->table;
	uint32_t fingerprint = rb_config_fingerprint(config);
	struct rb_table_usage usage;

	if (table->adopted) {
		rb_table_usage(table, &usage);
		rb_log_notice("adopted the table in %s with %llu records%s",
			      daemon->config->pin_dir,
			      (unsigned long long)(usage.used[RB_SMALL] + usage.used[RB_MEDIUM] +
						   usage.used[RB_LARGE]),
			      table->control->config == fingerprint
				      ? ""
				      : ", which are void: the configuration has changed");
		if (table->control->config != fingerprint)
			rb_table_bump_epoch(table);
	}
	table->control->config = fingerprint;
	if (config->serve_expired)
		table->stale_ns = config->serve_expired_ttl_s
					  ? config->serve_expired_ttl_s * RB_NS_PER_S
					  : UINT64_MAX;
}

static int xdp_start(struct daemon *daemon)
{
	int err;

	if (!daemon->table->in_kernel)
		return 0;
	err = rb_xdp_open(daemon->config, daemon->table, daemon->acl, daemon->config->num_threads,
			  &daemon->xdp);
	if (err)
		rb_log_warn("XDP cannot be used (%s): serving by sockets alone", strerror(-err));
	return 0;
}

static int daemon_start(struct daemon *daemon)
{
	const struct rb_config *config = daemon->config;
	unsigned int workers = config->num_threads;
	int err;

	raise_file_limit();
	err = rb_acl_new(config->acl, config->acl_count, &daemon->acl);
	if (!err)
		err = table_open(daemon);
	if (err)
		return err;
	table_take_over(daemon);
	/* One more: main itself hands on the refreshes that the kernel asks for. */
	err = rb_resolvers_start(config, daemon->table, workers + 1, &daemon->resolvers);
	if (!err)
		err = rb_server_open(config, daemon->table, daemon->acl, daemon->resolvers, workers,
				     &daemon->server);
	if (!err)
		err = xdp_start(daemon);
	if (!err)
		err = rb_server_start(daemon->server, daemon->xdp);
	if (!err && daemon->xdp)
		err = rb_xdp_attach(daemon->xdp);
	return err;
}

static void control_start(struct daemon *daemon)
{
	const struct rb_control_view view = {
		.config = daemon->config,
		.table = daemon->table,
		.server = daemon->server,
		.resolvers = daemon->resolvers,
		.xdp = daemon->xdp,
		.started_ns = rb_clock_ns(),
	};

	daemon->controls = rb_control_open(&view);
}

/* The kernel stops answering first, so that nothing is answered that could not be refreshed. */
static void daemon_stop(struct daemon *daemon)
{
	rb_control_close(daemon->controls);
	if (daemon->xdp)
		rb_xdp_detach(daemon->xdp);
	if (daemon->server)
		rb_server_stop(daemon->server);
	if (daemon->resolvers)
		rb_resolvers_stop(daemon->resolvers);
	if (daemon->server)
		rb_server_free(daemon->server);
	if (daemon->xdp)
		rb_xdp_close(daemon->xdp);
	if (daemon->table && daemon->table->in_kernel)
		rb_table_unpin(daemon->config->pin_dir);
	rb_table_close(daemon->table);
	rb_acl_free(daemon->acl);
}

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
	fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static int timer_open(int *ret_fd)
{
	const struct itimerspec every = {.it_interval.tv_sec = WATCH_INTERVAL_S,
					 .it_value.tv_sec = WATCH_INTERVAL_S};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (timerfd_settime(fd, 0, &every, NULL)) {
		close(fd);
		return -errno;
	}
	*ret_fd = fd;
	return 0;
}

static void ask_refresh(struct rb_table_place place, void *context)
{
	const struct daemon *daemon = context;

	rb_resolvers_refresh(daemon->resolvers, daemon->config->num_threads, place);
}

/* The refreshes that main asked for: they have no job, so that there is nothing to be had. */
static void collect_refreshes(const struct daemon *daemon)
{
	unsigned int self = daemon->config->num_threads;

	rb_resolvers_drain(daemon->resolvers, self);
	while (rb_resolvers_collect(daemon->resolvers, self))
		;
}

/* Until a signal says stop. */
static int daemon_run(struct daemon *daemon, int signals_fd, int timer_fd)
{
	struct pollfd fds[] = {
		{.fd = signals_fd, .events = POLLIN},
		{.fd = timer_fd, .events = POLLIN},
		{.fd = daemon->xdp ? rb_xdp_refresh_fd(daemon->xdp) : -1, .events = POLLIN},
		{.fd = rb_resolvers_fd(daemon->resolvers, daemon->config->num_threads),
		 .events = POLLIN},
		{.fd = rb_control_fd(daemon->controls), .events = POLLIN}};
	struct signalfd_siginfo signal;
	uint64_t ticks;

	for (;;) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			return -errno;
		if (fds[1].revents && read(timer_fd, &ticks, sizeof(ticks)) > 0) {
			sd_notify(0, "WATCHDOG=1");
			if (daemon->xdp)
				rb_xdp_watch(daemon->xdp);
		}
		if (fds[2].revents)
			rb_xdp_refreshes(daemon->xdp, ask_refresh, daemon);
		if (fds[3].revents)
			collect_refreshes(daemon);
		if (fds[4].revents)
			rb_control_serve(daemon->controls);
		if (!fds[0].revents || read(signals_fd, &signal, sizeof(signal)) < 0)
			continue;
		if (signal.ssi_signo == SIGHUP) {
			rb_log_notice("SIGHUP: a changed file is read at a restart; the table and "
				      "what the kernel answers survive that if runbound is killed");
			continue;
		}
		rb_log_notice("stopping: %s", strsignal((int)signal.ssi_signo));
		return 0;
	}
}

static int serve(struct rb_config *config)
{
	_cleanup_close_ int signals_fd = -1, timer_fd = -1;
	struct daemon daemon = {.config = config};
	int err = signals_open(&signals_fd);

	if (!err)
		err = timer_open(&timer_fd);
	if (!err)
		err = daemon_start(&daemon);
	if (!err) {
		control_start(&daemon);
		rb_log_notice("runbound %s serves", RB_VERSION);
		sd_notify(0, "READY=1");
		err = daemon_run(&daemon, signals_fd, timer_fd);
		sd_notify(0, "STOPPING=1");
	}
	daemon_stop(&daemon);
	return err;
}

static int detach(const struct options *options)
{
	_cleanup_(rb_config_freep) struct rb_config *config = NULL;
	const char *pin_dir = RB_PIN_DIR;
	int links;

	if (options->file) {
		if (config_read(options->file, &config))
			return EXIT_FAILURE;
		pin_dir = config->pin_dir;
	}
	links = rb_xdp_detach_pinned(pin_dir);
	if (links < 0) {
		rb_log_error("%s: %s", pin_dir, strerror(-links));
		return EXIT_FAILURE;
	}
	printf("%s: detached %d program%s, removed the table\n", pin_dir, links,
	       links == 1 ? "" : "s");
	return EXIT_SUCCESS;
}

/* -1: go on; else the exit code. */
static int options_parse(int argc, char **argv, struct options *options, unsigned int *verbose)
{
	enum { OPT_CHECK = 256, OPT_NO_XDP, OPT_DETACH };
	static const struct option longs[] = {
		{"config", required_argument, NULL, 'c'},
		{"check-config", no_argument, NULL, OPT_CHECK},
		{"no-xdp", no_argument, NULL, OPT_NO_XDP},
		{"detach", no_argument, NULL, OPT_DETACH},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{},
	};
	int option;

	while ((option = getopt_long(argc, argv, "c:dpvVh", longs, NULL)) != -1) {
		switch (option) {
		case 'c':
			options->file = optarg;
			break;
		case OPT_CHECK:
			options->verb = VERB_CHECK;
			break;
		case OPT_NO_XDP:
			options->no_xdp = true;
			break;
		case OPT_DETACH:
			options->verb = VERB_DETACH;
			break;
		case 'd':
		case 'p':
			break;
		case 'v':
			(*verbose)++;
			break;
		case 'V':
			puts("runbound " RB_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			fputs(usage_text, stdout);
			return EXIT_SUCCESS;
		default:
			fputs(usage_text, stderr);
			return EXIT_FAILURE;
		}
	}
	if (optind < argc)
		options->file = argv[optind++];
	if (optind < argc || (!options->file && options->verb != VERB_DETACH)) {
		fputs(usage_text, stderr);
		return EXIT_FAILURE;
	}
	return -1;
}

int main(int argc, char **argv)
{
	_cleanup_(rb_config_freep) struct rb_config *config = NULL;
	struct options options = {};
	unsigned int verbose = 0;
	int exit_code = options_parse(argc, argv, &options, &verbose);

	if (exit_code >= 0)
		return exit_code;
	if (options.verb == VERB_DETACH)
		return detach(&options);
	if (config_read(options.file, &config))
		return EXIT_FAILURE;
	if (options.no_xdp)
		config->xdp = false;
	if (options.verb == VERB_CHECK) {
		printf("%s: no errors\n", options.file);
		return rb_checkup(config, stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	rb_log_set_level(level_of(config->verbosity + verbose));
	return serve(config) ? EXIT_FAILURE : EXIT_SUCCESS;
}
