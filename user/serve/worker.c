/* SPDX-License-Identifier: BSD-2-Clause */
/* One worker thread and its event loop. */
#include "serve/worker.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "serve/pending.h"
#include "serve/query.h"
#include "serve/tcp.h"
#include "serve/udp.h"
#include "serve/xdp.h"
#include "util/cleanup.h"
#include "util/log_sink.h"

#define COLLECT_MAX 256 /* finished queries before the sockets have their turn */

struct fds {
	int *list;
	size_t count;
};

/* Aligned, so that no two workers count in one cache line. */
struct rb_worker {
	alignas(64) struct rb_serve serve;
	struct fds udp_fds, tcp_fds;
	struct rb_udp *udp;
	struct rb_tcp *tcp;
	struct rb_afxdp *afxdp;
	struct event_base *base;
	struct event *finished;
	struct event *unfinished; /* more to collect, once the sockets had their turn */
	struct event *stop;
	int stop_fd;
	struct event *changed;
	int change_fd; /* readable: main has set change, and waits for done */
	const struct rb_worker_change *change;
	int change_err;
	sem_t done;
	struct event *looked;
	int look_fd; /* written to once a second; its turn comes as that of a packet */
	_Atomic uint32_t seen;
	uint32_t asked; /* main's */
	pthread_t thread;
	bool running;
};

static void fds_close(struct fds *fds)
{
	for (size_t i = 0; i < fds->count; i++)
		close(fds->list[i]);
	free(fds->list);
	*fds = (struct fds){0};
}

int rb_worker_new(const struct rb_config *config, struct rb_table *table, const struct rb_acl *acl,
		  const struct rb_guard *guard, struct rb_resolvers *resolvers, unsigned int number,
		  struct rb_worker **ret_worker)
{
	struct rb_worker *worker = aligned_alloc(alignof(struct rb_worker), sizeof(*worker));
	int err;

	if (!worker)
		return -ENOMEM;
	*worker = (struct rb_worker){
		.serve =
			{
				.config = config,
				.table = table,
				.acl = acl,
				.guard = guard,
				.resolvers = resolvers,
				.worker = number,
			},
		.stop_fd = -1,
		.change_fd = -1,
		.look_fd = -1,
	};
	sem_init(&worker->done, 0, 0);
	err = rb_serve_init(&worker->serve);
	if (err) {
		sem_destroy(&worker->done);
		free(worker);
		return err;
	}
	*ret_worker = worker;
	return 0;
}

void rb_worker_set_limits(struct rb_worker *worker, struct rb_limits *limits,
			  struct rb_quotas *quotas)
{
	worker->serve.limits = limits;
	worker->serve.quotas = quotas;
}

void rb_worker_set_feeds(struct rb_worker *worker, struct rb_feed_slot *feeds)
{
	worker->serve.feeds = feeds;
}

void rb_worker_set_asked(struct rb_worker *worker, struct rb_asked *asked)
{
	worker->serve.asked = asked;
}

void rb_worker_set_dnstap(struct rb_worker *worker, struct rb_dnstap *dnstap)
{
	worker->serve.dnstap = dnstap;
}

void rb_worker_set_tls(struct rb_worker *worker, struct ssl_ctx_st *tls)
{
	worker->serve.tls = tls;
}

