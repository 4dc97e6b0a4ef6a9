/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the clause remote-control:. */
#include "config/remote.h"

#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>

#include "config/named_files.h"
#include "config/reader.h"
#include "util/cleanup.h"

/* What unbound-control reads, as Debian builds it, where the file says nothing. */
#define DEFAULT_KEY_FILE  "unbound_server.key"
#define DEFAULT_CERT_FILE "unbound_server.pem"

static struct rb_remote_origin origin_of(const struct rb_reader *reader)
{
	return (struct rb_remote_origin){reader->location.file, reader->location.line};
}

static struct rb_location location_of(const struct rb_reader *reader,
				      struct rb_remote_origin origin)
{
	return (struct rb_location){origin.file ? origin.file : reader->config->files[0],
				    origin.line};
}

int rb_handle_control_enable(struct rb_reader *reader, const struct rb_directive *directive,
			     const struct rb_value *values)
{
	struct rb_remote *remote = &reader->config->remote;

	(void)directive;
	rb_value_yesno(values[0].text, &remote->enabled);
	remote->enabled_at = origin_of(reader);
	return 0;
}

static int listen_add(struct rb_remote *remote, const struct sockaddr_storage *addr,
		      const char *text, struct rb_remote_origin origin)
{
	struct rb_remote_listen listen = {.addr = *addr, .text = strdup(text), .origin = origin};
	int err;

	if (!listen.text)
		return -ENOMEM;
	err = rb_array_append(&remote->listens, &remote->listen_count, sizeof(listen), &listen);
	if (err)
		free(listen.text);
	return err;
}

/* Which address it is may depend on control-port:, which may follow. */
int rb_handle_control_interface(struct rb_reader *reader, const struct rb_directive *directive,
				const struct rb_value *values)
{
	static const struct sockaddr_storage later = {.ss_family = AF_UNSPEC};

	(void)directive;
	if (!*values[0].text)
		return 0;
	return listen_add(&reader->config->remote, &later, values[0].text, origin_of(reader));
}

static int file_take(struct rb_reader *reader, const struct rb_value *values, char **file,
		     struct rb_remote_origin *origin)
{
	char *copy;

	if (!*values[0].text)
		return 0;
	copy = strdup(values[0].text);
	if (!copy)
		return -ENOMEM;
	free(*file);
	*file = copy;
	*origin = origin_of(reader);
	return 0;
}

int rb_handle_server_key_file(struct rb_reader *reader, const struct rb_directive *directive,
			      const struct rb_value *values)
{
	struct rb_remote *remote = &reader->config->remote;

	(void)directive;
	return file_take(reader, values, &remote->key_file, &remote->key_at);
}

int rb_handle_server_cert_file(struct rb_reader *reader, const struct rb_directive *directive,
			       const struct rb_value *values)
{
	struct rb_remote *remote = &reader->config->remote;

	(void)directive;
	return file_take(reader, values, &remote->cert_file, &remote->cert_at);
}

static void freeifaddrsp(struct ifaddrs **addresses)
{
	if (*addresses)
		freeifaddrs(*addresses);
}

/* The address of an interface, with the port; false: it is of no family that we serve. */
static bool addr_of(const struct ifaddrs *address, uint16_t port, struct sockaddr_storage *ret)
{
	*ret = (struct sockaddr_storage){0};
	if (address->ifa_addr && address->ifa_addr->sa_family == AF_INET) {
		memcpy(ret, address->ifa_addr, sizeof(struct sockaddr_in));
		((struct sockaddr_in *)ret)->sin_port = htons(port);
		return true;
	}
	if (address->ifa_addr && address->ifa_addr->sa_family == AF_INET6) {
		memcpy(ret, address->ifa_addr, sizeof(struct sockaddr_in6));
		((struct sockaddr_in6 *)ret)->sin6_port = htons(port);
		return true;
	}
	return false;
}

