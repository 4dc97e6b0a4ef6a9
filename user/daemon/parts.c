/* SPDX-License-Identifier: BSD-2-Clause */
/* rb-server's parts, wired together: their start and their end. */
#include "daemon/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/fingerprint.h"
#include "daemon/policy.h"
#include "daemon/reload.h"
#include "daemon/run.h"
#include "datapath/detach.h"
#include "table/records.h"
#include "table/wall.h"
#include "util/clock.h"
#include "util/log.h"

/* A convenience: nobody is served less without it, or waits for it. */
static void records_pin(const struct rb_daemon *daemon)
{
	const char *pin_dir = daemon->config->pin_dir;
	int err;

	if (!daemon->table->in_kernel)
		return;
	err = rb_records_pin(daemon->table, pin_dir);
	if (err)
		rb_log_notice("%s/" RB_PIN_RECORDS ": the kernel takes no iterator (%s), so there "
			      "is no such file. Use runbound-cachectl dump.",
			      pin_dir, strerror(-err));
}

void rb_parts_follow_wall(struct rb_daemon *daemon)
{
	uint64_t removed = rb_wall_follow(daemon->table, rb_clock_wall_ns(), rb_clock_ns());

	if (removed)
		rb_log_notice("the clock was set forwards: %llu records that signatures bind are "
			      "resolved again",
			      (unsigned long long)removed);
}

/* Records of another configuration may be answers that this one would not give. */
static void table_take_over(struct rb_daemon *daemon)
{
	const struct rb_config *config = daemon->config;
	struct rb_table *table = daemon->table;
	uint32_t fingerprint = rb_config_fingerprint(config);
	struct rb_table_usage usage;

	if (table->adopted) {
		rb_table_usage(table, &usage);
		rb_log_notice("adopted the table in %s with %llu records%s",
			      table->in_kernel ? config->pin_dir : "memory",
			      (unsigned long long)(usage.used[RB_SMALL] + usage.used[RB_MEDIUM] +
						   usage.used[RB_LARGE]),
			      table->control->config == fingerprint
				      ? ""
				      : ", which are void: the configuration has changed");
		if (table->control->config != fingerprint)
			rb_table_bump_epoch(table);
	}
	table->control->config = fingerprint;
	rb_parts_follow_wall(daemon);
	rb_table_set_stale(table, rb_config_stale_ns(config), config->serve_expired_reply_ttl_s);
}

static void xdp_start(struct rb_daemon *daemon)
{
	int err;

	if (!daemon->table->in_kernel)
		return;
	err = rb_xdp_open(daemon->config, daemon->table, daemon->acl, daemon->workers,
			  &daemon->xdp);
	if (err)
		rb_log_warn("XDP cannot be used (%s): serving by sockets alone", strerror(-err));
}

static int give_socket(void *context, unsigned int worker, struct rb_xsk *xsk)
{
	return rb_server_give_xsk(context, worker, xsk);
}

static void take_socket(void *context, unsigned int worker, struct rb_xsk *xsk)
{
	rb_server_take_xsk(context, worker, xsk);
}

static int resolvers_start(struct rb_daemon *daemon)
{
	/* One more: main itself hands on the refreshes that the kernel asks for. */
	int err = rb_resolvers_start(daemon->config, daemon->table, daemon->workers + 1,
				     &daemon->resolvers);

	if (err)
		rb_daemon_config_try(daemon->config);
	return err ?: rb_resolvers_go_on(daemon->resolvers, daemon->accounts.of_resolvers);
}

static int server_new(struct rb_daemon *daemon)
{
	const struct rb_server_opts opts = {
		.config = daemon->config,
		.table = daemon->table,
		.acl = daemon->acl,
		.resolvers = daemon->resolvers,
		.workers = daemon->workers,
		.totals = daemon->accounts.of_workers,
	};

	return rb_server_new(&opts, &daemon->addresses, &daemon->server);
}

int rb_parts_start(struct rb_daemon *daemon)
{
	const struct rb_config *config = daemon->config;
	int err;

	daemon->pin_dir = strdup(config->pin_dir);
	if (!daemon->pin_dir)
		return -ENOMEM;
	err = rb_acl_new_of(config, &daemon->acl);
	if (!err)
		err = rb_preload_new(daemon->table, &daemon->preload);
	if (!err)
		err = rb_cachefile_new(config, daemon->table, &daemon->cachefile);
	if (!err)
		err = resolvers_start(daemon);
	if (!err)
		err = server_new(daemon);
	if (err)
		return err;
	xdp_start(daemon);
	/*
	 * Where the configuration cannot be served, the predecessor's records stay in force. Where
	 * they become void, what had been hot waits in sockets that are open by now, and not for
	 * long: only the cache-file is read before workers take it.
	 */
	table_take_over(daemon);
	rb_cachefile_load(daemon->cachefile, config);
	err = rb_server_start(daemon->server, daemon->xdp);
	if (!err && daemon->xdp) {
		rb_xdp_set_assigner(daemon->xdp,
				    &(struct rb_xdp_assigner){.give = give_socket,
							      .take = take_socket,
							      .context = daemon->server});
		err = rb_xdp_attach(daemon->xdp);
	}
	if (!err)
		err = rb_cachefile_start(daemon->cachefile);
	if (!err)
		records_pin(daemon);
	return err;
}

void rb_parts_start_controls(struct rb_daemon *daemon)
{
	const struct rb_control_view view = {
		.config = daemon->config,
		.pin_dir = daemon->pin_dir,
		.table = daemon->table,
		.server = daemon->server,
		.resolvers = daemon->resolvers,
		.preload = daemon->preload,
		.cachefile = daemon->cachefile,
		.xdp = daemon->xdp,
		.figures = daemon->accounts.figures,
		.vitals = daemon->accounts.vitals,
		.reload = rb_reload_command,
		.change = rb_daemon_policy_command,
		.stop = rb_run_stop,
		.log_reopened = rb_run_log_reopened,
		.context = daemon,
	};

	daemon->controls = rb_control_open(&view, daemon->remote);
}

void rb_parts_stop(struct rb_daemon *daemon, enum rb_parts_end end)
{
	/* From a table that is adopted the kernel may be answering; the next start takes it over.
	 */
	bool leave = end == RB_END_FAILED && daemon->table && daemon->table->adopted;

	rb_control_close(daemon->controls);
	rb_remote_close(daemon->remote);
	rb_preload_free(daemon->preload);
	/* The kernel stops first, so that nothing is answered that could not be refreshed. A
	 * predecessor's program goes too if its table had to give way to another. */
	if (daemon->xdp && !leave)
		rb_xdp_detach(daemon->xdp);
	else if (daemon->table && daemon->table->in_kernel && !leave)
		rb_xdp_detach_pinned(daemon->pin_dir);
	if (daemon->server)
		rb_server_stop(daemon->server);
	if (daemon->resolvers)
		rb_resolvers_stop(daemon->resolvers);
	if (daemon->server)
		rb_server_free(daemon->server);
	if (daemon->xdp)
		rb_xdp_close(daemon->xdp);
	rb_cachefile_stop(daemon->cachefile);
	rb_cachefile_free(daemon->cachefile);
	rb_table_close(daemon->table);
	rb_acl_free(daemon->acl);
	rb_addresses_close(&daemon->addresses, daemon->workers);
	rb_config_free(daemon->config);
	for (size_t i = 0; i < daemon->former_count; i++)
		rb_config_free(daemon->former[i]);
	free(daemon->former);
	free(daemon->pin_dir);
}