int rb_worker_add(struct rb_worker *worker, int type, int fd)
{
	struct fds *fds = type == SOCK_STREAM ? &worker->tcp_fds : &worker->udp_fds;
	int *list = reallocarray(fds->list, fds->count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	list[fds->count++] = fd;
	fds->list = list;
	return 0;
}

static void on_finished(evutil_socket_t fd, short what, void *context)
{
	struct rb_worker *worker = context;
	struct rb_serve *serve = &worker->serve;

	(void)fd;
	(void)what;
	rb_resolvers_drain(serve->resolvers, serve->worker);
	/* Jobs that are left cause no other wake-up. */
	if (rb_pending_collect(serve, COLLECT_MAX) == COLLECT_MAX)
		event_add(worker->unfinished, &(struct timeval){0});
	rb_afxdp_flush(worker->afxdp);
}

static void on_stop(evutil_socket_t fd, short what, void *context)
{
	struct rb_worker *worker = context;

	(void)fd;
	(void)what;
	event_base_loopbreak(worker->base);
}

static void on_look(evutil_socket_t fd, short what, void *context)
{
	struct rb_worker *worker = context;
	eventfd_t count;

	(void)what;
	eventfd_read(fd, &count);
	atomic_fetch_add_explicit(&worker->seen, 1, memory_order_relaxed);
}

bool rb_worker_moves(struct rb_worker *worker)
{
	if (atomic_load_explicit(&worker->seen, memory_order_relaxed) != worker->asked)
		return false;
	worker->asked++;
	eventfd_write(worker->look_fd, 1);
	return true;
}

static void on_change(evutil_socket_t fd, short what, void *context)
{
	struct rb_worker *worker = context;
	const struct rb_worker_change *change = worker->change;
	eventfd_t count;

	(void)what;
	eventfd_read(fd, &count);
	worker->change_err = 0;
	if (change->acl)
		worker->serve.acl = change->acl;
	if (change->guard) {
		worker->serve.guard = change->guard;
		worker->serve.policies++;
	}
	if (change->tls)
		worker->serve.tls = change->tls;
	if (change->xsk_added)
		worker->change_err = rb_afxdp_add(worker->afxdp, change->xsk_added);
	if (change->xsk_removed)
		rb_afxdp_remove(worker->afxdp, change->xsk_removed);
	if (change->retires) {
		/* Pending answers are only for their clients, and are not stored. */
		worker->serve.policies++;
		rb_afxdp_retire(worker->afxdp);
		rb_udp_retire(worker->udp);
		rb_tcp_retire(worker->tcp);
	}
	sem_post(&worker->done);
}

int rb_worker_change(struct rb_worker *worker, const struct rb_worker_change *change)
{
	worker->change = change;
	eventfd_write(worker->change_fd, 1);
	while (sem_wait(&worker->done) && errno == EINTR)
		;
	return worker->change_err;
}

static void *worker_main(void *context)
{
	struct rb_worker *worker = context;
	char name[16];

	/* For another thread, this would have to write to a file. */
	snprintf(name, sizeof(name), "rb-worker-%u", worker->serve.worker);
	pthread_setname_np(pthread_self(), name);
	rb_log_sink_set_thread(worker->serve.worker);
	event_base_dispatch(worker->base);
	return NULL;
}

/* Add everything that the event loop watches. */
static int events_add(struct rb_worker *worker)
{
	struct rb_serve *serve = &worker->serve;
	int err;

	worker->base = event_base_new();
	worker->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	worker->change_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	worker->look_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (!worker->base || worker->stop_fd < 0 || worker->change_fd < 0 || worker->look_fd < 0)
		return -ENOMEM;
	worker->stop = event_new(worker->base, worker->stop_fd, EV_READ, on_stop, worker);
	worker->changed =
		event_new(worker->base, worker->change_fd, EV_READ | EV_PERSIST, on_change, worker);
	worker->looked =
		event_new(worker->base, worker->look_fd, EV_READ | EV_PERSIST, on_look, worker);
	worker->finished = event_new(worker->base, rb_resolvers_fd(serve->resolvers, serve->worker),
				     EV_READ | EV_PERSIST, on_finished, worker);
	worker->unfinished = evtimer_new(worker->base, on_finished, worker);
	if (!worker->stop || !worker->changed || !worker->looked || !worker->finished ||
	    !worker->unfinished || event_add(worker->stop, NULL) ||
	    event_add(worker->changed, NULL) || event_add(worker->looked, NULL) ||
	    event_add(worker->finished, NULL))
		return -ENOMEM;
	err = rb_udp_new(worker->base, serve, worker->udp_fds.list, worker->udp_fds.count,
			 &worker->udp);
	if (!err)
		err = rb_tcp_new(worker->base, serve, worker->tcp_fds.list, worker->tcp_fds.count,
				 &worker->tcp);
	if (!err)
		err = rb_afxdp_new(worker->base, serve, worker->udp, &worker->afxdp);
	return err;
}

static void event_freep(struct event **event)
{
	if (*event)
		event_free(*event);
	*event = NULL;
}

static void events_remove(struct rb_worker *worker)
{
	rb_afxdp_free(worker->afxdp);
	rb_tcp_free(worker->tcp);
	rb_udp_free(worker->udp);
	worker->afxdp = NULL;
	worker->tcp = NULL;
	worker->udp = NULL;
	event_freep(&worker->finished);
	event_freep(&worker->unfinished);
	event_freep(&worker->stop);
	event_freep(&worker->changed);
	event_freep(&worker->looked);
	if (worker->base)
		event_base_free(worker->base);
	worker->base = NULL;
	rb_closep(&worker->stop_fd);
	worker->stop_fd = -1;
	rb_closep(&worker->change_fd);
	worker->change_fd = -1;
	rb_closep(&worker->look_fd);
	worker->look_fd = -1;
}

int rb_worker_start(struct rb_worker *worker)
{
	sigset_t all, before;
	int err;

	err = events_add(worker);
	if (err) {
		events_remove(worker);
		return err;
	}
	/* Signals are for main; SIGPIPE of a broken connection is for nobody. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = -pthread_create(&worker->thread, NULL, worker_main, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err) {
		events_remove(worker);
		return err;
	}
	worker->running = true;
	return 0;
}

void rb_worker_stop(struct rb_worker *worker)
{
	if (worker->running) {
		eventfd_write(worker->stop_fd, 1);
		pthread_join(worker->thread, NULL);
		worker->running = false;
		events_remove(worker);
	}
	fds_close(&worker->udp_fds);
	fds_close(&worker->tcp_fds);
}

void rb_worker_free(struct rb_worker *worker)
{
	if (!worker)
		return;
	rb_worker_stop(worker);
	rb_serve_release(&worker->serve);
	sem_destroy(&worker->done);
	free(worker);
}

const struct rb_serve_counters *rb_worker_counters(const struct rb_worker *worker)
{
	return &worker->serve.counters;
}
