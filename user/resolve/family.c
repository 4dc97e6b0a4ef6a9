/* SPDX-License-Identifier: BSD-2-Clause */
/* The resolver processes: started, promoted, retired. */
#include "resolve/family.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include "resolve/fate.h"
#include "resolve/forwards.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define SHOWN_MAX 256 /* of one process in a row */

/* How long questions wait for a renewal: clients ask again after a second at the earliest. */
#define HELD_NS (500 * RB_NS_PER_MS)

static int watch(struct rb_family *family, int fd, void *what)
{
	/* Edges: a process that has ended would be seen for as long as its link is kept. */
	struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = what};

	return epoll_ctl(family->watch_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int tick_open(int *ret_fd)
{
	const struct itimerspec every = {.it_interval.tv_nsec = RB_TICK_MS * (long)RB_NS_PER_MS,
					 .it_value.tv_nsec = RB_TICK_MS * (long)RB_NS_PER_MS};

	*ret_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (*ret_fd < 0 || timerfd_settime(*ret_fd, 0, &every, NULL))
		return -errno;
	return 0;
}

int rb_family_open(struct rb_family *family)
{
	int err;

	LIST_INIT(&family->links);
	family->starter = pthread_self();
	family->tick_fd = -1;
	family->watch_fd = epoll_create1(EPOLL_CLOEXEC);
	if (family->watch_fd < 0)
		return -errno;
	err = tick_open(&family->tick_fd);
	if (!err)
		err = watch(family, family->tick_fd, &family->tick_fd);
	if (!err)
		err = watch(family, family->pool->attention_fd, family);
	if (!err)
		err = watch(family, family->pool->seen_fd, family);
	return err;
}

bool rb_family_is_starter(const struct rb_family *family)
{
	return pthread_equal(family->starter, pthread_self());
}

void rb_family_tell(const struct rb_family *family)
{
	eventfd_write(family->pool->attention_fd, 1);
}

/* Its counts stay. */
static void link_end(struct rb_family *family, struct rb_link *link)
{
	LIST_REMOVE(link, entry);
	rb_family_show(family, link);
	family->unseen += rb_link_unseen(link);
	rb_upstream_sum(&link->exchange->upstreams, family->upstreams);
	rb_link_free(link);
}

/* Returns whether there was one. */
static bool show_next(struct rb_family *family, struct rb_link *link)
{
	struct rb_upstream_seen seen;
	struct rb_shown shown = {.seen = &seen};
	ssize_t len = rb_seen_get(&link->seen, &family->room, &seen, &shown.message);

	if (len == -EAGAIN) {
		rb_channel_arm(&link->seen);
		len = rb_seen_get(&link->seen, &family->room, &seen, &shown.message);
	}
	if (len < 0) {
		if (len != -EAGAIN)
			atomic_store(&link->broken, true);
		return false;
	}
	shown.len = (size_t)len;
	if (seen.recursive)
		shown.zone = rb_forwards_find(link->setup->forwards, shown.message, shown.len,
					      &shown.zone_len);
	if (family->show)
		family->show(family->show_context, &shown);
	return true;
}

void rb_family_show(struct rb_family *family, struct rb_link *link)
{
	unsigned int left = SHOWN_MAX;

	if (!link->setup->tap)
		return;
	while (left && show_next(family, link))
		left--;
	/* The others have their turn first. */
	if (!left)
		eventfd_write(family->pool->seen_fd, 1);
}

void rb_family_close(struct rb_family *family)
{
	struct rb_link *link;

	while ((link = LIST_FIRST(&family->links)))
		link_end(family, link);
	rb_setup_unref(family->setup);
	rb_setup_unref(family->prepared_setup);
	rb_closep(&family->watch_fd);
	rb_closep(&family->tick_fd);
}

int rb_family_start(struct rb_family *family, struct rb_setup *setup, enum rb_link_role role)
{
	const struct rb_link_opts opts = {
		.setup = setup,
		.workers = family->client_count,
		.user = &family->user,
		.seen_fd = family->pool->seen_fd,
	};
	struct rb_link *link;
	int err = rb_link_open(&opts, &link);

	if (err)
		return err;
	link->role = role;
	atomic_store(&link->retired, family->is_silent);
	LIST_INSERT_HEAD(&family->links, link, entry);
	err = watch(family, rb_process_end_fd(link->child), link);
	if (!err)
		err = watch(family, rb_process_log_fd(link->child), link);
	if (!err)
		err = watch(family, rb_process_control_fd(link->child), link);
	if (err)
		link_end(family, link);
	return err;
}

/* How many links have this role, ready or still starting. */
static unsigned int count(const struct rb_family *family, enum rb_link_role role,
			  enum rb_link_state state)
{
	const struct rb_link *link;
	unsigned int found = 0;

	LIST_FOREACH(link, &family->links, entry)
	found += link->role == role && link->state == state;
	return found;
}

static int wait_until_ready(struct rb_family *family, unsigned int wanted)
{
	uint64_t end_ns = rb_clock_ns() + RB_START_NS;

	while (count(family, RB_LINK_PREPARED, RB_LINK_READY) < wanted) {
		if (count(family, RB_LINK_PREPARED, RB_LINK_ENDED))
			return -EINVAL;
		if (rb_clock_ns() > end_ns)
			return -ETIMEDOUT;
		rb_family_watch(family, RB_TICK_MS);
	}
	return 0;
}

/* The first process starts alone, since all of them would log the same errors. */
int rb_family_prepare(struct rb_family *family, const struct rb_config *config)
{
	int first_file = RB_PROCESS_FD(RB_FD_RESPONSES + family->client_count);
	int err;

	/* These also are the new processes that a flush waits for, or they are started again. */
	rb_family_discard(family);
	err = rb_setup_new(config, first_file, family->setup, &family->prepared_setup);
	for (unsigned int i = 0; i < family->pool->slot_count && !err; i++) {
		err = rb_family_start(family, family->prepared_setup, RB_LINK_PREPARED);
		if (!err && !i)
			err = wait_until_ready(family, 1);
	}
	if (!err)
		err = wait_until_ready(family, family->pool->slot_count);
	if (err)
		rb_family_discard(family);
	return err;
}

void rb_family_discard(struct rb_family *family)
{
	struct rb_link *link, *next;

	for (link = LIST_FIRST(&family->links); link; link = next) {
		next = LIST_NEXT(link, entry);
		if (link->role == RB_LINK_PREPARED)
			link_end(family, link);
	}
	rb_setup_unref(TAKE_PTR(family->prepared_setup));
	if (family->renewing)
		family->renewed = -ECANCELED;
	family->renewing = false;
	rb_hold_end(&family->pool->hold);
}

int rb_family_renew(struct rb_family *family, const struct rb_config *config,
		    const struct rb_zone_copy *copies, size_t count)
{
	uint64_t now_ns = rb_clock_ns();
	int err;

	rb_family_discard(family);
	rb_clients_pass(family->clients, family->client_count);
	rb_hold_begin(&family->pool->hold, copies, count, now_ns + HELD_NS);
	err = rb_setup_follow(family->setup, config, copies, count, &family->prepared_setup);
	for (unsigned int i = 0; i < family->pool->slot_count && !err; i++)
		err = rb_family_start(family, family->prepared_setup, RB_LINK_PREPARED);
	if (err) {
		rb_family_discard(family);
		return err;
	}
	family->renewing = true;
	family->renewed = -EAGAIN;
	family->renew_end_ns = now_ns + RB_START_NS;
	return 0;
}

/* Its pending answers are only for the clients that asked, and are not published. */
void rb_family_retire(struct rb_link *link)
{
	link->role = RB_LINK_RETIRED;
	atomic_store(&link->retired, true);
}

void rb_family_silence(struct rb_family *family)
{
	struct rb_link *link;

	family->is_silent = true;
	LIST_FOREACH(link, &family->links, entry)
	atomic_store(&link->retired, true);
}

void rb_family_switch(struct rb_family *family)
{
	struct rb_link *link, *next;
	unsigned int slot = 0;

	atomic_store(&family->pool->config, family->prepared_setup->config);
	for (link = LIST_FIRST(&family->links); link; link = next) {
		next = LIST_NEXT(link, entry);
		if (link->role == RB_LINK_SPARE || link->role == RB_LINK_IN_FORCE)
			rb_family_retire(link);
		if (link->role != RB_LINK_PREPARED)
			continue;
		link->role = RB_LINK_IN_FORCE;
		atomic_store(&family->pool->slots[slot++],
			     link->state == RB_LINK_READY ? link : NULL);
	}
	atomic_store(&family->pool->slots[rb_pool_fresh(family->pool)], NULL);
	atomic_store(&family->pool->fresh_wanted, false);
	rb_setup_unref(family->setup);
	family->setup = TAKE_PTR(family->prepared_setup);
	family->delay_ns = 0;
	family->start_ns = 0;
	if (family->renewing)
		family->renewed = 0;
	family->renew_wanted = family->renewing = false;
	family->switches++;
	rb_hold_end(&family->pool->hold);
	rb_clients_pass(family->clients, family->client_count);
	/* No process that is asked from here on can have cached what was flushed before. */
	rb_flushed_clear(family->pool->flushed);
	for (unsigned int i = 0; i < family->client_count; i++)
		rb_client_kick(&family->clients[i]);
	rb_family_reap(family);
	rb_fate_fill(family);
}

void rb_family_reap(struct rb_family *family)
{
	struct rb_link *link, *next;

	for (link = LIST_FIRST(&family->links); link; link = next) {
		next = LIST_NEXT(link, entry);
		if ((link->role == RB_LINK_RETIRED ||
		     (link->state == RB_LINK_ENDED && link->role != RB_LINK_PREPARED)) &&
		    !rb_link_is_used(link))
			link_end(family, link);
	}
}
