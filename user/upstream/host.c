/* SPDX-License-Identifier: BSD-2-Clause */
/* The addresses of a host that is asked over TLS. */
#include "upstream/host.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "upstream/socket.h"
#include "util/log.h"

#define TTL_MIN_S       5
#define TTL_MAX_S       86400
#define RETRY_S         30 /* where one family's are known, and the other's not */
#define RETRY_FIRST_S   2
#define RETRY_STEPS_MAX 4 /* each twice as long as the one before */

static void timer_start(struct rb_upstream_host *host, uint32_t delay_s)
{
	const struct timeval delay = {.tv_sec = delay_s};

	evtimer_add(&host->timer, &delay);
}

static void look_up(struct rb_upstream_host *host)
{
	static const int families[RB_UPSTREAM_FAMILIES] = {AF_INET, AF_INET6};
	unsigned int count = host->upstreams->plan->use_ip6 ? 2 : 1;

	host->wanted = host->old = host->any = host->failed = false;
	host->why = "it has none";
	host->ttl_s = TTL_MAX_S;
	memset(host->seen, 0, sizeof(host->seen));
	host->pending = count;
	for (unsigned int i = 0; i < count; i++)
		host->finder->find(host->finder, host, families[i]);
}

/* Where nobody asks nothing is looked up: the next who does is answered by the former addresses. */
static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct rb_upstream_host *host = arg;

	(void)fd;
	(void)what;
	if (host->wanted || host->failures)
		look_up(host);
	else
		host->old = true;
}

void rb_upstream_host_init(struct rb_upstream_host *host, struct rb_upstreams *upstreams,
			   const struct rb_upstream_server_plan *plan,
			   struct rb_upstream_server *servers)
{
	*host = (struct rb_upstream_host){.plan = plan, .upstreams = upstreams, .servers = servers};
	for (unsigned int i = 0; i < RB_UPSTREAM_ADDRESSES; i++) {
		rb_upstream_server_init(&servers[i], upstreams, &host->plans[i]);
		servers[i].withdrawn = true;
	}
	evtimer_assign(&host->timer, upstreams->base, on_timer, host);
}

void rb_upstream_host_close(struct rb_upstream_host *host)
{
	event_del(&host->timer);
}

void rb_upstream_host_begin(struct rb_upstream_host *host, struct rb_upstream_finder *finder)
{
	host->finder = finder;
	look_up(host);
}

void rb_upstream_host_use(struct rb_upstream_host *host)
{
	host->wanted = true;
	if (host->old)
		look_up(host);
}

static void address_set(const struct rb_upstream_host *host, int family,
			const struct in6_addr *bytes, struct sockaddr_storage *addr)
{
	struct sockaddr_in *addr4 = (struct sockaddr_in *)addr;
	struct sockaddr_in6 *addr6 = (struct sockaddr_in6 *)addr;

	memset(addr, 0, sizeof(*addr));
	addr->ss_family = (sa_family_t)family;
	if (family == AF_INET) {
		memcpy(&addr4->sin_addr, bytes, sizeof(addr4->sin_addr));
		addr4->sin_port = htons(host->plan->port);
	} else {
		addr6->sin6_addr = *bytes;
		addr6->sin6_port = htons(host->plan->port);
	}
}

/* As the operator wrote it, with the address. */
static void server_name(struct rb_upstream_host *host, unsigned int i, const void *bytes)
{
	struct rb_upstream_server_plan *plan = &host->plans[i];
	char text[INET6_ADDRSTRLEN];

	inet_ntop(plan->addr.ss_family, bytes, text, sizeof(text));
	snprintf(plan->text, sizeof(plan->text), "%.300s (%s)", host->plan->text, text);
}

