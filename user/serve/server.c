/* SPDX-License-Identifier: BSD-2-Clause */
/* The server: sockets on every address for every worker, and the workers' start and end. */
#include "serve/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "serve/holder.h"
#include "serve/socket.h"
#include "serve/worker.h"
#include "util/cleanup.h"
#include "util/log.h"

#define ADDR_TEXT_MAX (INET6_ADDRSTRLEN + 8)

struct rb_server {
	struct rb_worker **workers;
	unsigned int count;
};

/* ADDRESS@PORT, as in unbound.conf. */
static void addr_text(const struct sockaddr_storage *addr, char text[ADDR_TEXT_MAX])
{
	const struct sockaddr_in *addr4 = (const struct sockaddr_in *)addr;
	const struct sockaddr_in6 *addr6 = (const struct sockaddr_in6 *)addr;
	bool is_ipv6 = addr->ss_family == AF_INET6;
	const void *bytes = is_ipv6 ? (const void *)&addr6->sin6_addr : &addr4->sin_addr;
	size_t len;

	if (!inet_ntop(addr->ss_family, bytes, text, INET6_ADDRSTRLEN))
		snprintf(text, ADDR_TEXT_MAX, "?");
	len = strlen(text);
	snprintf(text + len, ADDR_TEXT_MAX - len, "@%u",
		 ntohs(is_ipv6 ? addr6->sin6_port : addr4->sin_port));
}

static void log_in_use(const struct sockaddr_storage *addr, int type, const char *text,
		       const char *protocol)
{
	struct rb_holder holder;

	if (rb_holder_find(addr, type, &holder))
		rb_log_error("%s over %s is in use by another program. 'ss -lpn' as root names it; "
			     "stop it, or serve another address or port (interface: ADDRESS@PORT).",
			     text, protocol);
	else if (holder.pid == getpid())
		rb_log_error("%s over %s is configured twice.", text, protocol);
	else
		rb_log_error("%s over %s is in use by %s (pid %d): %s.", text, protocol,
			     holder.name, (int)holder.pid,
			     rb_holder_cure(&holder)
				     ?: "stop that, or serve another address or port (interface: "
					"ADDRESS@PORT)");
}

static void log_failure(const struct sockaddr_storage *addr, int type, int err)
{
	const char *protocol = type == SOCK_STREAM ? "TCP" : "UDP";
	char text[ADDR_TEXT_MAX];

	addr_text(addr, text);
	switch (-err) {
	case EADDRINUSE:
		log_in_use(addr, type, text, protocol);
		break;
	case EADDRNOTAVAIL:
		rb_log_error("%s over %s cannot be served: no interface of this machine carries "
			     "that address (see 'ip address').",
			     text, protocol);
		break;
	case EACCES:
		rb_log_error("%s over %s cannot be served: ports below 1024 need root or "
			     "CAP_NET_BIND_SERVICE.",
			     text, protocol);
		break;
	default:
		rb_log_error("%s over %s cannot be served: %s.", text, protocol, strerror(-err));
	}
}

/*
 * The sockets of one address and type, one for each worker. First one alone: with SO_REUSEPORT a
 * second runbound by mistake would share the port, and each would get half of the queries.
 */
static int address_open(struct rb_server *server, const struct sockaddr_storage *addr, int type)
{
	int probe, err;

	err = rb_socket_open(addr, type, RB_SOCKET_ALONE, &probe);
	if (err)
		return err;
	close(probe);
	for (unsigned int i = 0; i < server->count; i++) {
		_cleanup_close_ int fd = -1;

		err = rb_socket_open(addr, type, RB_SOCKET_SHARED, &fd);
		if (!err)
			err = rb_worker_add(server->workers[i], type, fd);
		if (err)
			return err;
		(void)TAKE_FD(fd);
	}
	return 0;
}

/* Every address that is configured; the first error, if none could be opened. */
static int addresses_open(struct rb_server *server, const struct rb_config *config)
{
	const int types[] = {SOCK_DGRAM, SOCK_STREAM};
	bool wanted[] = {config->do_udp, config->do_tcp && config->incoming_num_tcp};
	int opened = 0, first_err = 0;

	for (size_t i = 0; i < config->listen_count; i++) {
		const struct sockaddr_storage *addr = &config->listens[i].addr;

		if (addr->ss_family == AF_INET6 ? !config->do_ip6 : !config->do_ip4)
			continue;
		for (size_t t = 0; t < ARRAY_SIZE(types); t++) {
			int err = wanted[t] ? address_open(server, addr, types[t]) : -ENOENT;

			if (!err) {
				opened++;
			} else if (wanted[t]) {
				log_failure(addr, types[t], err);
				first_err = first_err ? first_err : err;
			}
		}
	}
	return opened ? 0 : first_err ? first_err : -EADDRNOTAVAIL;
}

static void server_freep(struct rb_server **server)
{
	rb_server_free(*server);
}

int rb_server_open(const struct rb_config *config, struct rb_table *table, const struct rb_acl *acl,
		   struct rb_resolvers *resolvers, unsigned int workers,
		   struct rb_server **ret_server)
{
	_cleanup_(server_freep) struct rb_server *server = calloc(1, sizeof(*server));
	int err;

	if (!workers)
		return -EINVAL;
	if (!server)
		return -ENOMEM;
	server->workers = calloc(workers, sizeof(struct rb_worker *));
	if (!server->workers)
		return -ENOMEM;
	for (; server->count < workers; server->count++) {
		err = rb_worker_new(config, table, acl, resolvers, server->count,
				    &server->workers[server->count]);
		if (err)
			return err;
	}
	err = addresses_open(server, config);
	if (err)
		return err;
	*ret_server = TAKE_PTR(server);
	return 0;
}

unsigned int rb_server_workers(const struct rb_server *server)
{
	return server->count;
}

int rb_server_start(struct rb_server *server, struct rb_xdp *xdp)
{
	for (unsigned int i = 0; i < server->count; i++) {
		int err = rb_worker_start(server->workers[i], xdp);

		if (err) {
			rb_log_error("Worker thread %u cannot be started: %s.", i, strerror(-err));
			rb_server_stop(server);
			return err;
		}
	}
	return 0;
}

void rb_server_stop(struct rb_server *server)
{
	for (unsigned int i = 0; i < server->count; i++)
		rb_worker_stop(server->workers[i]);
}

void rb_server_free(struct rb_server *server)
{
	if (!server)
		return;
	for (unsigned int i = 0; i < server->count; i++)
		rb_worker_free(server->workers[i]);
	free(server->workers);
	free(server);
}

void rb_server_stats(const struct rb_server *server, struct rb_server_stats *ret_stats)
{
	*ret_stats = (struct rb_server_stats){0};
	for (unsigned int i = 0; i < server->count; i++) {
		const struct rb_serve_counters *counters = rb_worker_counters(server->workers[i]);

		for (int t = 0; t < RB_TRANSPORTS; t++) {
			ret_stats->queries[t] += rb_serve_counted(&counters->queries[t]);
			ret_stats->table_hits[t] += rb_serve_counted(&counters->table_hits[t]);
			ret_stats->replies[t] += rb_serve_counted(&counters->replies[t]);
			ret_stats->dropped[t] += rb_serve_counted(&counters->dropped[t]);
			ret_stats->refused[t] += rb_serve_counted(&counters->refused[t]);
		}
		ret_stats->tcp_rejected += rb_serve_counted(&counters->tcp_rejected);
	}
}
