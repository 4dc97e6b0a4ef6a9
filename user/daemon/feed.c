/* SPDX-License-Identifier: BSD-2-Clause */
/* One fetch after the other. */
#include "daemon/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/feed_order.h"
#include "fetch/process.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/random.h"
#include "util/sealed.h"

#define DEADLINE_NS (610 * RB_NS_PER_S) /* longer than its order's, so that it says so itself */
#define RETRY_MIN_S 30

/* --- when --- */

/* At most a tenth less, so that a thousand servers do not ask at the same moment. */
static uint64_t with_jitter_ns(uint64_t seconds)
{
	uint64_t ns = seconds * RB_NS_PER_S;
	uint32_t random = 0;

	(void)rb_random_bytes(&random, sizeof(random));
	return ns - ns / 10 * random / UINT32_MAX;
}

static uint64_t wall_s(void)
{
	return rb_clock_wall_ns() / RB_NS_PER_S;
}

/* A zone's interval is that of its SOA. */
static uint32_t refresh_s(const struct rb_feed *feed)
{
	return feed->source.zone && feed->copy.refresh_s ? feed->copy.refresh_s
							 : feed->source.refresh_s;
}

/* Asking a primary costs little. Of URLs and lists we know when they were last fetched. */
static bool is_due_at_start(const struct rb_feed *feed)
{
	return !feed->copy.checked_s ||
	       (feed->source.zone && !rb_transfer_is_url(feed->source.from[0]));
}

void rb_feed_open(struct rb_feed *feed)
{
	uint64_t now_s = wall_s(), age_s;

	feed->output_fd = -1;
	feed->due_ns = rb_clock_ns();
	rb_feed_copy_read(feed->source.path, &feed->copy);
	/* The copy of another source says nothing about this one. */
	if (feed->copy.exists && !feed->source.zone &&
	    strcmp(feed->copy.source, feed->source.from[0]) != 0)
		feed->copy.checked_s = 0;
	age_s = now_s > feed->copy.checked_s ? now_s - feed->copy.checked_s : 0;
	if (!is_due_at_start(feed) && age_s < refresh_s(feed))
		feed->due_ns += with_jitter_ns(refresh_s(feed) - age_s);
}

static void stop(struct rb_feed *feed)
{
	rb_process_free(TAKE_PTR(feed->child));
	rb_closep(&feed->output_fd);
	feed->output_fd = -1;
	feed->state = RB_FEED_WAITING;
}

void rb_feed_close(struct rb_feed *feed)
{
	stop(feed);
}

void rb_feed_forget(struct rb_feed *feed)
{
	if (feed->child)
		rb_process_forget(TAKE_PTR(feed->child));
	rb_closep(&feed->output_fd);
}

bool rb_feed_is_of(const struct rb_feed *feed, const struct rb_feed_source *source)
{
	const struct rb_feed_source *ours = &feed->source;

	if (ours->kind != source->kind || ours->from_count != source->from_count ||
	    ours->refresh_s != source->refresh_s || ours->max_bytes != source->max_bytes ||
	    strcmp(ours->path, source->path) != 0 || strcmp(ours->label, source->label) != 0)
		return false;
	for (size_t i = 0; i < ours->from_count; i++)
		if (strcmp(ours->from[i], source->from[i]) != 0)
			return false;
	return true;
}

void rb_feed_show(const struct rb_feed *feed)
{
	struct rb_feed_slot *slot = feed->slot;

	atomic_store(&slot->checked_s, feed->copy.checked_s);
	atomic_store(&slot->fetched, feed->new_count);
	atomic_store(&slot->failed, feed->failed_count);
	atomic_store(&slot->failing, feed->failures);
	atomic_store(&slot->serial, feed->copy.exists ? feed->copy.serial : 0);
}

void rb_feed_hurry(struct rb_feed *feed)
{
	if (feed->failures || is_due_at_start(feed))
		feed->due_ns = rb_clock_ns();
}

/* A pause that doubles up to the normal interval; for a zone, that of its SOA, expired or not. */
static uint64_t retry_s(const struct rb_feed *feed)
{
	unsigned int doublings = feed->failures < 12 ? feed->failures : 12;
	uint64_t seconds = (uint64_t)RETRY_MIN_S << doublings;

	if (feed->source.zone && feed->copy.retry_s)
		return feed->copy.retry_s;
	return seconds < feed->source.refresh_s ? seconds : feed->source.refresh_s;
}

