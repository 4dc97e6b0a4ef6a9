/* SPDX-License-Identifier: BSD-2-Clause */
/* A resolver process: its start, its loop. */
#include "resolve/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeper/process.h"
#include "keeper/sandbox.h"
#include "resolve/allowed.h"
#include "resolve/asker.h"
#include "resolve/context.h"
#include "resolve/finder.h"
#include "resolve/seen.h"
#include "upstream/text.h"
#include "util/cleanup.h"
#include "util/log.h"
#include "util/privileges.h"

#define TURN_REQUESTS 64 /* from each worker between two looks at the network */
#define ROUNDS        16 /* of the loop between two looks at the memory */
#define ROOM_BYTES    (8 << 20)
#define BEAT_US       250000
#define LATE_US       2000

struct process {
	struct rb_exchange *exchange;
	struct event_base *base;
	struct event *questions, *control, *beat;
	struct rb_asker asker;
	FILE *log;
	const struct rb_upstream_plan *upstreams; /* NULL: no upstream servers with TLS */
	struct rb_upstream_relay *relay;
	struct rb_finder finder;     /* of hosts that the relay asks */
	int config_fd, config_cd_fd; /* texts for libunbound */
	unsigned int rounds;         /* of the loop */
	unsigned int verbosity;      /* libunbound's, once it was told */
	bool is_verbosity_told;
	bool stop;
};

bool rb_resolver_is(int argc, char *const *argv)
{
	return rb_process_is(argc, argv, RB_RESOLVER_NAME);
}

