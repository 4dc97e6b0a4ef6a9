/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket and the metrics, opened as the configuration asks. */
#include "control/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "control/clients.h"
#include "control/commands.h"
#include "control/http.h"
#include "control/unbound/cache_text.h"
#include "control/unbound/stats_log.h"
#include "control/unbound/bulk.h"
#include "control/unbound/verbs.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

struct rb_controls {
	struct rb_control_view view;
	struct rb_kernel_counts kernel;
	struct rb_interfaces interfaces;
	int epoll_fd;               /* of both kinds of clients */
	struct rb_clients *clients; /* NULL: no socket */
	struct rb_clients *remote;  /* of unbound-control; NULL: remote-control is off */
	struct rb_http *http;       /* NULL: no metrics */
	uint64_t stats_ns;          /* when statistics were logged last */
	bool is_retired;            /* only clients that wait are still answered */
};

/* Let one descriptor tell main about all clients. */
static int watch(const struct rb_controls *control, const struct rb_clients *clients)
{
	struct epoll_event event = {.events = EPOLLIN};

	return epoll_ctl(control->epoll_fd, EPOLL_CTL_ADD, rb_clients_fd(clients), &event) ? -errno
											   : 0;
}

static int clients_open(struct rb_controls *control, const struct rb_clients_service *service,
			struct rb_clients **ret_clients)
{
	int err = rb_clients_new(service, ret_clients);

	return err ? err : watch(control, *ret_clients);
}

static int own_open(struct rb_controls *control, int fd)
{
	const struct rb_clients_service service = {
		.answer = rb_own_answer,
		.take = rb_own_take,
		.context = &control->view,
	};
	int err = fd < 0 ? 0 : clients_open(control, &service, &control->clients);

	if (!err && fd >= 0)
		err = rb_clients_listen(control->clients, fd, NULL);
	return err;
}

static int remote_open(struct rb_controls *control, struct rb_remote_sockets *sockets)
{
	const struct rb_clients_service service = {
		.answer = rb_verb_answer,
		.take = rb_verb_take,
		.context = &control->view,
	};
	int err = sockets ? clients_open(control, &service, &control->remote) : 0;

	if (!err && sockets)
		err = rb_remote_serve(sockets, control->remote);
	return err;
}

static void metrics_open(struct rb_controls *control, int fd)
{
	const struct rb_config *config = control->view.config;
	int err = fd < 0 ? 0
			 : rb_http_start(fd, config->metrics_token, &control->view, &control->http);

	if (err)
		rb_log_warn("metrics-interface: %s: not served (%s)", config->metrics_interface,
			    strerror(-err));
}

/* Copy what the metrics' thread may not read itself. */
static void counts_take(struct rb_controls *control)
{
	if (!control || !control->view.board)
		return;
	rb_kernel_counts_take(&control->kernel, control->view.counters_fd);
	rb_interfaces_take(&control->interfaces, control->view.board);
}

static int bulks_open(struct rb_controls *control)
{
	struct epoll_event event = {.events = EPOLLIN};
	int err = rb_bulks_new(&control->view.bulks);

	if (err)
		return err;
	return epoll_ctl(control->epoll_fd, EPOLL_CTL_ADD, rb_bulks_fd(control->view.bulks), &event)
		       ? -errno
		       : 0;
}

int rb_control_open(const struct rb_control_view *view, const struct rb_control_sockets *sockets,
		    struct rb_controls **ret_controls)
{
	const struct rb_flusher_opts flusher = {
		.table = view->table,
		.resolvers = view->resolvers,
		.cachefile = view->cachefile,
	};
	struct rb_controls *control = calloc(1, sizeof(*control));
	int err;

	if (!control)
		return -ENOMEM;
	rb_interfaces_init(&control->interfaces);
	control->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	control->view = *view;
	control->view.kernel = &control->kernel;
	control->view.interfaces = &control->interfaces;
	err = control->epoll_fd < 0 ? -errno : rb_flusher_new(&flusher, &control->view.flusher);
	if (!err)
		err = rb_cache_text_new(control->view.table, &control->view.cache_text);
	if (!err)
		err = bulks_open(control);
	if (!err)
		err = own_open(control, sockets->own_fd);
	if (!err)
		err = remote_open(control, sockets->remote);
	if (err) {
		rb_log_error("commands cannot be taken (%s)", strerror(-err));
		rb_control_close(control);
		return err;
	}
	control->stats_ns = rb_clock_ns();
	counts_take(control);
	metrics_open(control, sockets->metrics_fd);
	*ret_controls = control;
	return 0;
}

int rb_control_fd(const struct rb_controls *control)
{
	return control ? control->epoll_fd : -1;
}

static void stats_tick(struct rb_controls *control)
{
	uint64_t interval_s = control->view.config->statistics_interval_s;
	uint64_t now_ns = rb_clock_ns();

	if (!interval_s || now_ns - control->stats_ns < interval_s * (uint64_t)RB_NS_PER_S)
		return;
	control->stats_ns = now_ns;
	rb_stats_log(&control->view);
}

void rb_control_tick(struct rb_controls *control)
{
	counts_take(control);
	if (control)
		stats_tick(control);
	if (control && control->clients)
		rb_clients_tick(control->clients);
	if (control && control->remote)
		rb_clients_tick(control->remote);
	if (control && !control->is_retired)
		rb_bulks_tick(control->view.bulks);
}

void rb_control_serve(struct rb_controls *control)
{
	counts_take(control);
	if (control && control->clients)
		rb_clients_serve(control->clients);
	if (control && control->remote)
		rb_clients_serve(control->remote);
	if (control && !control->is_retired)
		rb_bulks_serve(control->view.bulks, &control->view);
}

/* Clients of the two kinds. */
static struct rb_clients *const *kinds_of(const struct rb_controls *control, size_t i)
{
	return i ? &control->remote : &control->clients;
}

void rb_control_retire(struct rb_controls *control)
{
	if (!control)
		return;
	rb_http_stop(TAKE_PTR(control->http));
	for (size_t i = 0; i < 2; i++)
		if (*kinds_of(control, i))
			rb_clients_retire(*kinds_of(control, i));
	rb_bulks_free(TAKE_PTR(control->view.bulks));
	rb_flusher_free(TAKE_PTR(control->view.flusher));
	rb_cache_text_free(TAKE_PTR(control->view.cache_text));
	control->is_retired = true;
}

bool rb_control_is_idle(const struct rb_controls *control)
{
	bool idle = true;

	for (size_t i = 0; control && i < 2; i++)
		idle &= !*kinds_of(control, i) || rb_clients_are_gone(*kinds_of(control, i));
	return idle;
}

void rb_control_close(struct rb_controls *control)
{
	if (!control)
		return;
	rb_http_stop(control->http);
	rb_clients_close(control->clients);
	rb_clients_close(control->remote);
	rb_bulks_free(control->view.bulks);
	rb_closep(&control->epoll_fd);
	rb_flusher_free(control->view.flusher);
	rb_cache_text_free(control->view.cache_text);
	rb_interfaces_free(&control->interfaces);
	free(control);
}
