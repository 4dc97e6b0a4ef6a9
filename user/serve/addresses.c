/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets on the addresses that we serve, one for each worker. */
#include "serve/addresses.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "serve/address_log.h"
#include "serve/buffers.h"
#include "serve/inherited.h"
#include "serve/port_owner.h"
#include "serve/socket.h"
#include "util/cleanup.h"
#include "util/log.h"

static const int types[] = {SOCK_DGRAM, SOCK_STREAM};

static bool addr_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in *a4 = (const struct sockaddr_in *)a;
	const struct sockaddr_in *b4 = (const struct sockaddr_in *)b;
	const struct sockaddr_in6 *a6 = (const struct sockaddr_in6 *)a;
	const struct sockaddr_in6 *b6 = (const struct sockaddr_in6 *)b;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET6)
		return a6->sin6_port == b6->sin6_port && a6->sin6_scope_id == b6->sin6_scope_id &&
		       !memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr));
	return a4->sin_port == b4->sin_port && a4->sin_addr.s_addr == b4->sin_addr.s_addr;
}

bool rb_addresses_have(const struct rb_addresses *addresses, const struct sockaddr_storage *addr,
		       int type)
{
	for (size_t i = 0; i < addresses->count; i++)
		if (addresses->list[i].type == type && addr_same(&addresses->list[i].addr, addr))
			return true;
	return false;
}

/* TLS is only served over TCP. */
static bool allows(const struct rb_config *config, const struct rb_listen *listen, int type)
{
	if (listen->addr.ss_family == AF_INET6 ? !config->do_ip6 : !config->do_ip4)
		return false;
	if (type == SOCK_DGRAM && listen->speech != RB_SPEECH_DNS)
		return false;
	return type == SOCK_STREAM ? config->do_tcp && config->incoming_num_tcp : config->do_udp;
}

bool rb_addresses_wanted(const struct rb_config *config, const struct rb_address *address)
{
	const struct rb_listen *listen = rb_config_listen_at(config, &address->addr);

	return listen && allows(config, listen, address->type);
}

/*
 * First try a socket that shares the port with no other: with SO_REUSEPORT a second runbound that
 * is started by mistake would share it, and each would get half of the queries. While we serve, the
 * port may be in use by a wildcard of our own, or by an address beside one.
 */
static int check_free(const struct sockaddr_storage *addr, int type, enum rb_socket_binding binding,
		      bool serving)
{
	struct rb_port_owner holder;
	int probe, err = rb_socket_open(addr, type, RB_SOCKET_ALONE, binding, &probe);

	if (!err)
		close(probe);
	else if (err == -EADDRINUSE && serving && !rb_port_owner_find(addr, type, &holder) &&
		 holder.pid == getpid())
		return 0;
	return err;
}

static void address_close(struct rb_address *address, unsigned int workers)
{
	for (unsigned int i = 0; i < workers; i++)
		rb_closep(&address->fds[i]);
	free(address->fds);
}

static enum rb_socket_binding binding_of(const struct rb_config *config)
{
	if (config->ip_transparent)
		return RB_SOCKET_TRANSPARENT;
	return config->ip_freebind ? RB_SOCKET_FREE : RB_SOCKET_LOCAL;
}

/* Where sockets come from. */
struct source {
	unsigned int workers;
	struct rb_inherited *inherited; /* NULL: open all of them */
};

static bool is_inherited(const struct source *source, const char *name)
{
	return source->inherited && rb_inherited_has(source->inherited, name, source->workers);
}

static int address_open(const struct rb_config *config, const struct sockaddr_storage *addr,
			int type, const struct source *source, struct rb_address *ret_address)
{
	struct rb_address address = {.addr = *addr, .type = type};
	enum rb_socket_binding binding = binding_of(config);
	unsigned int workers = source->workers;
	char name[RB_INHERITED_NAME];
	int err = 0;

	address.fds = malloc(workers * sizeof(*address.fds));
	if (!address.fds)
		return -ENOMEM;
	for (unsigned int i = 0; i < workers; i++)
		address.fds[i] = -1;
	rb_inherited_name(addr, type, binding, name);
	if (is_inherited(source, name)) {
		rb_inherited_take(source->inherited, name, address.fds);
		*ret_address = address;
		return 0;
	}
	for (unsigned int i = 0; i < workers && !err; i++)
		err = rb_socket_open(addr, type, RB_SOCKET_SHARED, binding, &address.fds[i]);
	if (err) {
		address_close(&address, workers);
		return err;
	}
	*ret_address = address;
	return 0;
}

