/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server: worker threads that take queries from UDP and TCP sockets and from AF_XDP, answer
 * from the hot table or through the resolvers, on the way the query came.
 *
 * Thread:   every function is main's.
 * Lifetime: everything passed in must outlive the workers. A query that waits for its resolver
 *	     belongs to that until it comes back, so at the end: rb_server_stop(),
 *	     rb_resolvers_stop(), rb_server_free().
 * Errors:   0 or -errno.
 */
#ifndef RB_SERVE_SERVER_H
#define RB_SERVE_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "policy/acl.h"
#include "resolve/resolver.h"
#include "serve/addresses.h"
#include "serve/certificate.h"
#include "table/table.h"
#include "util/histogram.h"
#include "util/opener.h"

struct rb_asked;
struct rb_dnstap;
struct rb_server;
struct rb_xsk;

/* By transport: UDP sockets, TCP, AF_XDP, DNS over TLS, over HTTPS. */
enum rb_transport {
	RB_TRANSPORT_UDP,
	RB_TRANSPORT_TCP,
	RB_TRANSPORT_XDP,
	RB_TRANSPORT_TLS,
	RB_TRANSPORT_HTTPS,
	RB_TRANSPORTS,
};

/* Whether a reply may be as large as messages are. */
static inline bool rb_transport_is_stream(enum rb_transport transport)
{
	return transport == RB_TRANSPORT_TCP || transport >= RB_TRANSPORT_TLS;
}

static inline bool rb_transport_is_secure(enum rb_transport transport)
{
	return transport >= RB_TRANSPORT_TLS;
}

/* Where a worker's answer comes from. */
enum rb_source {
	RB_SOURCE_TABLE,
	RB_SOURCE_RESOLVER,
	RB_SOURCES,
};

struct rb_server_stats {
	uint64_t queries[RB_TRANSPORTS];
	uint64_t table_hits[RB_TRANSPORTS]; /* answered from the hot table by a worker */
	uint64_t replies[RB_TRANSPORTS];
	uint64_t dropped[RB_TRANSPORTS]; /* malformed, denied, or no room to answer */
	uint64_t refused[RB_TRANSPORTS]; /* by access-control, or without RD */
	uint64_t tcp_rejected; /* connections beyond incoming-num-tcp: each was closed, or another
				 * for it */
	uint64_t tcp_limited;  /* connections beyond tcp-connection-limit, which were closed */
	uint64_t tls_handshakes, tls_resumed; /* that succeeded; of these with a ticket */
	uint64_t tls_failed;                  /* handshakes that failed */
	uint64_t listens[RB_SPEECH_NONE];     /* addresses with this protocol */
	uint64_t certificate_ends_s;          /* since 1970; 0: there is none */
	uint64_t dnstap_lost;                 /* messages that no receiver took in time */
	uint64_t bad_checksums;               /* of the dropped: damaged datagrams from AF_XDP */
	/* From when a worker took the query until it had sent the reply. */
	struct rb_histogram_sum took[RB_TRANSPORTS][RB_SOURCES];
};

struct rb_feed_slot;

struct rb_server_opts {
	const struct rb_config *config;
	struct rb_table *table;
	const struct rb_acl *acl;
	struct rb_resolvers *resolvers;
	struct rb_feed_slot *feeds;     /* NULL: no zones are fetched */
	unsigned int workers;           /* at least one */
	const struct rb_opener *opener; /* see util/opener.h; NULL: nothing can be opened */
	void *totals; /* rb_server_totals_bytes() that servers share; NULL: it is the only one */
};

/* The size of the counts that each server takes over from the one before it. */
size_t rb_server_totals_bytes(unsigned int workers);

/*
 * No thread runs yet. addresses: with a socket for each worker; the server owns them from then on;
 * after an error, those that are left in it are still the caller's.
 */
int rb_server_new(const struct rb_server_opts *opts, struct rb_addresses *addresses,
		  struct rb_server **ret_server);

/* How many workers there are. */
unsigned int rb_server_workers(const struct rb_server *server);

/* What is asked for most; NULL: it is not counted. */
struct rb_asked *rb_server_asked(const struct rb_server *server);

/* NULL: there is none. */
struct rb_dnstap *rb_server_dnstap(const struct rb_server *server);

/* Start the workers. */
int rb_server_start(struct rb_server *server);

/* Stop and join the workers, close sockets and connections. */
void rb_server_stop(struct rb_server *server);

/* After rb_resolvers_stop(): with the queries that were waiting. Stops the workers if they run. */
void rb_server_free(struct rb_server *server);

/*
 * Another server accepts the queries from now on. Pending queries are answered by these rules,
 * which must outlive the workers; connections are served until they are idle. rb_server_is_idle():
 * whether all of this is done.
 */
void rb_server_retire(struct rb_server *server, const struct rb_acl *acl);
bool rb_server_is_idle(const struct rb_server *server);

/*
 * Use another local policy, with the configuration as it is. When it returns, no worker uses the
 * former one. -ENOMEM: all still do.
 */
int rb_server_use_policy(struct rb_server *server, const struct rb_config *config,
			 const struct rb_policy_images *images);

/* Key and certificate have changed: files has their contents. config: the one in force. */
void rb_server_renew_tls(struct rb_server *server, const struct rb_config *config,
			 const struct rb_tls_files *files);

/* The certificate that TLS is served with now. -ENOENT: none. Thread: main. */
int rb_server_certificate(const struct rb_server *server, struct rb_certificate *ret_certificate);

/* Hand an AF_XDP socket to a worker that runs, or take it back. */
int rb_server_give_xsk(struct rb_server *server, unsigned int worker, struct rb_xsk *xsk);
void rb_server_take_xsk(struct rb_server *server, unsigned int worker, struct rb_xsk *xsk);

/* Whether every worker has made progress since the last call; to be called once a second. */
bool rb_server_moves(const struct rb_server *server);

/* To be called once a second, and at the end: add the counts since the last call to the totals. */
void rb_server_account(struct rb_server *server);

/* The counts of all servers that share the totals. Thread: any. */
void rb_server_stats(const struct rb_server *server, struct rb_server_stats *ret_stats);

/* The counts of a worker, and of those that had its number before; see counters.h. */
struct rb_serve_counters;
void rb_server_counters(const struct rb_server *server, unsigned int worker,
			struct rb_serve_counters *ret_counters);

#endif
