/* SPDX-License-Identifier: BSD-2-Clause */
/* The addresses to serve: interface:, port: and what else decides on them. */
#include "config/reader.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/handlers.h"
#include "util/cleanup.h"

int rb_handle_interface(struct rb_reader *reader, const struct rb_directive *directive,
			const struct rb_value *values)
{
	struct rb_interface interface = {strdup(values[0].text), reader->location};
	int err;

	(void)directive;
	if (!interface.text)
		return -ENOMEM;
	err = rb_array_append(&reader->interfaces, &reader->interface_count, sizeof(interface),
			      &interface);
	if (err)
		free(interface.text);
	return err;
}

/* One name, or several in quotes; of several lines the names add up, and "auto" forgets them. */
int rb_handle_xdp_interface(struct rb_reader *reader, const struct rb_directive *directive,
			    const struct rb_value *values)
{
	struct rb_config *config = reader->config;
	_cleanup_free_ char *text = strdup(values[0].text);
	char *rest = text, *name, *names;

	if (!text)
		return -ENOMEM;
	while ((name = strsep(&rest, " \t"))) {
		if (!strcmp(name, "auto")) {
			free(config->xdp_interfaces);
			config->xdp_interfaces = NULL;
			continue;
		}
		if (strlen(name) >= IF_NAMESIZE)
			return rb_config_error(config, reader->location,
					       "%s: '%s' is too long for an interface's name",
					       directive->name, name);
		if (!*name)
			continue;
		if (asprintf(&names, "%s%s ", config->xdp_interfaces ? config->xdp_interfaces : "",
			     name) < 0)
			return -ENOMEM;
		free(config->xdp_interfaces);
		config->xdp_interfaces = names;
	}
	return 0;
}

int rb_handle_interface_automatic(struct rb_reader *reader, const struct rb_directive *directive,
				  const struct rb_value *values)
{
	(void)directive;
	reader->automatic_location = reader->location;
	rb_value_yesno(values[0].text, &reader->automatic);
	return 0;
}

int rb_handle_automatic_ports(struct rb_reader *reader, const struct rb_directive *directive,
			      const struct rb_value *values)
{
	(void)directive;
	reader->automatic_location = reader->location;
	free(reader->automatic_ports);
	reader->automatic_ports = strdup(values[0].text);
	return reader->automatic_ports ? 0 : -ENOMEM;
}

static uint16_t port_of(const struct sockaddr_storage *addr)
{
	if (addr->ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)addr)->sin_port);
	return ntohs(((const struct sockaddr_in6 *)addr)->sin6_port);
}

static bool addr_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in6 *a6 = (const struct sockaddr_in6 *)a;
	const struct sockaddr_in6 *b6 = (const struct sockaddr_in6 *)b;

	if (a->ss_family != b->ss_family || port_of(a) != port_of(b))
		return false;
	if (a->ss_family == AF_INET)
		return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
		       ((const struct sockaddr_in *)b)->sin_addr.s_addr;
	return a6->sin6_scope_id == b6->sin6_scope_id &&
	       !memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr));
}

const struct rb_listen *rb_config_listen_at(const struct rb_config *config,
					    const struct sockaddr_storage *addr)
{
	for (size_t i = 0; i < config->listen_count; i++)
		if (addr_same(&config->listens[i].addr, addr))
			return &config->listens[i];
	return NULL;
}

static bool can_speak(const struct rb_config *config, enum rb_speech speech)
{
	return speech != RB_SPEECH_NONE &&
	       (!rb_secure_by_tls(&config->secure, speech) || rb_secure_has_key(&config->secure));
}

static int say_unserved(struct rb_reader *reader, const struct rb_other_port *other,
			const char *text, struct rb_location location)
{
	if (other->speech != RB_SPEECH_NONE)
		return rb_config_warn(reader->config, location,
				      "interface %s: not served: %s: takes tls-service-key: and "
				      "tls-service-pem:",
				      text, other->directive->name);
	return rb_config_warn(reader->config, location, "interface %s: not served: %s (%s)", text,
			      other->directive->note, other->directive->name);
}

static int listen_add(struct rb_reader *reader, const struct sockaddr_storage *addr,
		      const char *text, struct rb_location location)
{
	struct rb_config *config = reader->config;
	struct rb_listen listen = {.addr = *addr};
	const struct rb_listen *known;
	size_t i;
	int err;

	if (addr->ss_family == AF_INET ? !config->do_ip4 : !config->do_ip6)
		return 0;
	for (i = 0; i < reader->other_port_count; i++) {
		const struct rb_other_port *other = &reader->other_ports[i];

		if (other->port != port_of(addr))
			continue;
		if (other->proxied) {
			listen.proxied = true;
			continue;
		}
		if (!can_speak(config, other->speech))
			return say_unserved(reader, other, text, location);
		listen.speech = other->speech;
	}
	/* As itself and as one of an interface's, for example; Unbound takes it, too. */
	known = rb_config_listen_at(config, addr);
	if (known)
		return rb_config_warn(config, location,
				      "interface: %s is there already, by %s:%u, and served once",
				      text, known->file, known->line);
	if (location.line) {
		listen.file = location.file;
		listen.line = location.line;
	}
	listen.text = strdup(text);
	if (!listen.text)
		return -ENOMEM;
	err = rb_array_append(&config->listens, &config->listen_count, sizeof(listen), &listen);
	if (err)
		free(listen.text);
	return err;
}

static int literal_add(struct rb_reader *reader, const char *address, uint16_t port,
		       struct rb_location location)
{
	struct sockaddr_storage addr;

	rb_value_address(address, port, &addr);
	return listen_add(reader, &addr, address, location);
}