/* The place of the address, where it has one; else one that is free. */
static struct rb_upstream_server *server_for(struct rb_upstream_host *host,
					     const struct sockaddr_storage *addr)
{
	struct rb_upstream_server *free_server = NULL;

	for (unsigned int i = 0; i < RB_UPSTREAM_ADDRESSES; i++) {
		struct rb_upstream_server *server = &host->servers[i];

		if (!memcmp(&host->plans[i].addr, addr, sizeof(*addr)))
			return server;
		/* What is still under way there is answered first. */
		if (!free_server && server->withdrawn && !server->connection_count)
			free_server = server;
	}
	return free_server;
}

static void address_take(struct rb_upstream_host *host, int family, const struct in6_addr *bytes)
{
	struct rb_upstream_server *server;
	struct sockaddr_storage addr;
	unsigned int i;

	address_set(host, family, bytes, &addr);
	if (rb_upstream_plan_spares(host->upstreams->plan, &addr)) {
		host->why = "what it has is not to be asked, because of do-not-query-*";
		return;
	}
	server = server_for(host, &addr);
	if (!server) {
		host->why = "there are too many, with those that are still in use";
		return;
	}
	i = (unsigned int)(server - host->servers);
	if (memcmp(&host->plans[i].addr, &addr, sizeof(addr)) != 0) {
		rb_upstream_server_close(server);
		host->plans[i] = *host->plan;
		host->plans[i].addr = addr;
		server_name(host, i, bytes);
		rb_upstream_server_init(server, host->upstreams, &host->plans[i]);
		server->withdrawn = true;
	}
	if (!rb_upstream_socket_has_route(server)) {
		host->why = "there is no route to what it has";
		return;
	}
	if (server->withdrawn)
		rb_log_debug("upstream %s is one of its addresses", host->plans[i].text);
	server->withdrawn = false;
	host->seen[i] = host->any = true;
}

static void family_keep(struct rb_upstream_host *host, int family)
{
	for (unsigned int i = 0; i < RB_UPSTREAM_ADDRESSES; i++)
		if (!host->servers[i].withdrawn && host->plans[i].addr.ss_family == family)
			host->seen[i] = true;
}

static bool any_known(const struct rb_upstream_host *host)
{
	for (unsigned int i = 0; i < RB_UPSTREAM_ADDRESSES; i++)
		if (!host->servers[i].withdrawn)
			return true;
	return false;
}

/* All families have been looked up, in vain. */
static void host_fail(struct rb_upstream_host *host)
{
	unsigned int steps = host->failures < RETRY_STEPS_MAX ? host->failures : RETRY_STEPS_MAX;

	if (!host->failures)
		rb_log_warn("upstream %s: no address of it is found: %s; it is looked up again%s",
			    host->plan->text, host->why,
			    any_known(host) ? ", and asked where it was so far" : "");
	host->failures++;
	timer_start(host, RETRY_FIRST_S << steps);
}

static void host_settle(struct rb_upstream_host *host)
{
	for (unsigned int i = 0; i < RB_UPSTREAM_ADDRESSES; i++)
		host->servers[i].withdrawn = !host->seen[i];
	if (host->failures)
		rb_log_notice("upstream %s: addresses of it are found again", host->plan->text);
	host->failures = 0;
	timer_start(host, host->failed && host->ttl_s > RETRY_S ? RETRY_S : host->ttl_s);
}

void rb_upstream_host_found(struct rb_upstream_host *host, int family,
			    const struct rb_upstream_found *found)
{
	if (found->why)
		host->why = found->why;
	if (found->failed)
		family_keep(host, family);
	host->failed |= found->failed;
	for (unsigned int i = 0; i < found->count; i++)
		address_take(host, family, &found->addresses[i]);
	if (found->count && found->ttl_s < host->ttl_s)
		host->ttl_s = found->ttl_s > TTL_MIN_S ? found->ttl_s : TTL_MIN_S;
	host->pending--;
	if (!host->pending && host->any)
		host_settle(host);
	else if (!host->pending)
		host_fail(host);
	host->on_news(host, host->context);
}