/* All addresses that the interface has now. */
static int name_add(struct rb_reader *reader, const struct rb_remote_listen *written)
{
	struct rb_remote *remote = &reader->config->remote;
	_cleanup_(freeifaddrsp) struct ifaddrs *addresses = NULL;
	size_t name_length = strcspn(written->text, "@");
	uint64_t port = remote->port;
	struct sockaddr_storage addr;
	bool found = false;
	int err = 0;

	if (written->text[name_length] &&
	    !rb_value_number(written->text + name_length + 1, 1, UINT16_MAX, &port))
		name_length = 0;
	if (getifaddrs(&addresses))
		return -errno;
	for (const struct ifaddrs *address = addresses; address && !err;
	     address = address->ifa_next) {
		if (strlen(address->ifa_name) != name_length ||
		    strncmp(address->ifa_name, written->text, name_length) != 0 ||
		    !addr_of(address, (uint16_t)port, &addr))
			continue;
		found = true;
		err = listen_add(remote, &addr, written->text, written->origin);
	}
	if (found || err)
		return err;
	return rb_config_error(reader->config, location_of(reader, written->origin),
			       "control-interface: expected an address, the name of an interface "
			       "that has one, or a path that begins with '/', not '%s'",
			       written->text);
}

static int written_add(struct rb_reader *reader, const struct rb_remote_listen *written)
{
	struct rb_remote *remote = &reader->config->remote;
	struct sockaddr_storage addr = {.ss_family = AF_UNIX};

	if (remote->listen_count == RB_REMOTE_MAX)
		return rb_config_error(reader->config, location_of(reader, written->origin),
				       "control-interface: more than %d addresses", RB_REMOTE_MAX);
	if (*written->text == '/' || rb_value_address(written->text, remote->port, &addr))
		return listen_add(remote, &addr, written->text, written->origin);
	return name_add(reader, written);
}

/* Unbound's default: the host itself. */
static int default_add(struct rb_reader *reader)
{
	static const char *const addresses[] = {"127.0.0.1", "::1"};
	struct rb_remote *remote = &reader->config->remote;
	struct sockaddr_storage addr;
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(addresses) && !err; i++) {
		rb_value_address(addresses[i], remote->port, &addr);
		if (addr.ss_family == AF_INET ? reader->config->do_ip4 : reader->config->do_ip6)
			err = listen_add(remote, &addr, addresses[i], remote->enabled_at);
	}
	return err;
}

static void listens_free(struct rb_remote_listen *listens, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(listens[i].text);
	free(listens);
}

static int listens_finish(struct rb_reader *reader)
{
	struct rb_remote *remote = &reader->config->remote;
	struct rb_remote_listen *written = TAKE_PTR(remote->listens);
	size_t count = remote->listen_count;
	int err = 0;

	remote->listen_count = 0;
	for (size_t i = 0; i < count && !err; i++)
		err = written_add(reader, &written[i]);
	listens_free(written, count);
	if (!err && !count)
		err = default_add(reader);
	return err;
}

static int file_finish(const struct rb_reader *reader, char **file, const char *otherwise)
{
	_cleanup_free_ char *written = TAKE_PTR(*file);

	*file = rb_named_file_path(reader, written ? written : otherwise);
	return *file ? 0 : -ENOMEM;
}

int rb_remote_finish(struct rb_reader *reader)
{
	struct rb_remote *remote = &reader->config->remote;
	int err;

	if (!remote->enabled)
		return 0;
	err = listens_finish(reader);
	if (!err)
		err = file_finish(reader, &remote->key_file, DEFAULT_KEY_FILE);
	if (!err)
		err = file_finish(reader, &remote->cert_file, DEFAULT_CERT_FILE);
	return err;
}

bool rb_remote_uses_tls(const struct rb_remote *remote, const struct rb_remote_listen *listen)
{
	return remote->use_cert &&
	       (listen->addr.ss_family != AF_UNIX || remote->listens[0].addr.ss_family != AF_UNIX);
}

bool rb_remote_needs_cert(const struct rb_remote *remote)
{
	for (size_t i = 0; remote->enabled && i < remote->listen_count; i++)
		if (rb_remote_uses_tls(remote, &remote->listens[i]))
			return true;
	return false;
}

void rb_remote_free(struct rb_remote *remote)
{
	listens_free(remote->listens, remote->listen_count);
	free(remote->key_file);
	free(remote->cert_file);
}
