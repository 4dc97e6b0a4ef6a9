/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes that become ready, end, or hang. */
#include "resolve/fate.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/log.h"

#define EVENTS       16
#define STALLS_MAX   6                  /* ticks without a beat: 3 s */
#define SETTLED_NS   (10 * RB_NS_PER_S) /* a process that lives longer does not keep ending */
#define DELAY_MIN_NS (500 * RB_NS_PER_MS)
#define DELAY_MAX_NS (10 * RB_NS_PER_S)

static struct rb_link *spare_of(const struct rb_family *family)
{
	struct rb_link *link;

	LIST_FOREACH(link, &family->links, entry)
	if (link->role == RB_LINK_SPARE && link->state != RB_LINK_ENDED)
		return link;
	return NULL;
}

/* A slot that needs a process and has none; -1: there is no such slot. */
static int empty_slot(const struct rb_pool *pool)
{
	unsigned int count = pool->slot_count + atomic_load(&pool->fresh_wanted);

	for (unsigned int i = 0; i < count; i++)
		if (!atomic_load(&pool->slots[i]))
			return (int)i;
	return -1;
}

/* Whether the spare has taken over. */
static bool promote(struct rb_family *family)
{
	struct rb_link *spare = spare_of(family);
	int slot = empty_slot(family->pool);

	if (slot < 0 || !spare || spare->state != RB_LINK_READY)
		return false;
	spare->role = RB_LINK_IN_FORCE;
	atomic_store(&family->pool->slots[slot], spare);
	for (unsigned int i = 0; i < family->client_count; i++)
		rb_client_kick(&family->clients[i]);
	return true;
}

static void start_spare(struct rb_family *family)
{
	int err;

	if (spare_of(family) || !family->setup || rb_clock_ns() < family->start_ns)
		return;
	if (!rb_family_is_starter(family)) {
		rb_family_tell(family);
		return;
	}
	err = rb_family_start(family, family->setup, RB_LINK_SPARE);
	if (!err)
		return;
	rb_log_error("no resolver process can be started (%s); the next try is in %u s",
		     strerror(-err), (unsigned int)(DELAY_MAX_NS / RB_NS_PER_S));
	family->start_ns = rb_clock_ns() + DELAY_MAX_NS;
}

void rb_fate_fill(struct rb_family *family)
{
	while (promote(family))
		;
	start_spare(family);
}

/* If a process ends soon after its start, the next may, too: so delay them. */
static void back_off(struct rb_family *family, const struct rb_link *link)
{
	uint64_t now_ns = rb_clock_ns();

	if (now_ns - link->started_ns >= SETTLED_NS) {
		family->delay_ns = 0;
		return;
	}
	family->start_ns = now_ns + family->delay_ns;
	family->delay_ns = family->delay_ns ? 2 * family->delay_ns : DELAY_MIN_NS;
	if (family->delay_ns > DELAY_MAX_NS)
		family->delay_ns = DELAY_MAX_NS;
}

static void say_ended(const struct rb_family *family, const struct rb_link *link, const char *how)
{
	static const char *const why[] = {
		[RB_LINK_SOUND] = "",
		[RB_LINK_HANGS] = ", since it had got nowhere for 3 s,",
		[RB_LINK_LIES] = ", since it said what cannot be,",
	};
	double wait_s = 0;

	if (family->start_ns > rb_clock_ns())
		wait_s = (double)(family->start_ns - rb_clock_ns()) / (double)RB_NS_PER_S;
	rb_log_error("resolver %d %s%s with questions under way: %u. They are asked again; "
		     "the next process is started in %.1f s",
		     (int)rb_process_pid(link->child), how, why[link->fault],
		     atomic_load(&link->outstanding), wait_s);
}

/* Kill it; its end will be noticed later. */
static void condemn(struct rb_link *link, enum rb_link_fault fault)
{
	link->fault = fault;
	rb_process_kill(link->child, SIGKILL);
}

