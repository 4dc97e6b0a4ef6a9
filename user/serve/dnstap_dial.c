/* SPDX-License-Identifier: BSD-2-Clause */
/* Connects to a dnstap receiver. */
#include "serve/dnstap_dial.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "config/values.h"
#include "util/cleanup.h"

static bool has_path(const struct rb_config_dnstap *config)
{
	return config->socket_path && *config->socket_path;
}

const char *rb_dnstap_dial_text(const struct rb_config_dnstap *config)
{
	return has_path(config) ? config->socket_path : config->ip;
}

bool rb_dnstap_dial_uses_tls(const struct rb_config_dnstap *config)
{
	return !has_path(config) && config->tls;
}

static int place_find(const struct rb_config_dnstap *config, struct sockaddr_storage *ret_addr,
		      socklen_t *ret_len)
{
	struct sockaddr_un *un = (struct sockaddr_un *)ret_addr;

	*ret_addr = (struct sockaddr_storage){0};
	if (has_path(config)) {
		un->sun_family = AF_UNIX;
		*ret_len = sizeof(*un);
		if (strlen(config->socket_path) >= sizeof(un->sun_path))
			return -ENAMETOOLONG;
		memcpy(un->sun_path, config->socket_path, strlen(config->socket_path) + 1);
		return 0;
	}
	if (!config->ip || !rb_value_address(config->ip, 0, ret_addr))
		return -EINVAL;
	*ret_len = ret_addr->ss_family == AF_INET ? sizeof(struct sockaddr_in)
						  : sizeof(struct sockaddr_in6);
	return 0;
}

int rb_dnstap_dial(const struct rb_config_dnstap *config, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_storage addr;
	socklen_t len;
	int err = place_find(config, &addr, &len);

	if (err)
		return err;
	fd = socket(addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&addr, len) && errno != EINPROGRESS)
		return -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}
