/* SPDX-License-Identifier: BSD-2-Clause */
/* A server of DNS over TLS with a certificate of its own making, on a test's event base; and a relay. */
#ifndef RB_TESTS_UPSTREAM_FIXTURE_H
#define RB_TESTS_UPSTREAM_FIXTURE_H

#include <event2/bufferevent_ssl.h>
#include <event2/listener.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "upstream/relay.h"

#define UPSTREAM_HOST "dns.example"

/* What a server does with queries. */
enum manner {
	ANSWERS,
	ANSWERS_BACKWARDS, /* four at a time, the last first */
	ANSWERS_AND_CLOSES,
	SAYS_NOTHING,
	SAYS_TOO_LITTLE, /* a frame of three bytes */
	SAYS_OTHER_ID,   /* over and over */
	SAYS_OTHER_QUESTION,
	SAYS_FORMERR,
	SAYS_TRUNCATED,
	SPEAKS_NO_TLS,
};

struct upstream {
	enum manner manner;
	SSL_CTX *tls;
	struct evconnlistener *listener;
	struct sockaddr_storage addr;
	unsigned int connections, queries;
	uint8_t last[2048]; /* query, as it came */
	size_t last_len;
	struct bufferevent *held[4]; /* for ANSWERS_BACKWARDS */
	uint8_t held_queries[4][2048];
	size_t held_lens[4];
	unsigned int held_count;
};

/* The authority of all certificates here. */
const char *upstream_authority(void);

void upstream_open(struct upstream *upstream, struct event_base *base, enum manner manner,
		   const char *host);
void upstream_close(struct upstream *upstream);

/* A plan of one zone with these servers; name: that they must prove to have. */
struct rb_upstream_plan *plan_of(const struct upstream *upstreams, unsigned int count,
				 const char *name);

/* A query as libunbound makes it, with the token in an option; its length. */
size_t query_put(uint8_t out[512], uint16_t id, const char *label, const char *token);

#endif