static void freeifaddrsp(struct ifaddrs **addresses)
{
	if (*addresses)
		freeifaddrs(*addresses);
}

/* An interface's name stands for all addresses that it has now. */
static int name_add(struct rb_reader *reader, const char *text, struct rb_location location)
{
	_cleanup_(freeifaddrsp) struct ifaddrs *addresses = NULL;
	size_t name_length = strcspn(text, "@");
	uint64_t port = reader->config->port;
	const struct ifaddrs *address;
	bool found = false, any = false;

	if (text[name_length] && !rb_value_number(text + name_length + 1, 1, UINT16_MAX, &port))
		return rb_config_error(reader->config, location,
				       "interface: expected an address and a port, such as "
				       "192.0.2.1@5353, not '%s'",
				       text);
	if (getifaddrs(&addresses))
		return -errno;
	for (address = addresses; address; address = address->ifa_next) {
		struct sockaddr_storage addr = {0};
		int err;

		if (strlen(address->ifa_name) != name_length ||
		    strncmp(address->ifa_name, text, name_length) != 0)
			continue;
		found = true;
		if (address->ifa_addr && address->ifa_addr->sa_family == AF_INET) {
			memcpy(&addr, address->ifa_addr, sizeof(struct sockaddr_in));
			((struct sockaddr_in *)&addr)->sin_port = htons((uint16_t)port);
		} else if (address->ifa_addr && address->ifa_addr->sa_family == AF_INET6) {
			memcpy(&addr, address->ifa_addr, sizeof(struct sockaddr_in6));
			((struct sockaddr_in6 *)&addr)->sin6_port = htons((uint16_t)port);
		} else {
			continue;
		}
		err = rb_config_listen_at(reader->config, &addr)
			      ? 0
			      : listen_add(reader, &addr, text, location);
		if (err)
			return err;
		any |= rb_config_listen_at(reader->config, &addr) != NULL;
	}
	if (!found)
		return rb_config_error(reader->config, location,
				       "interface: '%s' is neither an address nor an interface of "
				       "this host",
				       text);
	if (!any)
		return rb_config_warn(reader->config, location,
				      "interface: '%s' has no address to listen on now", text);
	return 0;
}

static int both_add(struct rb_reader *reader, const char *ip4, const char *ip6, uint16_t port,
		    struct rb_location location)
{
	int err = literal_add(reader, ip4, port, location);

	return err ? err : literal_add(reader, ip6, port, location);
}

/* All addresses, on the port or on those of interface-automatic-ports. */
static int automatic_add(struct rb_reader *reader)
{
	char *rest = reader->automatic_ports, *word;
	uint64_t port;
	int err = 0;

	if (!rest || !*rest)
		return both_add(reader, "0.0.0.0", "::0", reader->config->port,
				reader->automatic_location);
	while (!err && (word = strsep(&rest, " \t"))) {
		if (!*word)
			continue;
		if (rb_value_number(word, 1, UINT16_MAX, &port))
			err = both_add(reader, "0.0.0.0", "::0", (uint16_t)port,
				       reader->automatic_location);
		else
			err = rb_config_error(reader->config, reader->automatic_location,
					      "interface-automatic-ports: expected ports, not '%s'",
					      word);
	}
	return err;
}

static int interfaces_add(struct rb_reader *reader)
{
	uint16_t port = reader->config->port;
	size_t i;
	int err = 0;

	for (i = 0; i < reader->interface_count && !err; i++) {
		const struct rb_interface *interface = &reader->interfaces[i];
		struct sockaddr_storage addr;

		if (rb_value_address(interface->text, port, &addr))
			err = listen_add(reader, &addr, interface->text, interface->location);
		else
			err = name_add(reader, interface->text, interface->location);
	}
	return err;
}

/* Each kind in the order of the file. */
static void plain_first(struct rb_config *config)
{
	struct rb_listen *listens = config->listens;

	for (size_t i = 0; i < config->listen_count; i++) {
		struct rb_listen listen = listens[i];

		if (listen.speech != RB_SPEECH_DNS || listen.proxied)
			continue;
		memmove(&listens[config->plain_count + 1], &listens[config->plain_count],
			(i - config->plain_count) * sizeof(*listens));
		listens[config->plain_count++] = listen;
	}
}

/* Whoever may say for whom he asks is whoever he likes: nobody elsewhere is believed unasked. */
static int proxies_check(struct rb_reader *reader)
{
	struct rb_config *config = reader->config;

	for (size_t i = 0; i < config->listen_count && !config->proxy_allow_count; i++)
		if (config->listens[i].proxied)
			return rb_config_warn(
				config,
				(struct rb_location){config->listens[i].file,
						     config->listens[i].line},
				"interface %s: without proxy-protocol-allow: only proxies of this "
				"machine are believed there; what others send is dropped",
				config->listens[i].text);
	return 0;
}

int rb_listens_finish(struct rb_reader *reader)
{
	struct rb_config *config = reader->config;
	int err;

	if (reader->automatic)
		err = automatic_add(reader);
	else if (reader->interface_count)
		err = interfaces_add(reader);
	else
		err = both_add(reader, "127.0.0.1", "::1", config->port,
			       (struct rb_location){config->files[0], 0});
	if (err || rb_config_has_errors(config))
		return err;
	plain_first(config);
	err = proxies_check(reader);
	if (err)
		return err;
	if (!config->listen_count || (!config->do_udp && !config->do_tcp))
		return rb_config_error(config, (struct rb_location){config->files[0], 0},
				       "no address is left to listen on, see interface:, do-ip4:, "
				       "do-ip6:, do-udp: and do-tcp:");
	return 0;
}
