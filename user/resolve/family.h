/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The resolver processes of the server: started, promoted, watched, replaced, retired.
 *
 * Thread:   all but open and close inside the lock, whoever it is. Processes are started by the
 *	     thread that opened the family alone, since they end with the thread that started them:
 *	     others have it told, and wait.
 * Lifetime: pool and clients must outlive it.
 * Errors:   0 or -errno, logged.
 */
#ifndef RB_RESOLVE_FAMILY_H
#define RB_RESOLVE_FAMILY_H

#include <pthread.h>

#include "resolve/client.h"
#include "resolve/link.h"
#include "resolve/pool.h"
#include "resolve/setup.h"

struct rb_family {
	struct rb_pool *pool;
	struct rb_client *clients;
	unsigned int client_count;
	struct rb_process_user user;
	struct rb_setup *setup; /* in force; NULL: none yet */
	struct rb_setup *prepared_setup;
	struct rb_links links; /* all that are not freed */
	int watch_fd;          /* epoll: of all links, pool->attention_fd and tick_fd */
	int tick_fd;
	/* Of those that end by themselves: the next is started at once, or after a while. */
	uint64_t delay_ns, start_ns;
	uint64_t ended, hung;
	uint64_t upstreams[RB_UPSTREAM_COUNTERS]; /* of processes that are no more */
	/* Of those that wait for the starter. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t starter;
	bool renew_wanted; /* by a flush: new processes of the configuration in force */
	bool renewing;     /* they have been started */
	bool cancelled;
	uint64_t switches;
	bool is_silent; /* nothing that they answer is published */
};

int rb_family_open(struct rb_family *family);
void rb_family_close(struct rb_family *family);

/* Processes of this configuration for all slots, beside those in force; returns when all are ready.
 */
int rb_family_prepare(struct rb_family *family, const struct rb_config *config);
void rb_family_switch(struct rb_family *family);
void rb_family_discard(struct rb_family *family);

/* Look after them all: for the starter. timeout_ms: how long to wait for something to happen. */
void rb_family_watch(struct rb_family *family, int timeout_ms);

/* In the starter itself, or told to it. */
bool rb_family_is_starter(const struct rb_family *family);
void rb_family_tell(const struct rb_family *family);

/* Nobody asks it any more once rb_clients_pass() has returned. */
void rb_family_retire(struct rb_link *link);

/* What they say is not published any more, of those that will still be started neither. */
void rb_family_silence(struct rb_family *family);

/* End and free those that nobody has anything under way with any more. */
void rb_family_reap(struct rb_family *family);

#endif
