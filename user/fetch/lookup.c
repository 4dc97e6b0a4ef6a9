/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks for A and AAAA. */
#include "fetch/lookup.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "dns/rrs.h"
#include "fetch/stream.h"
#include "util/cleanup.h"

#define QUESTION_MAX 512

static void add(struct rb_fetch_addresses *addresses, int family, const void *bytes, uint16_t port)
{
	struct sockaddr_storage *addr = &addresses->list[addresses->count];
	struct sockaddr_in *addr4 = (struct sockaddr_in *)addr;
	struct sockaddr_in6 *addr6 = (struct sockaddr_in6 *)addr;

	if (addresses->count == RB_FETCH_ADDRESSES)
		return;
	memset(addr, 0, sizeof(*addr));
	addr->ss_family = (sa_family_t)family;
	if (family == AF_INET) {
		memcpy(&addr4->sin_addr, bytes, sizeof(addr4->sin_addr));
		addr4->sin_port = htons(port);
	} else {
		memcpy(&addr6->sin6_addr, bytes, sizeof(addr6->sin6_addr));
		addr6->sin6_port = htons(port);
	}
	addresses->count++;
}

static void addresses_take(const uint8_t *message, size_t len, uint16_t port,
			   struct rb_fetch_addresses *addresses)
{
	unsigned int count = rb_bytes_get16(message + 6);
	struct rb_rrs rrs;
	struct rb_rr rr;

	if (rb_rrs_begin(&rrs, message, len))
		return;
	for (unsigned int i = 0; i < count && rb_rrs_next(&rrs, &rr) == 1; i++) {
		size_t bytes = rr.rdata_end - rr.rdata;

		if (rr.type == RB_TYPE_A && bytes == 4)
			add(addresses, AF_INET, message + rr.rdata, port);
		else if (rr.type == RB_TYPE_AAAA && bytes == 16)
			add(addresses, AF_INET6, message + rr.rdata, port);
	}
}

/* Where this machine's own questions come from. */
static struct sockaddr_storage loopback_of(const struct sockaddr_storage *server)
{
	struct sockaddr_storage loopback = {.ss_family = server->ss_family};

	if (server->ss_family == AF_INET)
		((struct sockaddr_in *)&loopback)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		((struct sockaddr_in6 *)&loopback)->sin6_addr = in6addr_loopback;
	return loopback;
}

static int ask(int fd, const uint8_t *name, size_t name_len, uint16_t type, uint64_t deadline_ns,
	       uint8_t *message, size_t *ret_len)
{
	uint8_t question[QUESTION_MAX];
	size_t len = rb_fetch_question(name, name_len, type, RB_FLAG_RD, question);
	int err = rb_fetch_send(fd, question, len, deadline_ns);

	if (!err)
		err = rb_fetch_receive(fd, message, ret_len, deadline_ns);
	if (!err && (*ret_len < len || memcmp(message, question, 2) != 0))
		err = -EBADMSG;
	return err;
}

static int say(char *why, const char *host, const char *what)
{
	snprintf(why, RB_FETCH_WHY_MAX,
		 "%.80s has no address: this server, asked from the loopback, "
		 "says %s",
		 host, what);
	return -EHOSTUNREACH;
}

int rb_fetch_lookup(const struct rb_fetch_order *order, const char *host, uint16_t port,
		    uint64_t deadline_ns, struct rb_fetch_addresses *ret_addresses, char *why)
{
	static const uint16_t types[] = {RB_TYPE_A, RB_TYPE_AAAA};
	struct sockaddr_storage loopback = loopback_of(&order->resolver);
	uint8_t name[RB_NAME_MAX], addr[sizeof(struct in6_addr)];
	_cleanup_free_ uint8_t *message = malloc(RB_MESSAGE_MAX);
	_cleanup_close_ int fd = -1;
	int name_len, err, rcode = 0;

	ret_addresses->count = 0;
	if (inet_pton(AF_INET, host, addr) == 1 || inet_pton(AF_INET6, host, addr) == 1) {
		add(ret_addresses, strchr(host, ':') ? AF_INET6 : AF_INET, addr, port);
		return 0;
	}
	name_len = rb_name_from_text(host, name);
	if (!message || name_len <= 0)
		return message ? say(why, host, "nothing of such a name") : -ENOMEM;
	err = rb_fetch_connect(&order->resolver, &loopback, deadline_ns, &fd);
	for (size_t i = 0; i < ARRAY_SIZE(types) && !err; i++) {
		size_t len;

		err = ask(fd, name, (size_t)name_len, types[i], deadline_ns, message, &len);
		if (err)
			break;
		rcode = message[3] & 0xf;
		addresses_take(message, len, port, ret_addresses);
	}
	if (ret_addresses->count)
		return 0;
	return say(why, host,
		   err                          ? strerror(-err)
		   : rcode == RB_RCODE_REFUSED  ? "REFUSED"
		   : rcode == RB_RCODE_NXDOMAIN ? "NXDOMAIN"
		   : rcode                      ? "SERVFAIL"
						: "that there is none");
}
