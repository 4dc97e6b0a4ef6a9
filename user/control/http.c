/* SPDX-License-Identifier: BSD-2-Clause */
/* The metrics' HTTP server, libevent's. */
#include "control/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#include "config/values.h"
#include "control/metrics.h"
#include "util/cleanup.h"
#include "util/privileges.h"

#define TIMEOUT_S    10
#define HEADER_BYTES 8192

struct rb_http {
	const struct rb_control_view *view;
	struct event_base *base;
	struct evhttp *server;
	struct event *stop; /* stop_fd is readable: the end */
	int stop_fd;
	pthread_t thread;
	bool running;
};

static void on_stop(evutil_socket_t fd, short events, void *context)
{
	struct rb_http *http = context;

	(void)fd;
	(void)events;
	event_base_loopbreak(http->base);
}

static void on_metrics(struct evhttp_request *request, void *context)
{
	const struct rb_http *http = context;
	struct evbuffer *body = evhttp_request_get_output_buffer(request);
	_cleanup_free_ char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out) {
		rb_metrics_print(http->view, out);
		if (!fclose(out) && !evbuffer_add(body, text, len)) {
			evhttp_add_header(evhttp_request_get_output_headers(request),
					  "Content-Type", RB_METRICS_TYPE);
			evhttp_send_reply(request, HTTP_OK, "OK", NULL);
			return;
		}
	}
	evhttp_send_error(request, HTTP_INTERNAL, NULL);
}

static void *run(void *context)
{
	struct rb_http *http = context;

	(void)rb_privileges_drop();
	event_base_dispatch(http->base);
	return NULL;
}

void rb_http_stop(struct rb_http *http)
{
	if (!http)
		return;
	if (http->running && !eventfd_write(http->stop_fd, 1))
		pthread_join(http->thread, NULL);
	if (http->server)
		evhttp_free(http->server);
	if (http->stop)
		event_free(http->stop);
	if (http->base)
		event_base_free(http->base);
	rb_closep(&http->stop_fd);
	free(http);
}

static void http_stopp(struct rb_http **http)
{
	rb_http_stop(*http);
}

static int bind_to(struct evhttp *server, const char *interface)
{
	struct sockaddr_storage addr;
	const struct sockaddr_in *addr4 = (const struct sockaddr_in *)&addr;
	const struct sockaddr_in6 *addr6 = (const struct sockaddr_in6 *)&addr;
	char text[INET6_ADDRSTRLEN];
	bool is_ipv6;

	if (!rb_value_address(interface, RB_METRICS_PORT, &addr))
		return -EINVAL;
	is_ipv6 = addr.ss_family == AF_INET6;
	if (!inet_ntop(addr.ss_family,
		       is_ipv6 ? (const void *)&addr6->sin6_addr : (const void *)&addr4->sin_addr,
		       text, sizeof(text)))
		return -errno;
	errno = 0;
	if (evhttp_bind_socket(server, text, ntohs(is_ipv6 ? addr6->sin6_port : addr4->sin_port)))
		return errno ? -errno : -EADDRNOTAVAIL;
	return 0;
}

int rb_http_start(const char *interface, const struct rb_control_view *view,
		  struct rb_http **ret_http)
{
	_cleanup_(http_stopp) struct rb_http *http = calloc(1, sizeof(*http));
	int err;

	if (!http)
		return -ENOMEM;
	http->view = view;
	http->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (http->stop_fd < 0)
		return -errno;
	http->base = event_base_new();
	if (!http->base)
		return -ENOMEM;
	http->stop = event_new(http->base, http->stop_fd, EV_READ, on_stop, http);
	http->server = evhttp_new(http->base);
	if (!http->stop || !http->server || event_add(http->stop, NULL))
		return -ENOMEM;
	evhttp_set_allowed_methods(http->server, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_timeout(http->server, TIMEOUT_S);
	evhttp_set_max_headers_size(http->server, HEADER_BYTES);
	evhttp_set_max_body_size(http->server, 0);
	if (evhttp_set_cb(http->server, "/metrics", on_metrics, http))
		return -ENOMEM;
	err = bind_to(http->server, interface);
	if (err)
		return err;
	err = pthread_create(&http->thread, NULL, run, http);
	if (err)
		return -err;
	http->running = true;
	*ret_http = TAKE_PTR(http);
	return 0;
}