static int exchange_map(struct rb_exchange **ret_exchange)
{
	int fd = RB_PROCESS_FD(RB_FD_MEMORY);
	struct rb_exchange *exchange;
	struct stat stat;

	if (fstat(fd, &stat))
		return -errno;
	exchange = mmap(NULL, (size_t)stat.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (exchange == MAP_FAILED)
		return -errno;
	*ret_exchange = exchange;
	return 0;
}

/* Each of many pending questions needs a socket. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void on_questions(evutil_socket_t fd, short what, void *arg)
{
	eventfd_t count;

	(void)what;
	(void)arg;
	eventfd_read(fd, &count);
}

/* The parent never writes here: so it has closed its end. */
static void on_control(evutil_socket_t fd, short what, void *arg)
{
	struct process *process = arg;

	(void)fd;
	(void)what;
	process->stop = true;
}

static void on_beat(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

/*
 * libunbound removes a socket from the loop and adds it again with each message. With a changelist,
 * the kernel is only told the final changes before the loop waits.
 */
static struct event_base *base_new(void)
{
	struct event_config *settings = event_config_new();
	struct event_base *base = NULL;

	if (settings && !event_config_set_flag(settings, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST))
		base = event_base_new_with_config(settings);
	if (settings)
		event_config_free(settings);
	return base;
}

static int events_new(struct process *process)
{
	process->base = base_new();
	if (!process->base)
		return -ENOMEM;
	process->questions = event_new(process->base, RB_PROCESS_FD(RB_FD_QUESTIONS),
				       EV_READ | EV_PERSIST, on_questions, NULL);
	process->control =
		event_new(process->base, RB_PROCESS_CONTROL_FD, EV_READ, on_control, process);
	process->beat = evtimer_new(process->base, on_beat, NULL);
	if (!process->questions || !process->control || !process->beat ||
	    event_add(process->questions, NULL) || event_add(process->control, NULL))
		return -ENOMEM;
	return 0;
}

/* Queries over TLS go to a relay in this process, which the text names in place of the servers. */
static int upstreams_new(struct process *process)
{
	int err;

	process->config_fd = RB_PROCESS_FD(RB_FD_CONFIG);
	process->config_cd_fd = RB_PROCESS_FD(RB_FD_CONFIG_CD);
	if (!process->exchange->has_upstreams)
		return 0;
	err = rb_upstream_plan_map(RB_PROCESS_FD(RB_FD_UPSTREAMS), &process->upstreams);
	if (!err)
		err = rb_upstream_relay_new(process->base, process->upstreams,
					    &process->exchange->upstreams, &process->relay);
	if (!err)
		err = rb_upstream_text_new(process->config_fd, process->upstreams, process->relay,
					   &process->config_fd);
	if (!err)
		err = rb_upstream_text_new(process->config_cd_fd, process->upstreams,
					   process->relay, &process->config_cd_fd);
	return err;
}

static int contexts_new(struct process *process)
{
	char path[64];
	int err = 0;

	for (unsigned int i = 0; i < RB_CONTEXTS && !err; i++) {
		if (!(process->exchange->contexts >> i & 1))
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d",
			 i == RB_CONTEXT_CD ? process->config_cd_fd : process->config_fd);
		err = rb_context_new(process->base, path, process->log,
				     &process->asker.contexts[i]);
	}
	return err;
}

static int hosts_begin(struct process *process)
{
	int err;

	if (!process->upstreams || !rb_upstream_plan_has_hosts(process->upstreams))
		return 0;
	err = rb_finder_open(&process->finder, process->base, process->config_fd, process->log);
	if (!err)
		rb_upstream_relay_begin(process->relay, &process->finder.finder);
	return err;
}

/*
 * Without memory libunbound answers SERVFAIL, and would go on doing so. Another process with empty
 * caches does better.
 */
static bool has_memory(void)
{
	void *room = mmap(NULL, ROOM_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED)
		return false;
	munmap(room, ROOM_BYTES);
	return true;
}

/* Give up everything that is not needed after the configuration has been read, before the first
 * packet comes. */
static int lock_down(const struct process *process)
{
	uint64_t bytes = process->exchange->memory_bytes;
	int err;

	/* Memory that is in use by now does not count: the limit is for what the work needs. */
	if (!process->exchange->memory_is_total)
		bytes += rb_sandbox_memory_bytes();
	err = rb_sandbox_limit(bytes, 0);
	if (!err && !has_memory())
		err = -ENOMEM;
	if (err == -ENOMEM)
		rb_log_error("resolver-memory: libunbound needs more for its configuration alone");
	if (!err)
		err = rb_allowed_enter();
	if (err)
		rb_log_error("a resolver process cannot be confined (%s)", strerror(-err));
	return err;
}

/* It may change at any time. */
static unsigned int take_verbosity(const struct process *process)
{
	unsigned int verbosity =
		atomic_load_explicit(&process->exchange->verbosity, memory_order_relaxed);

	rb_log_set_verbosity(verbosity);
	return verbosity;
}

/* The same for libunbound, which has one for all contexts: at first that of the file. */
static void pass_verbosity(struct process *process)
{
	unsigned int verbosity = take_verbosity(process);

	if (process->is_verbosity_told && verbosity == process->verbosity)
		return;
	ub_ctx_debuglevel(process->asker.contexts[RB_CONTEXT_FIRST], (int)verbosity);
	process->verbosity = verbosity;
	process->is_verbosity_told = true;
}

static int start(struct process *process)
{
	int err = exchange_map(&process->exchange);

	if (err)
		return err;
	take_verbosity(process);
	raise_file_limit();
	err = rb_privileges_drop();
	if (!err)
		err = rb_context_log_open(&process->log);
	if (!err)
		err = events_new(process);
	if (!err)
		err = upstreams_new(process);
	if (!err)
		err = rb_seen_begin(process->exchange, process->relay);
	if (!err)
		err = contexts_new(process);
	if (!err)
		err = hosts_begin(process);
	if (!err)
		err = rb_asker_init(&process->asker, process->exchange);
	return err ? err : lock_down(process);
}

/* Whether there was anything to do. */
static int serve_once(struct process *process)
{
	const struct timeval pace = {.tv_usec = process->asker.late ? LATE_US : BEAT_US};
	int found = rb_asker_take(&process->asker, TURN_REQUESTS);

	if (!found) {
		rb_asker_arm(&process->asker);
		found = rb_asker_take(&process->asker, TURN_REQUESTS);
	}
	if (found < 0)
		return found;
	/* Nothing tells when there is room again for late responses; and the loop must show
	 * progress while questions are pending. */
	if (process->asker.late ||
	    (process->asker.outstanding && !evtimer_pending(process->beat, NULL)))
		evtimer_add(process->beat, &pace);
	event_base_loop(process->base, EVLOOP_ONCE | (found ? EVLOOP_NONBLOCK : 0));
	if (++process->rounds % ROUNDS == 0 && !has_memory()) {
		rb_log_error("resolver-memory: its limit is reached; this process ends");
		return -ENOMEM;
	}
	atomic_fetch_add_explicit(&process->exchange->beat, 1, memory_order_relaxed);
	pass_verbosity(process);
	return rb_asker_wake(&process->asker);
}

int rb_resolver_main(char *const *argv)
{
	struct process process = {0};
	char ready = 1;
	int err = rb_process_enter(argv);

	if (!err)
		err = start(&process);
	if (!err && send(RB_PROCESS_CONTROL_FD, &ready, 1, MSG_NOSIGNAL) != 1)
		err = -errno;
	while (!process.stop && !err)
		err = serve_once(&process);
	if (err == -EPROTO)
		rb_log_error("the server's channels make no sense");
	/* The kernel frees the memory, and nobody has to be told anything. */
	_exit(err ? EXIT_FAILURE : EXIT_SUCCESS);
}
