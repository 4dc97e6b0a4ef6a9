/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's resolver processes: start, promote, watch, replace and retire them.
 *
 * Thread:   any, inside the lock, except for open and close. Only the thread that opened the family
 *	     starts processes, since they end with the thread that started them; other threads tell
 *	     it, and wait.
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
	struct rb_links links; /* all links that are not freed */
	int watch_fd;          /* epoll: of all links, pool->attention_fd and tick_fd */
	int tick_fd;
	/* After a process has ended by itself, the next is started at once or after a delay. */
	uint64_t delay_ns, start_ns;
	uint64_t ended, hung;
	uint64_t upstreams[RB_UPSTREAM_COUNTERS], unseen; /* of ended processes */
	rb_shower *show; /* of what processes have seen for dnstap; NULL: nobody looks */
	void *show_context;
	struct rb_response_room room;
	/* For threads that wait for the starter. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t starter;
	bool renew_wanted; /* by a flush: new processes with the configuration in force */
	bool renewing; /* processes have been started that are put into force once all are ready */
	int renewed;   /* how the last of these renewals ended: 0 or -errno */
	uint64_t renew_end_ns; /* when it has taken too long */
	bool cancelled;
	uint64_t switches;
	bool is_silent; /* do not publish their answers */
};

int rb_family_open(struct rb_family *family);
void rb_family_close(struct rb_family *family);

/*
 * Start processes with this configuration for all slots, beside those in force; returns when all
 * are ready.
 */
int rb_family_prepare(struct rb_family *family, const struct rb_config *config);
void rb_family_switch(struct rb_family *family);
void rb_family_discard(struct rb_family *family);

/*
 * The same for these files of zones alone, without waiting: once all are ready, they are put into
 * force in rb_family_watch(). For the starter.
 */
int rb_family_renew(struct rb_family *family, const struct rb_config *config,
		    const struct rb_zone_copy *copies, size_t count);

/* For the starter: watch all processes. timeout_ms: how long to wait for an event. */
void rb_family_watch(struct rb_family *family, int timeout_ms);

/* Whether this is the starter's thread. */
bool rb_family_is_starter(const struct rb_family *family);
void rb_family_tell(const struct rb_family *family);

/* Nobody asks this process any more once rb_clients_pass() has returned. */
void rb_family_retire(struct rb_link *link);

/* Stop publishing their answers, including those of processes still to be started. */
void rb_family_silence(struct rb_family *family);

/* Show what the process has seen for dnstap. */
void rb_family_show(struct rb_family *family, struct rb_link *link);

/* End and free processes without pending questions. */
void rb_family_reap(struct rb_family *family);

#endif