static void end(struct rb_family *family, struct rb_link *link, const char *how)
{
	struct rb_pool *pool = family->pool;

	link->state = RB_LINK_ENDED;
	/* Its last output. */
	rb_process_log(link->child);
	for (unsigned int i = 0; i <= rb_pool_fresh(pool); i++)
		if (atomic_load(&pool->slots[i]) == link)
			atomic_store(&pool->slots[i], NULL);
	atomic_store(&link->ended, true);
	if (link->role == RB_LINK_PREPARED) {
		rb_log_error("resolver %d %s while it read its configuration",
			     (int)rb_process_pid(link->child), how);
		return;
	}
	family->ended++;
	family->hung += link->fault == RB_LINK_HANGS;
	back_off(family, link);
	say_ended(family, link, how);
	rb_fate_fill(family);
	/*
	 * From here on nobody asks it, and clients that did are told to ask another. They are told
	 * by descriptors to which the process cannot write, since it may have left no room there.
	 */
	rb_clients_pass(family->clients, family->client_count);
	for (unsigned int i = 0; i < family->client_count; i++)
		rb_client_kick(&family->clients[i]);
}

/* Look at all that may have happened to it. */
static void look(struct rb_family *family, struct rb_link *link)
{
	char how[64], ready;

	rb_family_show(family, link);
	if (link->state == RB_LINK_ENDED)
		return;
	rb_process_log(link->child);
	if (rb_process_has_ended(link->child, how)) {
		end(family, link, how);
		return;
	}
	if (link->state == RB_LINK_STARTING &&
	    recv(rb_process_control_fd(link->child), &ready, 1, MSG_DONTWAIT) == 1) {
		link->state = RB_LINK_READY;
	}
	if (atomic_load(&link->broken) && link->fault == RB_LINK_SOUND)
		condemn(link, RB_LINK_LIES);
}

/* A process with pending questions must have a beat. Count looks, and not time, which also passes
 * while the whole machine is stopped. */
static void look_for_beat(struct rb_link *link)
{
	uint32_t beat = atomic_load_explicit(&link->exchange->beat, memory_order_relaxed);

	if (link->state != RB_LINK_READY || !atomic_load(&link->outstanding) ||
	    beat != link->beat_seen)
		link->stalls = 0;
	else
		link->stalls++;
	link->beat_seen = beat;
	if (link->stalls >= STALLS_MAX && link->fault == RB_LINK_SOUND)
		condemn(link, RB_LINK_HANGS);
}

static void tick(struct rb_family *family)
{
	struct rb_link *link;

	LIST_FOREACH(link, &family->links, entry)
	{
		rb_link_set_verbosity(link);
		if (link->state != RB_LINK_ENDED)
			look_for_beat(link);
	}
}

static bool all_are_ready(const struct rb_family *family, bool *ret_failed)
{
	const struct rb_link *link;
	unsigned int ready = 0;

	*ret_failed = false;
	LIST_FOREACH(link, &family->links, entry)
	{
		if (link->role != RB_LINK_PREPARED)
			continue;
		ready += link->state == RB_LINK_READY;
		*ret_failed |= link->state == RB_LINK_ENDED;
	}
	return ready == family->pool->slot_count;
}

/*
 * For a flush that replaces all processes: they are started here. They, and those of
 * rb_family_renew(), are put into force later.
 */
static void renew(struct rb_family *family)
{
	bool failed = false;

	if (!family->renewing && !family->prepared_setup) {
		family->renewing = true;
		family->renew_end_ns = rb_clock_ns() + RB_START_NS;
		family->prepared_setup = rb_setup_ref(family->setup);
		for (unsigned int i = 0; i < family->pool->slot_count && !failed; i++)
			failed = rb_family_start(family, family->setup, RB_LINK_PREPARED);
	} else if (family->renewing && all_are_ready(family, &failed)) {
		rb_family_switch(family);
	}
	if (failed || (family->renewing && rb_clock_ns() > family->renew_end_ns)) {
		rb_family_discard(family);
		family->renewed = failed ? -EIO : -ETIMEDOUT;
		family->renew_wanted = false;
	}
}

void rb_family_watch(struct rb_family *family, int timeout_ms)
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(family->watch_fd, events, EVENTS, timeout_ms);
	struct rb_link *link, *next;
	uint64_t ticks;

	if (count <= 0)
		return;
	/* Look at all: they are few. New ones come at the head. */
	for (link = LIST_FIRST(&family->links); link; link = next) {
		next = LIST_NEXT(link, entry);
		look(family, link);
	}
	if (read(family->tick_fd, &ticks, sizeof(ticks)) > 0)
		tick(family);
	if (family->renew_wanted || family->renewing)
		renew(family);
	rb_fate_fill(family);
	rb_family_reap(family);
	pthread_cond_broadcast(&family->changed);
}
