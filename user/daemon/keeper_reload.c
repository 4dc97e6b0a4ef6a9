/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reload: the keeper reads another configuration, opens its addresses, and starts a server with it
 * beside the one that serves. Until that server can take over, nothing has changed.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "daemon/fixed.h"
#include "daemon/keeper.h"
#include "daemon/policy_file.h"
#include "util/cleanup.h"
#include "util/log.h"

#define PATIENCE_US 600000000 /* for libunbound to read large local zones, twice */

/* Send as much as the client accepts at once: the keeper never waits for a client. */
static bool bytes_tell(int fd, const char *bytes, size_t len)
{
	return send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len;
}

/* Note the wish, and the client that gets the result. */
static void want(struct rb_keeper_reload *reload, int client_fd)
{
	reload->wanted = true;
	if (client_fd < 0)
		return;
	if (reload->client_count < RB_RELOAD_CLIENTS_MAX)
		reload->clients[reload->client_count++] = client_fd;
	else
		close(client_fd);
}

void rb_keeper_want_reload(struct rb_keeper *keeper, enum rb_reload_cause cause, int client_fd)
{
	struct rb_keeper_reload *reload = &keeper->reload;

	if (cause == RB_RELOAD_OPERATOR) {
		reload->forgets = true;
		reload->asked = (struct rb_set_options){0};
	}
	want(reload, client_fd);
}

/* Changes at run time were made to the configuration in force, and must not be lost. */
void rb_keeper_want_option(struct rb_keeper *keeper, const struct rb_note_option *option,
			   int client_fd)
{
	static const char changed[] =
		"error set_option: it reads the file again, which would undo what local_zone, "
		"local_data, rpz_enable, forward_add and their like have changed since the last "
		"reload: write both into the file and use reload\n";
	static const char wrong[] = "error set_option: no such option or value\n";
	char value[RB_SET_OPTION_VALUE_MAX];
	const char *refusal = NULL;

	snprintf(value, sizeof(value), "%.*s", (int)sizeof(value) - 1, option->value);
	if (keeper->policy.is_kept || keeper->policy.has_upstreams)
		refusal = changed;
	else if (!rb_set_options_put(&keeper->reload.asked, option->number, value))
		refusal = wrong;
	if (!refusal) {
		want(&keeper->reload, client_fd);
		return;
	}
	if (client_fd < 0)
		return;
	(void)bytes_tell(client_fd, refusal, strlen(refusal));
	close(client_fd);
}

