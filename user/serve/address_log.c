/* SPDX-License-Identifier: BSD-2-Clause */
/* Say which address cannot be served, why, and what the operator can do about it. */
#include "serve/address_log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "serve/port_owner.h"
#include "util/log.h"

void rb_address_text(const struct sockaddr_storage *addr, char text[RB_ADDRESS_TEXT])
{
	const struct sockaddr_in *addr4 = (const struct sockaddr_in *)addr;
	const struct sockaddr_in6 *addr6 = (const struct sockaddr_in6 *)addr;
	bool is_ipv6 = addr->ss_family == AF_INET6;
	const void *bytes = is_ipv6 ? (const void *)&addr6->sin6_addr : &addr4->sin_addr;
	size_t len;

	if (!inet_ntop(addr->ss_family, bytes, text, INET6_ADDRSTRLEN))
		snprintf(text, RB_ADDRESS_TEXT, "?");
	len = strlen(text);
	snprintf(text + len, RB_ADDRESS_TEXT - len, "@%u",
		 ntohs(is_ipv6 ? addr6->sin6_port : addr4->sin_port));
}

static void log_in_use(const struct sockaddr_storage *addr, int type, const char *text,
		       const char *protocol)
{
	struct rb_port_owner holder;

	if (rb_port_owner_find(addr, type, &holder))
		rb_log_error("%s over %s is in use by another program. 'ss -lpn' as root names it; "
			     "stop it, or serve another address or port (interface: ADDRESS@PORT).",
			     text, protocol);
	else
		rb_log_error("%s over %s is in use by %s (pid %d): %s.", text, protocol,
			     holder.name, (int)holder.pid,
			     rb_port_owner_cure(&holder)
				     ?: "stop that, or serve another address or port (interface: "
					"ADDRESS@PORT)");
}

void rb_address_log_failure(const struct sockaddr_storage *addr, int type, int err)
{
	const char *protocol = type == SOCK_STREAM ? "TCP" : "UDP";
	char text[RB_ADDRESS_TEXT];

	rb_address_text(addr, text);
	switch (-err) {
	case EADDRINUSE:
		log_in_use(addr, type, text, protocol);
		break;
	case EADDRNOTAVAIL:
		rb_log_error("%s over %s cannot be served: no interface of this machine carries "
			     "that address (see 'ip address'), and ip-freebind: is off.",
			     text, protocol);
		break;
	case EPERM:
		rb_log_error("%s over %s cannot be served: ip-transparent: needs root or "
			     "CAP_NET_RAW.",
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