int rb_addresses_add(struct rb_addresses *addresses, const struct rb_address *address)
{
	struct rb_address *list =
		reallocarray(addresses->list, addresses->count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	list[addresses->count++] = *address;
	addresses->list = list;
	return 0;
}

/* Logged once for each address, for the first of its sockets. */
static void log_nowhere(const struct rb_config *config, const struct rb_listen *listen, int type)
{
	const struct sockaddr_storage *addr = &listen->addr;
	char text[RB_ADDRESS_TEXT];
	int probe, err;

	if (type == SOCK_STREAM && allows(config, listen, SOCK_DGRAM))
		return;
	err = rb_socket_open(addr, type, RB_SOCKET_SHARED, RB_SOCKET_LOCAL, &probe);
	if (!err)
		close(probe);
	if (err != -EADDRNOTAVAIL)
		return;
	rb_address_text(addr, text);
	rb_log_warn("%s is on no interface (see 'ip address'): it is served as soon as one "
		    "carries it.",
		    text);
}

/* A failure is logged; the address is served nevertheless. */
static void tune(const struct rb_config *config, const struct rb_address *address,
		 unsigned int workers)
{
	char text[RB_ADDRESS_TEXT];
	int err = 0;

	for (unsigned int i = 0; i < workers && !err; i++)
		err = rb_socket_tune(address->fds[i], address->type,
				     address->addr.ss_family == AF_INET6, config);
	if (!err)
		return;
	rb_address_text(&address->addr, text);
	rb_log_warn("%s over %s: the system does not take %s (%s)", text,
		    address->type == SOCK_STREAM ? "TCP" : "UDP",
		    address->type == SOCK_STREAM ? "tcp-mss or ip-dscp"
						 : "ip-dscp or sock-queue-timeout",
		    strerror(-err));
}

static int open_one(const struct rb_config *config, struct rb_addresses *opened,
		    const struct rb_listen *listen, int type, const struct source *source)
{
	const struct sockaddr_storage *addr = &listen->addr;
	unsigned int workers = source->workers;
	struct rb_address address;
	int err = address_open(config, addr, type, source, &address);

	if (err) {
		rb_address_log_failure(addr, type, err);
		return err;
	}
	log_nowhere(config, listen, type);
	tune(config, &address, workers);
	if (type == SOCK_DGRAM) {
		char text[RB_ADDRESS_TEXT];

		rb_address_text(addr, text);
		rb_buffers_set(config, address.fds, workers, text);
	}
	err = rb_addresses_add(opened, &address);
	if (err)
		address_close(&address, workers);
	return err;
}

/* An address and a type of socket to open. */
struct wanted {
	const struct rb_listen *listen;
	int type;
};

/* Find all before the first is opened, since a wildcard and an address may share a port. */
static size_t wanted_find(const struct rb_config *config, const struct rb_addresses *served,
			  const struct source *source, struct wanted *wanted, int *first_err)
{
	size_t count = 0;

	for (size_t i = 0; i < config->listen_count; i++) {
		const struct rb_listen *listen = &config->listens[i];
		const struct sockaddr_storage *addr = &listen->addr;

		for (size_t t = 0; t < ARRAY_SIZE(types); t++) {
			char name[RB_INHERITED_NAME];
			int err;

			if (!allows(config, listen, types[t]) ||
			    (served && rb_addresses_have(served, addr, types[t])))
				continue;
			rb_inherited_name(addr, types[t], binding_of(config), name);
			err = is_inherited(source, name)
				      ? 0
				      : check_free(addr, types[t], binding_of(config),
						   served != NULL);
			if (!err)
				wanted[count++] = (struct wanted){listen, types[t]};
			else
				rb_address_log_failure(addr, types[t], err);
			if (err && !*first_err)
				*first_err = err;
		}
	}
	return count;
}

static int all_open(const struct rb_config *config, const struct source *source,
		    const struct rb_addresses *served, struct rb_addresses *ret_opened)
{
	_cleanup_free_ struct wanted *wanted =
		calloc(config->listen_count * ARRAY_SIZE(types) + 1, sizeof(*wanted));
	struct rb_addresses opened = {0};
	int first_err = wanted ? 0 : -ENOMEM;
	size_t count = wanted ? wanted_find(config, served, source, wanted, &first_err) : 0;

	for (size_t i = 0; i < count; i++) {
		int err = open_one(config, &opened, wanted[i].listen, wanted[i].type, source);

		if (err && !first_err)
			first_err = err;
	}
	*ret_opened = opened;
	return first_err;
}

int rb_addresses_open(const struct rb_config *config, unsigned int workers,
		      const struct rb_addresses *served, struct rb_addresses *ret_opened)
{
	const struct source source = {workers, NULL};

	return all_open(config, &source, served, ret_opened);
}

int rb_addresses_open_any(const struct rb_config *config, unsigned int workers,
			  struct rb_inherited *inherited, struct rb_addresses *ret_opened)
{
	const struct source source = {workers, inherited};
	int err = all_open(config, &source, NULL, ret_opened);

	if (ret_opened->count)
		return 0;
	return err ?: -EADDRNOTAVAIL;
}

int rb_addresses_append(struct rb_addresses *addresses, struct rb_addresses *more)
{
	size_t before = addresses->count;
	int err = 0;

	for (size_t i = 0; i < more->count && !err; i++)
		err = rb_addresses_add(addresses, &more->list[i]);
	if (err) {
		addresses->count = before;
		return err;
	}
	free(more->list);
	*more = (struct rb_addresses){0};
	return 0;
}

void rb_addresses_forget(struct rb_addresses *addresses, size_t number)
{
	free(addresses->list[number].fds);
	addresses->list[number] = addresses->list[--addresses->count];
}

void rb_addresses_keep(const struct rb_addresses *addresses, const struct rb_config *config,
		       unsigned int workers)
{
	char name[RB_INHERITED_NAME];

	for (size_t i = 0; i < addresses->count; i++) {
		const struct rb_address *address = &addresses->list[i];

		rb_inherited_name(&address->addr, address->type, binding_of(config), name);
		rb_inherited_keep(name, address->fds, workers);
	}
}

void rb_addresses_drop(const struct rb_address *address, const struct rb_config *config)
{
	char name[RB_INHERITED_NAME];

	rb_inherited_name(&address->addr, address->type, binding_of(config), name);
	rb_inherited_drop(name);
}

void rb_addresses_free(struct rb_addresses *addresses)
{
	while (addresses->count)
		rb_addresses_forget(addresses, 0);
	free(addresses->list);
	addresses->list = NULL;
}

void rb_addresses_close(struct rb_addresses *addresses, unsigned int workers)
{
	for (size_t i = 0; i < addresses->count; i++)
		for (unsigned int w = 0; w < workers; w++)
			close(addresses->list[i].fds[w]);
	rb_addresses_free(addresses);
}
