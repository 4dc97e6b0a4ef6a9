/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets in systemd's descriptor store. */
#include "serve/inherited.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "util/cleanup.h"

void rb_inherited_begin(struct rb_inherited *inherited)
{
	char **names = NULL;
	int count = sd_listen_fds_with_names(1, &names);

	*inherited = (struct rb_inherited){0};
	if (count <= 0)
		return;
	inherited->fds = malloc((size_t)count * sizeof(*inherited->fds));
	inherited->names = names;
	for (int i = 0; i < count; i++)
		if (inherited->fds)
			inherited->fds[i] = SD_LISTEN_FDS_START + i;
		else
			close(SD_LISTEN_FDS_START + i);
	inherited->count = inherited->fds ? count : 0;
}

void rb_inherited_end(struct rb_inherited *inherited)
{
	for (int i = 0; i < inherited->count; i++)
		if (inherited->fds[i] >= 0)
			rb_inherited_drop(inherited->names[i]);
	rb_inherited_close(inherited);
}

void rb_inherited_close(struct rb_inherited *inherited)
{
	for (int i = 0; i < inherited->count; i++)
		rb_closep(&inherited->fds[i]);
	free(inherited->fds);
	for (char **name = inherited->names; name && *name; name++)
		free(*name);
	free(inherited->names);
	*inherited = (struct rb_inherited){0};
}

/* The name may not contain colons. */
void rb_inherited_name(const struct sockaddr_storage *addr, int type,
		       enum rb_socket_binding binding, char ret_name[RB_INHERITED_NAME])
{
	static const char *const bindings[] = {
		[RB_SOCKET_LOCAL] = "local",
		[RB_SOCKET_FREE] = "free",
		[RB_SOCKET_TRANSPARENT] = "transparent",
	};
	const struct sockaddr_in *addr4 = (const struct sockaddr_in *)addr;
	const struct sockaddr_in6 *addr6 = (const struct sockaddr_in6 *)addr;
	bool is_ipv6 = addr->ss_family == AF_INET6;
	const uint8_t *bytes = is_ipv6 ? addr6->sin6_addr.s6_addr
				       : (const uint8_t *)&addr4->sin_addr;
	size_t len = is_ipv6 ? sizeof(addr6->sin6_addr) : sizeof(addr4->sin_addr);
	int used = snprintf(ret_name, RB_INHERITED_NAME, "%s-%s-", bindings[binding],
			    type == SOCK_STREAM ? "tcp" : "udp");

	for (size_t i = 0; i < len; i++)
		used += snprintf(ret_name + used, RB_INHERITED_NAME - (size_t)used, "%02x",
				 bytes[i]);
	used += snprintf(ret_name + used, RB_INHERITED_NAME - (size_t)used, "-%u",
			 ntohs(is_ipv6 ? addr6->sin6_port : addr4->sin_port));
	if (is_ipv6 && addr6->sin6_scope_id)
		snprintf(ret_name + used, RB_INHERITED_NAME - (size_t)used, "-%u",
			 addr6->sin6_scope_id);
}

static bool is_of(const struct rb_inherited *inherited, int i, const char *name)
{
	return inherited->fds[i] >= 0 && !strcmp(inherited->names[i], name);
}

bool rb_inherited_has(const struct rb_inherited *inherited, const char *name, unsigned int count)
{
	unsigned int found = 0;

	for (int i = 0; i < inherited->count; i++)
		found += is_of(inherited, i, name);
	return count && found == count;
}

void rb_inherited_take(struct rb_inherited *inherited, const char *name, int *ret_fds)
{
	for (int i = 0; i < inherited->count; i++)
		if (is_of(inherited, i, name))
			*ret_fds++ = TAKE_FD(inherited->fds[i]);
}

bool rb_inherited_keep(const char *name, const int *fds, unsigned int count)
{
	char state[128];

	snprintf(state, sizeof(state), "FDSTORE=1\nFDNAME=%s", name);
	return sd_pid_notify_with_fds(0, 0, state, fds, count) > 0;
}

void rb_inherited_drop(const char *name)
{
	(void)sd_notifyf(0, "FDSTOREREMOVE=1\nFDNAME=%s", name);
}