/* systemd then waits for READY=1, and the watchdog waits longer. */
static void notify_begin(void)
{
	uint64_t watchdog_us = 0;
	struct timespec now;

	sd_watchdog_enabled(0, &watchdog_us);
	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		   (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
	if (watchdog_us)
		sd_notifyf(0, "WATCHDOG_USEC=%d", PATIENCE_US);
}

static void notify_end(void)
{
	uint64_t watchdog_us = 0;

	sd_watchdog_enabled(0, &watchdog_us);
	if (watchdog_us)
		sd_notifyf(0, "READY=1\nWATCHDOG_USEC=%" PRIu64 "\nWATCHDOG=1", watchdog_us);
	else
		sd_notify(0, "READY=1");
}

/* A copy of what the keeper and the new server log about it; both write at one offset. */
static void said_open(struct rb_keeper_reload *reload)
{
	int fd = memfd_create("reload", MFD_CLOEXEC);

	reload->said = fd < 0 ? NULL : fdopen(fd, "w");
	if (reload->said)
		setvbuf(reload->said, NULL, _IONBF, 0);
	else
		rb_closep(&fd);
	rb_log_copy_to(reload->said);
}

/* The lines of set_option, which follow those of the file. NULL: no memory. */
static char *set_take(struct rb_keeper *keeper)
{
	struct rb_keeper_reload *reload = &keeper->reload;

	reload->set = reload->forgets ? (struct rb_set_options){0} : keeper->set;
	rb_set_options_add(&reload->set, &reload->asked);
	reload->asked = (struct rb_set_options){0};
	reload->forgets = false;
	return rb_set_options_text(&reload->set);
}

/* All steps of the keeper that may fail. */
static int prepare(struct rb_keeper *keeper)
{
	struct rb_keeper_reload *reload = &keeper->reload;
	_cleanup_free_ char *set = set_take(keeper);
	_cleanup_(rb_config_freep) struct rb_config *next = NULL;
	size_t stays = 0;
	int err = set ? rb_daemon_config_read(keeper->opts, set, keeper->config, &next) : -ENOMEM;

	if (!err)
		err = rb_fixed_keep(keeper->config, next);
	if (err)
		return err;
	err = rb_addresses_open(next, keeper->workers, &keeper->addresses, &reload->added);
	for (size_t i = 0; i < keeper->addresses.count; i++)
		stays += rb_addresses_wanted(next, &keeper->addresses.list[i]);
	if (!stays && !reload->added.count)
		return err ?: -EADDRNOTAVAIL;
	reload->config = TAKE_PTR(next);
	reload->keeps = !reload->is_operators &&
			rb_policy_file_goes_with(keeper->config, reload->config);
	return 0;
}

int rb_keeper_begin_reload(struct rb_keeper *keeper, bool *ret_is_child)
{
	struct rb_keeper_reload *reload = &keeper->reload;
	int err;

	*ret_is_child = false;
	if (!reload->wanted || reload->is_begun || keeper->state != RB_KEEPER_RUNNING ||
	    !rb_keeper_server_in(keeper, RB_SERVER_SERVING) ||
	    !rb_keeper_server_in(keeper, RB_SERVER_NONE))
		return 0;
	reload->wanted = false;
	reload->is_begun = true;
	reload->is_operators = reload->forgets;
	reload->told_count = reload->client_count;
	notify_begin();
	said_open(reload);
	err = prepare(keeper);
	if (!err)
		err = rb_keeper_start(keeper, ret_is_child);
	if (*ret_is_child)
		return err;
	rb_log_copy_to(NULL);
	if (err)
		rb_keeper_end_reload(keeper, err);
	return 0;
}

void rb_keeper_follow_addresses(struct rb_keeper *keeper, const struct rb_config *config)
{
	struct rb_addresses *addresses = &keeper->addresses;
	size_t i = 0;

	while (i < addresses->count) {
		struct rb_address *address = &addresses->list[i];

		if (rb_addresses_wanted(config, address)) {
			i++;
			continue;
		}
		for (unsigned int w = 0; w < keeper->workers; w++)
			rb_closep(&address->fds[w]);
		rb_addresses_forget(addresses, i);
	}
	if (rb_addresses_append(addresses, &keeper->reload.added))
		rb_log_error("out of memory: new addresses are not served");
}

/* Have systemd keep the new addresses, and no longer keep those that are given up. */
static void follow_store(struct rb_keeper *keeper)
{
	const struct rb_keeper_reload *reload = &keeper->reload;

	for (size_t i = 0; i < keeper->addresses.count; i++)
		if (!rb_addresses_wanted(reload->config, &keeper->addresses.list[i]))
			rb_addresses_drop(&keeper->addresses.list[i], keeper->config);
	rb_addresses_keep(&reload->added, reload->config, keeper->workers);
}

/* As in Unbound, a reload drops changes at run time, if an operator has asked for it. */
static void changes_follow(struct rb_keeper *keeper)
{
	const struct rb_keeper_reload *reload = &keeper->reload;
	bool has_changes = keeper->policy.is_kept || keeper->policy.has_upstreams;

	if (reload->keeps)
		return;
	if (has_changes && !reload->is_operators)
		rb_log_warn("%s has other local policy now: what was changed at run time is "
			    "dropped",
			    keeper->opts->file);
	rb_policy_file_forget(&keeper->policy);
}

void rb_keeper_commit_reload(struct rb_keeper *keeper)
{
	struct rb_keeper_reload *reload = &keeper->reload;
	struct rb_config *former = keeper->config;

	if (!reload->config)
		return;
	follow_store(keeper);
	rb_keeper_follow_addresses(keeper, reload->config);
	rb_keeper_end_compiler(keeper);
	keeper->config = TAKE_PTR(reload->config);
	rb_keeper_follow_feeds(keeper);
	keeper->set = reload->set;
	reload->is_committed = true;
	rb_keeper_xdp_commit(keeper);
	rb_tls_watch_end(&keeper->keys);
	rb_keeper_watch_keys(keeper);
	rb_config_free(former);
	changes_follow(keeper);
	rb_daemon_log_open(keeper->config);
	rb_log_set_verbosity(keeper->config->verbosity + keeper->opts->verbose);
}

/* The first word tells the result, as unbound-control expects. */
static void client_tell(int fd, int result, FILE *said)
{
	const char *word = result ? "error the configuration was not changed\n" : "ok\n";
	char bytes[4096];
	off_t at = 0;
	ssize_t got;

	if (!bytes_tell(fd, word, strlen(word)) || !said)
		return;
	while ((got = pread(fileno(said), bytes, sizeof(bytes), at)) > 0 &&
	       bytes_tell(fd, bytes, (size_t)got))
		at += got;
}

static void clients_tell(struct rb_keeper_reload *reload, int result)
{
	for (size_t i = 0; i < reload->told_count; i++) {
		client_tell(reload->clients[i], result, reload->said);
		close(reload->clients[i]);
	}
	reload->client_count -= reload->told_count;
	memmove(reload->clients, reload->clients + reload->told_count,
		reload->client_count * sizeof(reload->clients[0]));
	reload->told_count = 0;
}

void rb_keeper_end_reload(struct rb_keeper *keeper, int result)
{
	struct rb_keeper_reload *reload = &keeper->reload;

	if (!reload->is_begun)
		return;
	reload->is_begun = false;
	rb_log_copy_to(reload->said);
	if (!result) {
		keeper->accounts.vitals->read_at = time(NULL);
		atomic_fetch_add(&keeper->accounts.vitals->reloads, 1);
		rb_log_notice("%s: read again, and in force", keeper->opts->file);
	} else if (reload->is_committed) {
		rb_log_error("%s: read again, and its server has ended (%s); the next one is of "
			     "it, too",
			     keeper->opts->file, strerror(-result));
	} else {
		rb_log_error("%s: not put in force (%s); the configuration read before it stays",
			     keeper->opts->file, strerror(-result));
	}
	rb_log_copy_to(NULL);
	clients_tell(reload, result);
	if (reload->said)
		fclose(reload->said);
	reload->said = NULL;
	reload->is_committed = false;
	rb_keeper_xdp_discard(keeper);
	rb_config_free(TAKE_PTR(reload->config));
	rb_addresses_close(&reload->added, keeper->workers);
	notify_end();
}

void rb_keeper_drop_reload(struct rb_keeper *keeper)
{
	struct rb_keeper_reload *reload = &keeper->reload;

	while (reload->client_count)
		close(reload->clients[--reload->client_count]);
	if (reload->said)
		fclose(reload->said);
	rb_config_free(reload->config);
	rb_addresses_close(&reload->added, keeper->workers);
}
