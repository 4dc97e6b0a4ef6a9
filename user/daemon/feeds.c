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
	struct rb_feed *list;
	size_t count;
	size_t under_way;
	unsigned int news;
	int epoll_fd;
};

int rb_feeds_new(const struct rb_config *config, const struct rb_process_user *user,
		 struct rb_feed_slot *slots, struct rb_feeds **ret_feeds)
{
	struct rb_feeds *feeds = calloc(1, sizeof(*feeds));
	struct rb_feed_source source;

	if (!feeds)
		return -ENOMEM;
	while (feeds->count < RB_FEEDS_MAX && rb_feed_source(config, feeds->count, &source))
		feeds->count++;
	feeds->user = user;
	feeds->list = calloc(feeds->count + 1, sizeof(*feeds->list));
	feeds->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!feeds->list || feeds->epoll_fd < 0) {
		feeds->count = 0;
		rb_feeds_free(feeds);
		return -ENOMEM;
	}
	for (size_t i = 0; i < feeds->count; i++) {
		struct rb_feed *feed = &feeds->list[i];

		(void)rb_feed_source(config, i, &feed->source);
		feed->config = config;
		feed->slot = &slots[i];
		rb_feed_open(feed);
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

int rb_feeds_fd(const struct rb_feeds *feeds)
{
	return feeds->epoll_fd;
}

/* Watch a process. Descriptors leave the epoll set when they are closed. */
static int watch(struct rb_feeds *feeds, struct rb_feed *feed)
{
	const int fds[] = {rb_process_end_fd(feed->child), rb_process_log_fd(feed->child)};

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		/* Edge-triggered, since a log that the process has closed stays readable. */
		struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = feed};

		if (epoll_ctl(feeds->epoll_fd, EPOLL_CTL_ADD, fds[i], &event))
			return -errno;
	}
	return 0;
}

/* The wish is fulfilled. A fetch that a new server interrupts has not ended: it begins again. */
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

static void look(struct rb_feeds *feeds, struct rb_feed *feed)
{
	if (feed->state != RB_FEED_FETCHING)
		return;
	if (rb_feed_end(feed))
		feeds->news |= news_of(feed);
	if (feed->state != RB_FEED_FETCHING) {
		feeds->under_way--;
		ended(feed);
	} else if (rb_clock_ns() > feed->deadline_ns) {
		rb_process_kill(feed->child, SIGKILL);
	}
}

void rb_feeds_serve(struct rb_feeds *feeds)
{
	struct epoll_event events[2 * AT_ONCE_MAX];
	int count = epoll_wait(feeds->epoll_fd, events, ARRAY_SIZE(events), 0);

	for (int i = 0; i < count; i++)
		look(feeds, events[i].data.ptr);
}

/* NOTIFY or the operator has asked for a new version. */
static bool is_wanted(const struct rb_feed *feed)
{
	return atomic_load(&feed->slot->wanted) != atomic_load(&feed->slot->taken);
}

void rb_feeds_tick(struct rb_feeds *feeds)
{
	uint64_t now_ns = rb_clock_ns();

	for (size_t i = 0; i < feeds->count; i++) {
		struct rb_feed *feed = &feeds->list[i];

		look(feeds, feed);
		if (rb_feed_expires(feed))
			feeds->news |= news_of(feed);
		if (feed->state != RB_FEED_WAITING || feeds->under_way >= AT_ONCE_MAX)
			continue;
		if (is_wanted(feed) || now_ns >= feed->due_ns)
			begin(feeds, feed);
	}
}

unsigned int rb_feeds_news(struct rb_feeds *feeds)
{
	unsigned int news = feeds->news;

	feeds->news = 0;
	return news;
}
