/* SPDX-License-Identifier: BSD-2-Clause */
/* All feeds. */
#include "daemon/feeds.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "daemon/feed.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define AT_ONCE_MAX 4 /* processes */

struct rb_feeds {
	const struct rb_process_user *user;
	struct rb_feed_slot *slots;
	struct rb_feed *list;
	size_t count;
	size_t under_way;
	unsigned int news;
	int epoll_fd;
};

static size_t count_of(const struct rb_config *config)
{
	struct rb_feed_source source;
	size_t count = 0;

	while (count < RB_FEEDS_MAX && rb_feed_source(config, count, &source))
		count++;
	return count;
}

int rb_feeds_new(const struct rb_config *config, const struct rb_process_user *user,
		 struct rb_feed_slot *slots, struct rb_feeds **ret_feeds)
{
	struct rb_feeds *feeds = calloc(1, sizeof(*feeds));
	int err;

	if (!feeds)
		return -ENOMEM;
	feeds->user = user;
	feeds->slots = slots;
	feeds->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	err = feeds->epoll_fd < 0 ? -errno : rb_feeds_follow(feeds, config, RB_FEEDS_PATIENT);
	if (err) {
		rb_feeds_free(feeds);
		return err;
	}
	*ret_feeds = feeds;
	return 0;
}

void rb_feeds_free(struct rb_feeds *feeds)
{
	if (!feeds)
		return;
	for (size_t i = 0; i < feeds->count; i++)
		rb_feed_close(&feeds->list[i]);
	rb_closep(&feeds->epoll_fd);
	free(feeds->list);
	free(feeds);
}

void rb_feeds_forget(struct rb_feeds *feeds)
{
	if (!feeds)
		return;
	for (size_t i = 0; i < feeds->count; i++)
		rb_feed_forget(&feeds->list[i]);
	rb_closep(&feeds->epoll_fd);
	free(feeds->list);
	free(feeds);
}

int rb_feeds_fd(const struct rb_feeds *feeds)
{
	return feeds->epoll_fd;
}

/*
 * Watch a process. Descriptors leave the epoll set when they are closed; a server that is being
 * forked may have them a moment longer, so an event says nothing about which feed it is of.
 */
static int watch(struct rb_feeds *feeds, const struct rb_feed *feed)
{
	const int fds[] = {rb_process_end_fd(feed->child), rb_process_log_fd(feed->child)};

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		/* Edge-triggered, since a log that the process has closed stays readable. */
		struct epoll_event event = {.events = EPOLLIN | EPOLLET};

		if (epoll_ctl(feeds->epoll_fd, EPOLL_CTL_ADD, fds[i], &event))
			return -errno;
	}
	return 0;
}

/* The wish is fulfilled. */
static void ended(const struct rb_feed *feed)
{
	atomic_store(&feed->slot->taken, feed->wanted);
}

static void begin(struct rb_feeds *feeds, struct rb_feed *feed)
{
	feed->wanted = atomic_load(&feed->slot->wanted);
	if (rb_feed_begin(feed, feeds->user)) {
		ended(feed);
		return;
	}
	feeds->under_way++;
	/* A process that cannot be watched is still looked at once a second. */
	(void)watch(feeds, feed);
}

static unsigned int news_of(const struct rb_feed *feed)
{
	return feed->source.kind == RB_FEED_AUTH ? RB_FEEDS_ZONES : RB_FEEDS_POLICY;
}

static void news_add(struct rb_feeds *feeds, struct rb_feed *feed)
{
	feeds->news |= news_of(feed);
	feed->is_news = true;
}

static void look(struct rb_feeds *feeds, struct rb_feed *feed)
{
	if (feed->state != RB_FEED_FETCHING)
		return;
	if (rb_feed_end(feed))
		news_add(feeds, feed);
	if (feed->state != RB_FEED_FETCHING) {
		feeds->under_way--;
		ended(feed);
	} else if (rb_clock_ns() > feed->deadline_ns) {
		rb_process_kill(feed->child, SIGKILL);
	}
}

/* NOTIFY or the operator has asked for a new version. */
static bool is_wanted(const struct rb_feed *feed)
{
	return atomic_load(&feed->slot->wanted) != atomic_load(&feed->slot->taken);
}

static bool is_due(const struct rb_feed *feed, uint64_t now_ns)
{
	return feed->state == RB_FEED_WAITING && (is_wanted(feed) || now_ns >= feed->due_ns);
}

