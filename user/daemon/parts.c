/* SPDX-License-Identifier: BSD-2-Clause */
/* rb-server's parts, wired together: their start and their end. */
#include "daemon/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/fingerprint.h"
#include "config/zone_changes.h"
#include "daemon/policy.h"
#include "daemon/rules.h"
#include "daemon/run.h"
#include "daemon/upstreams.h"
#include "serve/tap.h"
#include "store/flush.h"
#include "table/audience.h"
#include "table/wall.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/log_sink.h"

void rb_parts_follow_wall(struct rb_daemon *daemon)
{
	uint64_t removed = rb_wall_follow(daemon->table, rb_clock_wall_ns(), rb_clock_ns());

	if (removed)
		rb_log_notice("the clock was set forwards: %llu records that signatures bind are "
			      "resolved again",
			      (unsigned long long)removed);
}

static void adopted_tell(const struct rb_daemon *daemon, uint32_t fingerprint)
{
	const struct rb_table *table = daemon->table;
	struct rb_table_usage usage;

	rb_table_usage(table, &usage);
	rb_log_notice("adopted the table in %s with %llu records%s",
		      table->in_kernel ? daemon->config->pin_dir : "memory",
		      (unsigned long long)(usage.used[RB_SMALL] + usage.used[RB_MEDIUM] +
					   usage.used[RB_LARGE]),
		      table->control->config == fingerprint
			      ? ""
			      : ", which are void: the configuration has changed");
}

/*
 * If only auth-zones say something else than before, remove what depends on them. False: more may
 * have changed. Nobody writes to the table, and whoever finds it half cleared takes it for another
 * configuration's.
 */
static bool zones_clear(const struct rb_daemon *daemon)
{
	struct rb_flush flushes[RB_ZONE_CHANGES_MAX];
	int count = rb_zone_changes_find(daemon->former, daemon->config, flushes);
	uint64_t removed = 0;

	for (int i = 0; i < count; i++)
		if (flushes[i].name_len == 1)
			return false;
	if (count <= 0)
		return false;
	daemon->table->control->config = 0;
	for (int i = 0; i < count; i++)
		removed += rb_flush_table(daemon->table, &flushes[i]);
	rb_log_info("changed auth-zones: %d; %llu answers were removed from the hot table", count,
		    (unsigned long long)removed);
	return true;
}

/*
 * Records of another configuration may be answers that this one would not give. If the reload has
 * changed only local policy, the table is swept; until that is done it is marked as another
 * configuration's, in case this server crashes.
 */
static bool table_take_over(struct rb_daemon *daemon)
{
	const struct rb_config *config = daemon->config;
	struct rb_table *table = daemon->table;
	uint32_t fingerprint = rb_config_fingerprint(config);
	bool differs, follows, sweeps;

	if (daemon->is_successor)
		rb_table_inherit(table);
	differs = table->control->config != fingerprint;
	follows = differs && daemon->former &&
		  table->control->config == rb_config_fingerprint(daemon->former);
	sweeps = follows && rb_config_fingerprint_of_rest(daemon->former) ==
				    rb_config_fingerprint_of_rest(config);
	if (table->adopted && !daemon->former)
		adopted_tell(daemon, fingerprint);
	if ((table->adopted && differs && !sweeps && !(follows && zones_clear(daemon))) ||
	    rb_table_numbering(table) != config->local.numbering)
		rb_table_renumber(table, config->local.numbering);
	table->control->config = sweeps ? 0 : fingerprint;
	rb_parts_follow_wall(daemon);
	rb_table_set_stale(table, rb_config_stale_ns(config), config->serve_expired_reply_ttl_s);
	table->snooped = config->allow_snoop;
	return sweeps;
}

