/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Feeds with new contents: local policy is compiled again, and the server gets the image; of an
 * auth-zone it gets the file.
 */
#include <errno.h>
#include <string.h>

#include "daemon/keeper.h"
#include "daemon/recompile.h"
#include "util/blob.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/log.h"

/* Zones are given at once, but not all the time: with each, resolvers begin with empty caches. */
#define ZONES_NS    (5 * RB_NS_PER_S) /* from one time to the next, in the long run */
#define ZONES_BURST 3                 /* so many more at once */
#define GATHER_NS   (2 * RB_NS_PER_S) /* for others that come just now */

void rb_keeper_end_compiler(struct rb_keeper *keeper)
{
	/* The policy that it was compiling still has to be compiled. */
	keeper->policy_is_old |= keeper->compiler != NULL;
	rb_process_free(TAKE_PTR(keeper->compiler));
	rb_process_free(TAKE_PTR(keeper->counter));
}

void rb_keeper_follow_feeds(struct rb_keeper *keeper)
{
	enum rb_feeds_pace pace = keeper->reload.is_operators ? RB_FEEDS_IMPATIENT
							      : RB_FEEDS_PATIENT;

	keeper->policy_is_old = false;
	keeper->zones_are_old = false;
	/* Without memory they begin again. */
	if (keeper->feeds && rb_feeds_follow(keeper->feeds, keeper->config, pace))
		rb_feeds_free(TAKE_PTR(keeper->feeds));
}

/* The server that uses it. NULL: none; or a reload is under way, which has read the files. */
static struct rb_keeper_server *user_of(struct rb_keeper *keeper)
{
	if (keeper->state != RB_KEEPER_RUNNING || keeper->reload.is_begun)
		return NULL;
	return rb_keeper_server_in(keeper, RB_SERVER_SERVING);
}

void rb_keeper_feed_fds(struct rb_keeper *keeper, struct pollfd fds[2])
{
	bool serves = user_of(keeper) != NULL;

	fds[0].fd = serves && keeper->feeds ? rb_feeds_fd(keeper->feeds) : -1;
	fds[1].fd = -1;
	if (serves && keeper->compiler)
		fds[1].fd = rb_process_control_fd(keeper->compiler);
	else if (serves && keeper->counter)
		fds[1].fd = rb_process_end_fd(keeper->counter);
}

static void news_take(struct rb_keeper *keeper)
{
	unsigned int news = rb_feeds_news(keeper->feeds);

	keeper->policy_is_old |= (news & RB_FEEDS_POLICY) != 0;
	if (news & RB_FEEDS_ZONES && !keeper->zones_are_old) {
		keeper->zones_are_old = true;
		keeper->news_ns = rb_clock_ns();
	}
}

/* The text for libunbound says it here, too, for the next server. */
static int zone_give(struct rb_keeper *keeper, const struct rb_keeper_server *server, int number)
{
	const struct rb_transfer *transfer = &keeper->config->transfers[number];
	struct rb_note note = {.kind = RB_GIVES_ZONE, .type = number};
	_cleanup_fclose_ FILE *file = NULL;
	struct rb_zone_contents contents;
	int err = rb_file_open(transfer->path, RB_FILE_PLAIN, &file), fd;

	if (!err || err == -ENOENT)
		err = rb_zone_contents_read(file, &contents);
	if (err)
		return err;
	note.zone = contents;
	rb_zone_contents_swap(keeper->config->resolver_text, transfer->path, &contents);
	fd = file ? fileno(file) : -1;
	return rb_note_send(rb_process_control_fd(server->child), &note, &fd, file != NULL);
}

/* Zones may change together, and one may change all the time. */
static void zones_give(struct rb_keeper *keeper, const struct rb_keeper_server *server)
{
	uint64_t now_ns = rb_clock_ns();
	int number;

	if (!keeper->zones_are_old || keeper->zones_ns > now_ns + ZONES_BURST * ZONES_NS)
		return;
	if (rb_feeds_pending(keeper->feeds) & RB_FEEDS_ZONES &&
	    now_ns - keeper->news_ns < GATHER_NS)
		return;
	keeper->zones_are_old = false;
	keeper->zones_ns = (keeper->zones_ns > now_ns ? keeper->zones_ns : now_ns) + ZONES_NS;
	while ((number = rb_feeds_next_zone(keeper->feeds)) >= 0) {
		int err = zone_give(keeper, server, number);

		if (err)
			rb_log_error("auth-zone %s: '%s' cannot be read (%s)",
				     keeper->config->transfers[number].label,
				     keeper->config->transfers[number].path, rb_file_strerror(err));
	}
}

static void compile_begin(struct rb_keeper *keeper)
{
	int err;

	/* One after the other: each has a copy of all names. */
	if (!keeper->policy_is_old || keeper->compiler || keeper->counter)
		return;
	err = rb_recompile_start(keeper->config, &keeper->compiler);
	keeper->policy_is_old = err != 0;
	if (err)
		rb_log_error("no process can be started that compiles local policy (%s)",
			     strerror(-err));
}

/*
 * The next server inherits the image; the present one is sent it. It belongs to the configuration
 * in force, since a process that compiles does not outlive that.
 */
static void image_use(struct rb_keeper *keeper, const struct rb_keeper_server *server,
		      const struct rb_recompilation *result)
{
	const struct rb_note note = {
		.kind = RB_ASKS_POLICY,
		.contents = result->contents,
	};
	struct rb_blob *blob;
	int err = rb_blob_map(result->fd, &blob);

	if (err) {
		rb_log_error("the recompiled local policy cannot be used (%s)", strerror(-err));
		return;
	}
	rb_blob_unref(keeper->config->policy.zones);
	keeper->config->policy.zones = blob;
	keeper->config->local.contents = result->contents;
	rb_note_send(rb_process_control_fd(server->child), &note, &result->fd, 1);
}

static void counter_end(struct rb_keeper *keeper)
{
	char how[64];

	if (rb_process_has_ended(keeper->counter, how))
		rb_process_free(TAKE_PTR(keeper->counter));
}

static void compile_end(struct rb_keeper *keeper, const struct rb_keeper_server *server)
{
	struct rb_recompilation result;
	int err = rb_recompile_result(keeper->compiler, &result);

	if (err == -EAGAIN)
		return;
	if (err) {
		rb_process_free(TAKE_PTR(keeper->compiler));
		return;
	}
	keeper->counter = TAKE_PTR(keeper->compiler);
	if (result.kind == RB_RECOMPILED_IMAGE)
		image_use(keeper, server, &result);
	else
		rb_keeper_want_reload(keeper, RB_RELOAD_FILES, -1);
	close(result.fd);
}

void rb_keeper_serve_feeds(struct rb_keeper *keeper)
{
	const struct rb_keeper_server *server = user_of(keeper);

	if (!server)
		return;
	if (keeper->compiler)
		compile_end(keeper, server);
	else if (keeper->counter)
		counter_end(keeper);
	if (!keeper->feeds)
		return;
	rb_feeds_serve(keeper->feeds);
	news_take(keeper);
	compile_begin(keeper);
	zones_give(keeper, server);
}

void rb_keeper_tick_feeds(struct rb_keeper *keeper)
{
	int err = 0;

	if (!user_of(keeper))
		return;
	if (!keeper->feeds)
		err = rb_feeds_new(keeper->config, &keeper->resolver_user,
				   keeper->accounts.vitals->feeds, &keeper->feeds);
	if (err)
		return;
	rb_feeds_tick(keeper->feeds);
	rb_keeper_serve_feeds(keeper);
}