/* See what those under way have brought, and start others in their place. */
static void go_on(struct rb_feeds *feeds)
{
	uint64_t now_ns;

	for (size_t i = 0; i < feeds->count; i++)
		look(feeds, &feeds->list[i]);
	now_ns = rb_clock_ns();
	for (size_t i = 0; i < feeds->count && feeds->under_way < AT_ONCE_MAX; i++)
		if (is_due(&feeds->list[i], now_ns))
			begin(feeds, &feeds->list[i]);
}

void rb_feeds_serve(struct rb_feeds *feeds)
{
	struct epoll_event events[2 * AT_ONCE_MAX];

	if (epoll_wait(feeds->epoll_fd, events, ARRAY_SIZE(events), 0) > 0)
		go_on(feeds);
}

void rb_feeds_tick(struct rb_feeds *feeds)
{
	for (size_t i = 0; i < feeds->count; i++)
		if (rb_feed_expires(&feeds->list[i]))
			news_add(feeds, &feeds->list[i]);
	go_on(feeds);
}

unsigned int rb_feeds_news(struct rb_feeds *feeds)
{
	unsigned int news = feeds->news;

	feeds->news = 0;
	return news;
}

int rb_feeds_next_zone(struct rb_feeds *feeds)
{
	for (size_t i = 0; i < feeds->count; i++) {
		struct rb_feed *feed = &feeds->list[i];

		if (!feed->is_news || feed->source.kind != RB_FEED_AUTH)
			continue;
		feed->is_news = false;
		return (int)(feed->source.zone - feed->config->transfers);
	}
	return -1;
}

unsigned int rb_feeds_pending(const struct rb_feeds *feeds)
{
	uint64_t now_ns = rb_clock_ns();
	unsigned int pending = 0;

	for (size_t i = 0; i < feeds->count; i++)
		if (feeds->list[i].state == RB_FEED_FETCHING || is_due(&feeds->list[i], now_ns))
			pending |= news_of(&feeds->list[i]);
	return pending;
}

/* --- another configuration --- */

/* The feed that goes on as this one, at the same number as a rule. NULL: none. */
static struct rb_feed *former_find(struct rb_feeds *feeds, size_t number,
				   const struct rb_feed_source *source)
{
	if (number < feeds->count && rb_feed_is_of(&feeds->list[number], source))
		return &feeds->list[number];
	for (size_t i = 0; i < feeds->count; i++)
		if (rb_feed_is_of(&feeds->list[i], source))
			return &feeds->list[i];
	return NULL;
}

/* What the server has asked for by a slot, relative to it: from one slot to another. */
static void wishes_take(struct rb_feed *feed)
{
	uint32_t wanted = atomic_load(&feed->slot->wanted);

	feed->wishes = wanted - atomic_load(&feed->slot->taken);
	feed->wanted = wanted - feed->wanted;
}

static void wishes_put(struct rb_feed *feed)
{
	uint32_t wanted = atomic_load(&feed->slot->wanted);

	atomic_store(&feed->slot->taken, wanted - feed->wishes);
	feed->wanted = wanted - feed->wanted;
}

/* As the former does. Its files may be others. */
static void feed_take(struct rb_feed *feed, struct rb_feed *former, enum rb_feeds_pace pace)
{
	const struct rb_feed next = *feed;

	*feed = *former;
	feed->source = next.source;
	feed->config = next.config;
	feed->slot = next.slot;
	feed->is_news = false; /* the configuration was read after that */
	former->state = RB_FEED_WAITING;
	former->child = NULL;
	former->output_fd = -1;
	former->source.from_count = 0;
	wishes_put(feed);
	rb_feed_copy_read(feed->source.path, &feed->copy);
	if (pace == RB_FEEDS_IMPATIENT)
		rb_feed_hurry(feed);
}

int rb_feeds_follow(struct rb_feeds *feeds, const struct rb_config *config, enum rb_feeds_pace pace)
{
	const struct rb_feeds former = *feeds;
	size_t count = count_of(config);
	struct rb_feed *list = calloc(count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < former.count; i++)
		wishes_take(&former.list[i]);
	for (size_t i = 0; i < count; i++) {
		struct rb_feed *before;

		(void)rb_feed_source(config, i, &list[i].source);
		list[i].config = config;
		list[i].slot = &feeds->slots[i];
		before = former_find(feeds, i, &list[i].source);
		if (before)
			feed_take(&list[i], before, pace);
		else
			rb_feed_open(&list[i]);
		rb_feed_show(&list[i]);
	}
	feeds->list = list;
	feeds->count = count;
	feeds->under_way = 0;
	for (size_t i = 0; i < count; i++)
		feeds->under_way += list[i].state == RB_FEED_FETCHING;
	for (size_t i = 0; i < former.count; i++)
		rb_feed_close(&former.list[i]);
	free(former.list);
	return 0;
}
