/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks up addresses of upstream servers. */
#include "resolve/finder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unbound-event.h>
#include <unistd.h>

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "dns/rrs.h"
#include "resolve/context.h"
#include "upstream/message.h"
#include "util/cleanup.h"

/* The later of two lines applies. A few names need neither large caches nor many sockets. */
static const char own_lines[] = "server:\n"
				"\tmodule-config: \"iterator\"\n"
				"\tmsg-cache-size: 64k\n"
				"\trrset-cache-size: 128k\n"
				"\tinfra-cache-numhosts: 1000\n"
				"\toutgoing-range: 64\n"
				"\toutgoing-num-tcp: 8\n"
				"\tnum-queries-per-thread: 32\n";

struct search {
	struct rb_upstream_host *host;
	int family;
};

/* The TTL precedes the length of the data. */
static uint32_t ttl_of(const uint8_t *message, const struct rb_rr *rr)
{
	return rb_bytes_get32(message + rr->rdata - 6);
}

static void records_take(const uint8_t *message, size_t len, int family,
			 struct rb_upstream_found *found)
{
	unsigned int count = rb_bytes_get16(message + 6);
	uint16_t type = family == AF_INET ? RB_TYPE_A : RB_TYPE_AAAA;
	struct rb_rrs rrs;
	struct rb_rr rr;

	if (rb_rrs_begin(&rrs, message, len))
		return;
	found->ttl_s = UINT32_MAX;
	for (unsigned int i = 0; i < count && rb_rrs_next(&rrs, &rr) == 1; i++) {
		size_t bytes = rr.rdata_end - rr.rdata;

		/* Those of aliases on the way count, too. */
		if (ttl_of(message, &rr) < found->ttl_s)
			found->ttl_s = ttl_of(message, &rr);
		if (rr.type != type || bytes != (family == AF_INET ? 4 : 16) ||
		    found->count == RB_UPSTREAM_ADDRESSES)
			continue;
		memcpy(&found->addresses[found->count++], message + rr.rdata, bytes);
	}
}

static void on_answer(void *arg, int rcode, void *packet, int len, int security, char *why_bogus,
		      int was_ratelimited)
{
	_cleanup_free_ struct search *search = arg;
	struct rb_upstream_found found = {0};

	(void)security;
	(void)why_bogus;
	(void)was_ratelimited;
	/* An error from a server is not one of the library. */
	if (rcode == RB_RCODE_NOERROR && len >= RB_UPSTREAM_HEADER_BYTES)
		rcode = ((const uint8_t *)packet)[3] & 0xf;
	if (rcode == RB_RCODE_NOERROR && len > 0)
		records_take(packet, (size_t)len, search->family, &found);
	found.failed = rcode != RB_RCODE_NOERROR && rcode != RB_RCODE_NXDOMAIN;
	if (found.failed)
		found.why = "its look-up ends in SERVFAIL";
	else if (rcode == RB_RCODE_NXDOMAIN)
		found.why = "there is no such name";
	rb_upstream_host_found(search->host, search->family, &found);
}

static void find(struct rb_upstream_finder *upstream_finder, struct rb_upstream_host *host,
		 int family)
{
	static const struct rb_upstream_found none = {.failed = true,
						      .why = "it cannot be looked up"};
	struct rb_finder *finder = (struct rb_finder *)upstream_finder;
	struct search *search = malloc(sizeof(*search));
	int type = family == AF_INET ? RB_TYPE_A : RB_TYPE_AAAA;

	if (search)
		*search = (struct search){host, family};
	if (search && !ub_resolve_event(finder->context, host->plan->host, type, RB_CLASS_IN,
					search, on_answer, NULL))
		return;
	free(search);
	rb_upstream_host_found(host, family, &none);
}

static int text_new(int config_fd, int *ret_fd)
{
	_cleanup_close_ int fd = memfd_create("resolver-hosts.conf", MFD_CLOEXEC);
	char bytes[4096];
	off_t at = 0;
	ssize_t got;

	if (fd < 0)
		return -errno;
	while ((got = pread(config_fd, bytes, sizeof(bytes), at)) > 0) {
		if (write(fd, bytes, (size_t)got) != got)
			return -EIO;
		at += got;
	}
	if (got < 0 || write(fd, own_lines, sizeof(own_lines) - 1) != sizeof(own_lines) - 1)
		return -EIO;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int rb_finder_open(struct rb_finder *finder, struct event_base *base, int config_fd, FILE *log)
{
	_cleanup_close_ int fd = -1;
	char path[64];
	int err = text_new(config_fd, &fd);

	if (err)
		return err;
	finder->finder.find = find;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return rb_context_new(base, path, log, &finder->context);
}