static int resolvers_start(struct rb_daemon *daemon)
{
	/* One more: main itself submits the refreshes that the kernel asks for. */
	int err = rb_resolvers_start(daemon->config, daemon->table, daemon->workers + 1,
				     &daemon->resolvers);

	if (err)
		rb_daemon_config_try(daemon->config);
	if (!err)
		err = rb_key_watch_new(daemon->config, daemon->table, daemon->resolvers,
				       daemon->workers, &daemon->key_watch);
	return err ?: rb_resolvers_go_on(daemon->resolvers, daemon->accounts.of_resolvers);
}

static void show(void *context, const struct rb_shown *shown)
{
	rb_tap_upstream(rb_server_dnstap(context), shown);
}

static int server_new(struct rb_daemon *daemon)
{
	const struct rb_server_opts opts = {
		.config = daemon->config,
		.table = daemon->table,
		.acl = daemon->acl,
		.resolvers = daemon->resolvers,
		.feeds = daemon->accounts.vitals->feeds,
		.workers = daemon->workers,
		.totals = daemon->accounts.of_workers,
		.opener = &daemon->opener.opener,
	};

	int err = rb_server_new(&opts, &daemon->addresses, &daemon->server);

	if (!err)
		rb_resolvers_show(daemon->resolvers, show, daemon->server);
	return err;
}

int rb_parts_prepare(struct rb_daemon *daemon)
{
	const struct rb_config *config = daemon->config;
	int err = rb_acl_new_of(config, &daemon->acl);

	if (!err)
		err = rb_cachefile_new(config, &daemon->opener.opener, daemon->table,
				       &daemon->cachefile);
	if (!err)
		err = resolvers_start(daemon);
	return err ?: server_new(daemon);
}

/* Start the control socket and the metrics, once everything else runs. */
static int controls_start(struct rb_daemon *daemon)
{
	const struct rb_control_view view = {
		.config = daemon->config,
		.table = daemon->table,
		.server = daemon->server,
		.resolvers = daemon->resolvers,
		.preload = daemon->preload,
		.sweeper = daemon->sweeper,
		.cachefile = daemon->cachefile,
		.board = daemon->shared.board,
		.rings = daemon->rings,
		.counters_fd = daemon->shared.counters_fd,
		.figures = daemon->accounts.figures,
		.feeds = daemon->accounts.vitals->feeds,
		.vitals = daemon->accounts.vitals,
		.reload = rb_run_ask_reload,
		.set_option = rb_run_ask_option,
		.change = rb_daemon_policy_command,
		.ask_by = rb_daemon_upstreams_command,
		.stop = rb_run_stop,
		.context = daemon,
	};

	return rb_control_open(&view, daemon->control_sockets, &daemon->controls);
}

static void ring_take(struct rb_daemon *daemon, struct rb_parent_ring *ring)
{
	const struct rb_note *note = &ring->note;
	struct rb_note answer = {.kind = RB_SAYS_MAPPED, .rings.id = note->rings.id};

	if (note->kind == RB_TAKES_RINGS)
		rb_rings_remove(daemon->rings, note->rings.id);
	if (note->kind == RB_SETS_MTU)
		rb_rings_set_mtu(daemon->rings, note->rings.id, note->rings.form.mtu);
	if (note->kind != RB_GIVES_RINGS)
		return;
	answer.result = rb_rings_add(daemon->rings, note->rings.id, &note->rings.form,
				     TAKE_FD(ring->fds[0]), TAKE_FD(ring->fds[1]));
	/* Without a keeper there would be no server either. */
	(void)rb_note_send(daemon->parent.fd, &answer, NULL, 0);
}

void rb_parts_take_rings(struct rb_daemon *daemon)
{
	struct rb_parent_ring ring;

	/* A server that has retired has freed them, and ignores notes about them. */
	while (daemon->rings && rb_parent_next_ring(&daemon->parent, &ring))
		ring_take(daemon, &ring);
}

/*
 * If the configuration could not be served, the predecessor's records would stay in force: so they
 * become invalid only here. Queries for them then wait in sockets, but not for long: only the
 * cache-file is read before the workers start.
 */
