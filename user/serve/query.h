/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a query, the same for all transports: access control, parsing, the hot table, the
 * resolver, the reply.
 *
 * Thread:   a struct rb_serve belongs to one worker. rb_serve_release() by main, when neither the
 *	     worker nor the resolvers run.
 * Lifetime: a pending query belongs to the worker's list from rb_serve_query() until its path's
 *	     finish() was called. The message need not outlive rb_serve_query().
 */
#ifndef RB_SERVE_QUERY_H
#define RB_SERVE_QUERY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "config/config.h"
#include "dns/query.h"
#include "policy/acl.h"
#include "policy/guard.h"
#include "resolve/resolver.h"
#include "serve/counters.h"
#include "table/table.h"

/* TCP's length prefix, for which there is room in front of every reply to a pending query. */
#define RB_TCP_PREFIX 2

struct rb_asked;
struct rb_dnstap;
struct rb_feed_slot;
struct rb_foreseen;
struct rb_pending;
struct rb_policy_chain;
LIST_HEAD(rb_pendings, rb_pending);

/* What one worker needs to answer queries. */
struct rb_serve {
	const struct rb_config *config;
	struct rb_table *table;
	const struct rb_acl *acl;
	const struct rb_guard *guard; /* knows local answers; NULL: there are none */
	unsigned int policies;        /* how many of them there have been */
	struct rb_resolvers *resolvers;
	struct rb_feed_slot *feeds; /* of zones that are transferred; NULL: none are */
	struct rb_dnstap *dnstap;   /* NULL: it is off */
	struct rb_limits *limits;   /* of connections */
	struct rb_quotas *quotas;   /* of clients; NULL: there are none */
	struct rb_asked *asked;     /* NULL: queries are not counted there */
	unsigned int unasked;       /* queries since the last one that was counted there */
	struct ssl_ctx_st *tls;     /* to serve TLS with; NULL: there is no key */
	unsigned int worker;
	struct rb_pendings pendings; /* everything that is inside a resolver */
	uint8_t *scratch; /* RB_TCP_PREFIX + RB_MESSAGE_MAX bytes: where replies are built */
	struct rb_serve_counters counters;
	uint64_t now_ns;         /* rb_clock_ns() when the present batch was taken, or finished */
	size_t http_bytes;       /* of queries and responses that HTTP connections hold */
	unsigned int batch_hits; /* queries of the batch that the table has answered */
};

/* One transport as its queries see it; a constant. */
struct rb_path {
	enum rb_transport transport;
	size_t pending_bytes; /* of the transport's own struct, which begins with struct rb_pending
			       */
	/*
	 * Send the reply to a pending query; len 0: send nothing. reply is in the worker's scratch,
	 * behind RB_TCP_PREFIX writable bytes. The caller frees pending.
	 */
	void (*finish)(struct rb_serve *serve, struct rb_pending *pending, uint8_t *reply,
		       size_t len);
};

/*
 * What a client may get (see enum rb_acl_action), each less than the one before. Names are resolved
 * only with RB_SCOPE_ALL.
 */
enum rb_scope {
	RB_SCOPE_ALL,
	RB_SCOPE_CACHE_ELSE_REFUSE,   /* local data and what the table has */
	RB_SCOPE_LOCAL_ELSE_REFUSE,   /* local data; anything else asks without RD what others asked
				       */
	RB_SCOPE_LOCAL_ELSE_PROHIBIT, /* local data; access-control refuses anything else */
	RB_SCOPE_LOCAL_ELSE_DROP,
};

/* A query that waits for its resolver. */
struct rb_pending {
	struct rb_job job; /* first: the resolvers return its address */
	LIST_ENTRY(rb_pending) entry;
	const struct rb_path *path;
	struct rb_query query; /* qname points to question */
	size_t limit;          /* bytes of its reply */
	enum rb_scope scope;
	uint8_t client[16]; /* as received: the rules may have changed when the answer comes */
	uint16_t client_port;
	struct rb_acl_destination destination;
	/* Of local policy: see follow.h. */
	struct rb_policy_chain *chain; /* records in front of the job's answer; NULL: none */
	bool local_first;              /* these begin with policy's own answer to the question */
	bool passthru;                 /* a response policy zone has let it pass */
	bool rewritten;                /* because of its addresses, which is done only once */
	bool shared;                   /* the response as policy changes it may be stored */
	uint8_t rounds;
	uint32_t policy_epoch;  /* of the table, when policy decided ... */
	unsigned int policies;  /* ... and how many policies there had been; the next may differ */
	uint64_t taken_ns;      /* when its batch was taken */
	struct rb_quota *quota; /* in which it is counted while it waits; NULL: none */
	uint8_t question[RB_NAME_MAX + RB_QUESTION_TAIL];
};

/* The largest message in a datagram over IPv4 (whose header counts). */
#define RB_DATAGRAM_MAX (65535 - 20 - 8)

/* A message from a client. */
struct rb_received {
	const struct rb_path *path;
	const uint8_t *message;
	size_t len;
	uint8_t client[16]; /* v4-mapped for IPv4 */
	uint16_t client_port;
	struct rb_acl_destination destination; /* our address; set if rb_serve_asks_where() */
	unsigned int idle_timeout_ms; /* of the connection, as the client is told; 0: none */
	size_t largest; /* bytes of the largest reply that the transport can take back */
	uint8_t *out;   /* for a reply that is ready at once; may be message itself */
	size_t room;    /* bytes there */
	/* What is known of the message, which may be changed: see ahead.h; NULL: nothing. */
	struct rb_foreseen *foreseen;
};

enum rb_serve_next {
	RB_SERVE_DROP,  /* send nothing */
	RB_SERVE_REPLY, /* send *ret_len bytes of out */
	RB_SERVE_WAIT,  /* the reply comes later: fill in the transport's part of *ret_pending */
};

/* Whether decisions depend on which of our addresses a query was sent to. */
bool rb_serve_asks_where(const struct rb_serve *serve);

int rb_serve_init(struct rb_serve *serve);
void rb_serve_release(struct rb_serve *serve);

/*
 * Begin and end a batch of queries, for which the clock is read once. End it when the replies that
 * were ready at once have been sent.
 */
void rb_serve_batch_begin(struct rb_serve *serve);
void rb_serve_batch_end(struct rb_serve *serve, enum rb_transport transport);

enum rb_serve_next rb_serve_query(struct rb_serve *serve, const struct rb_received *received,
				  size_t *ret_len, struct rb_pending **ret_pending);

#endif
