/* SPDX-License-Identifier: BSD-2-Clause */
/* The text for libunbound as one process reads it. */
#include "upstream/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/upstreams.h"
#include "config/values.h"
#include "util/cleanup.h"

#define QUERIES_ON_ONE 4096 /* connection of libunbound's */

/*
 * A network without one of its addresses, as the list of networks that branch off on the way to it.
 */
static void network_spare(FILE *out, unsigned int above, uint32_t relay)
{
	for (unsigned int prefix = above + 1; prefix <= 32; prefix++) {
		uint32_t bit = 1U << (32 - prefix);
		struct in_addr other = {htonl((relay ^ bit) & ~(bit - 1))};
		char text[INET_ADDRSTRLEN];

		fprintf(out, "\tdo-not-query-address: %s/%u\n",
			inet_ntop(AF_INET, &other, text, sizeof(text)), prefix);
	}
}

/*
 * The networks that do-not-query-localhost covers. So a zone cannot name a server on this machine,
 * except at the one address that nobody knows and that has no port 53.
 */
static void localhost_spare(FILE *out, uint32_t relay)
{
	network_spare(out, 8, relay);
	fputs("\tdo-not-query-address: ::1\n\tdo-not-query-address: ::ffff:127.0.0.0/104\n", out);
}

static void own_lines_put(FILE *out, const struct rb_upstream_plan *plan,
			  const struct rb_upstream_relay *relay)
{
	struct sockaddr_in addr = rb_upstream_relay_addr(relay, 0);
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &addr.sin_addr, text, sizeof(text));
	fprintf(out, "server:\n\tdo-not-query-localhost: no\n\tedns-client-string: %s/32 \"%s\"\n",
		text, rb_upstream_relay_token(relay));
	/* One connection is enough, and leaves outgoing-num-tcp to others. */
	fprintf(out, "\tmax-reuse-tcp-queries: %u\n", QUERIES_ON_ONE);
	if (plan->spare_localhost)
		localhost_spare(out, ntohl(addr.sin_addr.s_addr));
}

/*
 * If the line has a placeholder for a relay, write it with the relay's address. Returns whether it
 * has.
 */
static bool place_put(FILE *out, const char *line, const struct rb_upstream_plan *plan,
		      const struct rb_upstream_relay *relay)
{
	const char *place = strstr(line, RB_UPSTREAM_PLACE);
	char text[INET_ADDRSTRLEN], *end;
	struct sockaddr_in addr;
	unsigned long zone;

	if (!place)
		return false;
	zone = strtoul(place + strlen(RB_UPSTREAM_PLACE), &end, 10) - 1;
	if (zone >= plan->zone_count || strcmp(end, RB_UPSTREAM_PLACE_END) != 0)
		return false;
	addr = rb_upstream_relay_addr(relay, (uint32_t)zone);
	inet_ntop(AF_INET, &addr.sin_addr, text, sizeof(text));
	fprintf(out, "%.*s%s@%u\n", (int)(place - line), line, text, ntohs(addr.sin_port));
	return true;
}

/*
 * If the line would keep libunbound from asking the relays, write it without them. Returns whether
 * it would.
 */
static bool spared_put(FILE *out, const char *line, const struct rb_upstream_relay *relay)
{
	static const char directive[] = "do-not-query-address:";
	struct in_addr addr = rb_upstream_relay_addr(relay, 0).sin_addr;
	uint8_t mapped[16] = {[10] = 0xff, 0xff};
	struct rb_netblock block;
	char text[64];

	line += strspn(line, " \t");
	if (strncmp(line, directive, strlen(directive)) != 0)
		return false;
	line += strlen(directive);
	line += strspn(line, " \t\"'");
	memcpy(mapped + 12, &addr, sizeof(addr));
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, " \t\"'\n"), line);
	if (!rb_value_netblock(text, block.addr, &block.prefix) ||
	    !rb_netblock_has(&block, mapped) || block.prefix < 96)
		return false;
	network_spare(out, block.prefix - 96U, ntohl(addr.s_addr));
	return true;
}

int rb_upstream_text_new(int fd, const struct rb_upstream_plan *plan,
			 const struct rb_upstream_relay *relay, int *ret_fd)
{
	_cleanup_close_ int out_fd = memfd_create("resolver.conf", MFD_CLOEXEC), copy = -1;
	_cleanup_fclose_ FILE *in = NULL, *out = NULL;
	_cleanup_free_ char *line = NULL;
	size_t room = 0;
	char path[64];

	/* Opened anew, since all processes share the descriptor's file offset. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	in = fopen(path, "re");
	copy = dup(out_fd);
	out = copy < 0 ? NULL : fdopen(copy, "w");
	if (!in || !out)
		return -errno;
	(void)TAKE_FD(copy);
	while (getline(&line, &room, in) >= 0)
		if (!place_put(out, line, plan, relay) && !spared_put(out, line, relay))
			fputs(line, out);
	own_lines_put(out, plan, relay);
	if (fflush(out) || ferror(in))
		return -EIO;
	*ret_fd = TAKE_FD(out_fd);
	return 0;
}