int rb_parts_take_over(struct rb_daemon *daemon)
{
	bool sweeps = table_take_over(daemon);
	int err;

	rb_cachefile_load(daemon->cachefile, daemon->config);
	rb_log_sink_start_writer();
	err = rb_preload_new(daemon->table, &daemon->preload);
	if (!err)
		err = rb_sweeper_new(daemon->table, &daemon->sweeper);
	if (!err)
		err = rb_server_start(daemon->server);
	if (!err)
		err = rb_rings_new(daemon->server, &daemon->rings);
	if (!err)
		err = rb_parent_ask(&daemon->parent, RB_SAYS_WORKERS);
	if (err)
		return err;
	if (daemon->former) {
		rb_daemon_log_open(daemon->config);
		rb_log_set_verbosity(daemon->config->verbosity + daemon->opts->verbose);
	}
	if (sweeps)
		rb_sweeper_start(daemon->sweeper, &daemon->former->policy, &daemon->config->policy,
				 rb_config_fingerprint(daemon->config));
	rb_config_free(TAKE_PTR(daemon->former));
	err = rb_cachefile_start(daemon->cachefile);
	if (err)
		return err;
	rb_parts_take_rings(daemon);
	return controls_start(daemon);
}

/* The rules for pending queries. Without any, no client gets the answer to one. */
static const struct rb_acl *rules_next(struct rb_daemon *daemon)
{
	int err = daemon->parent.rules_fd < 0
			  ? -EPROTO
			  : rb_rules_read(daemon->parent.rules_fd, &daemon->next_acl);

	if (err)
		err = rb_acl_new(NULL, 0, &daemon->next_acl);
	return err ? daemon->acl : daemon->next_acl;
}

/* Nothing new is accepted; pending queries are answered by these rules. */
static void retire(struct rb_daemon *daemon, const struct rb_acl *rules)
{
	rb_control_retire(daemon->controls);
	rb_preload_free(TAKE_PTR(daemon->preload));
	rb_resolvers_retire(daemon->resolvers);
	/* The keeper has made sure that nothing is handed over to us any more. */
	rb_server_retire(daemon->server, rules);
	rb_rings_free(TAKE_PTR(daemon->rings));
	rb_server_account(daemon->server);
	rb_resolvers_account(daemon->resolvers);
}

void rb_parts_retire(struct rb_daemon *daemon)
{
	retire(daemon, rules_next(daemon));
	rb_cachefile_leave(daemon->cachefile);
}

void rb_parts_finish(struct rb_daemon *daemon)
{
	retire(daemon, daemon->acl);
}

bool rb_parts_are_idle(const struct rb_daemon *daemon)
{
	return rb_server_is_idle(daemon->server) && rb_control_is_idle(daemon->controls);
}

void rb_parts_stop(struct rb_daemon *daemon)
{
	rb_control_close(daemon->controls);
	rb_control_sockets_release(daemon->control_sockets);
	rb_preload_free(daemon->preload);
	rb_sweeper_free(daemon->sweeper);
	if (daemon->server)
		rb_server_stop(daemon->server);
	if (daemon->server)
		rb_server_account(daemon->server);
	if (daemon->resolvers) {
		rb_resolvers_account(daemon->resolvers);
		rb_resolvers_stop(daemon->resolvers);
	}
	rb_key_watch_free(daemon->key_watch);
	rb_rings_free(daemon->rings);
	if (daemon->server)
		rb_server_free(daemon->server);
	rb_xdp_shared_close(&daemon->shared);
	rb_cachefile_stop(daemon->cachefile);
	rb_cachefile_free(daemon->cachefile);
	rb_table_close(daemon->table);
	rb_acl_free(daemon->acl);
	rb_acl_free(daemon->next_acl);
	rb_addresses_close(&daemon->addresses, daemon->workers);
	rb_config_free(daemon->config);
	rb_config_free(daemon->former);
}