/*
 * Go on to the next source that has not been asked yet, at once. After one that has nothing newer,
 * only primaries are: another one may already have a newer version. False: there is none.
 */
static bool next_source(struct rb_feed *feed)
{
	const struct rb_feed_source *source = &feed->source;

	while (++feed->tried < source->from_count) {
		feed->next_from = (feed->next_from + 1) % source->from_count;
		if (feed->is_current && rb_transfer_is_url(source->from[feed->next_from]))
			continue;
		feed->due_ns = rb_clock_ns();
		return true;
	}
	feed->next_from = (feed->next_from + 1) % source->from_count;
	return false;
}

static void checked(struct rb_feed *feed)
{
	int err;

	feed->copy.checked_s = wall_s();
	feed->next_from = feed->good_from;
	feed->is_current = false;
	feed->failures = 0;
	feed->tried = 0;
	feed->due_ns = rb_clock_ns() + with_jitter_ns(refresh_s(feed));
	rb_feed_show(feed);
	err = rb_feed_copy_note(feed->source.path, &feed->copy);
	if (err)
		rb_log_warn("%s.from: cannot be written (%s)", feed->source.path, strerror(-err));
}

/* There is nothing newer at the source that was asked. */
static void unchanged(struct rb_feed *feed, const struct rb_fetch_report *report)
{
	if (feed->source.zone && !rb_transfer_is_url(feed->source.from[feed->next_from]) &&
	    report->serial != feed->copy.serial)
		rb_log_notice("%s %s: %s has serial %u, which is not newer than the copy's %u: not "
			      "taken",
			      feed->source.what, feed->source.label,
			      feed->source.from[feed->next_from], report->serial,
			      feed->copy.serial);
	if (!feed->is_current)
		feed->good_from = feed->next_from;
	feed->is_current = true;
	if (!next_source(feed))
		checked(feed);
}

static void failed(struct rb_feed *feed, const char *why)
{
	bool has_next = next_source(feed);
	uint64_t wait_s = retry_s(feed);

	/* That one of several primaries is gone is no news each time. */
	if (feed->is_current) {
		if (!has_next)
			checked(feed);
		return;
	}
	if (has_next) {
		rb_log_notice("%s %s: not fetched (%s); trying the next source", feed->source.what,
			      feed->source.label, why);
		return;
	}
	feed->tried = 0;
	feed->failures++;
	feed->due_ns = rb_clock_ns() + with_jitter_ns(wait_s);
	feed->failed_count++;
	rb_feed_show(feed);
	rb_log_warn("%s %s: not fetched (%s); %s. Next try in %llu s", feed->source.what,
		    feed->source.label, why,
		    feed->copy.exists ? "the copy that there is stays in force"
				      : "there is no copy of it",
		    (unsigned long long)wait_s);
}

bool rb_feed_expires(struct rb_feed *feed)
{
	uint64_t now_s = wall_s();
	int err;

	if (feed->source.kind != RB_FEED_AUTH || !feed->copy.exists || !feed->copy.expire_s ||
	    !feed->copy.checked_s || now_s < feed->copy.checked_s ||
	    now_s - feed->copy.checked_s < feed->copy.expire_s)
		return false;
	err = rb_feed_copy_expire(feed->source.path);
	rb_log_error("auth-zone %s: expired: its primaries have not been reached for %u s%s%s",
		     feed->source.label, feed->copy.expire_s,
		     err ? ", but its file cannot be renamed: " : "", err ? strerror(-err) : "");
	feed->copy.exists = false;
	rb_feed_show(feed);
	return !err;
}

/* --- its process --- */

static int child_start(struct rb_feed *feed, const struct rb_process_user *user)
{
	struct rb_fetch_order order;
	_cleanup_close_ int order_fd = -1, kept_fd = -1;
	int fds[RB_FETCH_FDS], err;
	struct rb_process_opts opts = {
		.name = RB_FETCH_NAME,
		.label = "fetch",
		.user = user,
		.fds = fds,
		.fd_count = RB_FETCH_FDS,
	};

	rb_feed_order(feed, &order);
	err = rb_sealed_new("rb-fetch-order", (const char *)&order, sizeof(order), &order_fd);
	if (err)
		return err;
	feed->output_fd = memfd_create("rb-fetched", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	/* A FIFO that has taken its place has no writer to wait for. */
	kept_fd = open(feed->source.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kept_fd < 0)
		kept_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (feed->output_fd < 0 || kept_fd < 0)
		return -errno;
	fds[RB_FETCH_FD_ORDER] = order_fd;
	fds[RB_FETCH_FD_OUTPUT] = feed->output_fd;
	fds[RB_FETCH_FD_KEPT] = kept_fd;
	return rb_process_start(&opts, &feed->child);
}

int rb_feed_begin(struct rb_feed *feed, const struct rb_process_user *user)
{
	int err;

	if (!rb_feed_copy_is_whole(feed->source.path, &feed->copy))
		rb_feed_copy_read(feed->source.path, &feed->copy);
	err = child_start(feed, user);
	if (err) {
		stop(feed);
		failed(feed, strerror(-err));
		return err;
	}
	feed->state = RB_FEED_FETCHING;
	feed->deadline_ns = rb_clock_ns() + DEADLINE_NS;
	return 0;
}

/* --- what it brings --- */

/* Make a text end within its room, and without characters that would begin another line. */
static void text_clean(char *text, size_t room)
{
	text[room - 1] = '\0';
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
			*c = '?';
}

static bool report_read(struct rb_feed *feed, struct rb_fetch_report *report)
{
	ssize_t len =
		recv(rb_process_control_fd(feed->child), report, sizeof(*report), MSG_DONTWAIT);

	if (len != (ssize_t)sizeof(*report) || report->outcome > RB_FETCH_CHANGED)
		return false;
	text_clean(report->why, sizeof(report->why));
	text_clean(report->etag, sizeof(report->etag));
	text_clean(report->modified, sizeof(report->modified));
	return true;
}

/* Take over what the report says about the copy. */
static void copy_take(struct rb_feed *feed, const struct rb_fetch_report *report)
{
	struct stat stat_of;

	feed->good_from = feed->next_from;
	if (!fstat(feed->output_fd, &stat_of))
		feed->copy.bytes = (uint64_t)stat_of.st_size;
	snprintf(feed->copy.source, sizeof(feed->copy.source), "%s",
		 feed->source.from[feed->good_from]);
	memcpy(feed->copy.etag, report->etag, sizeof(feed->copy.etag));
	memcpy(feed->copy.modified, report->modified, sizeof(feed->copy.modified));
	feed->copy.serial = report->serial;
	feed->copy.refresh_s = report->refresh_s;
	feed->copy.retry_s = report->retry_s;
	feed->copy.expire_s = report->expire_s;
}

/* Nobody can change a sealed memfd while it is copied. */
static bool changed(struct rb_feed *feed, const struct rb_fetch_report *report)
{
	int err = fcntl(feed->output_fd, F_ADD_SEALS,
			F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)
			  ? -errno
			  : 0;

	if (!err && rb_feed_copy_is(feed->source.path, feed->output_fd)) {
		copy_take(feed, report);
		checked(feed);
		return false;
	}
	if (!err)
		err = rb_feed_copy_put(feed->source.path, feed->output_fd, feed->source.max_bytes);
	if (err) {
		rb_log_error("%s: cannot be written (%s); what was fetched is not used",
			     feed->source.path, strerror(-err));
		failed(feed, strerror(-err));
		return false;
	}
	feed->copy.exists = true;
	feed->new_count++;
	copy_take(feed, report);
	checked(feed);
	if (feed->source.zone)
		rb_log_notice("%s %s: serial %u, %llu records, by %s from %s", feed->source.what,
			      feed->source.label, report->serial,
			      (unsigned long long)report->records,
			      rb_transfer_is_url(feed->copy.source) ? "HTTP"
			      : report->is_incremental              ? "IXFR"
								    : "AXFR",
			      feed->copy.source);
	return true;
}

bool rb_feed_end(struct rb_feed *feed)
{
	struct rb_fetch_report report;
	bool is_new = false;
	char how[64];

	rb_process_log(feed->child);
	if (!rb_process_has_ended(feed->child, how))
		return false;
	if (!report_read(feed, &report)) {
		stop(feed);
		failed(feed, how);
		return false;
	}
	switch ((enum rb_fetch_outcome)report.outcome) {
	case RB_FETCH_FAILED:
		failed(feed, report.why);
		break;
	case RB_FETCH_UNCHANGED:
		unchanged(feed, &report);
		break;
	case RB_FETCH_CHANGED:
		is_new = changed(feed, &report);
		break;
	}
	stop(feed);
	return is_new;
}
