/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration read again and put in force while everything serves on. */
#include "daemon/reload.h"

#include <errno.h>
#include <string.h>

#include "config/fingerprint.h"
#include "daemon/fixed.h"
#include "daemon/policy.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/text.h"

/* What is made beside what is in force. */
struct next {
	struct rb_config *config;
	struct rb_acl *acl;
	struct rb_server_reload *server;
	bool resolvers; /* are prepared */
};

/* Without a commit: all of it. After one: what it was exchanged for. */
static void next_free(struct rb_daemon *daemon, struct next *next)
{
	rb_server_reload_free(next->server);
	if (next->resolvers)
		rb_resolvers_discard(daemon->resolvers);
	rb_acl_free(next->acl);
	rb_config_free(next->config);
}

/* Everything that may fail. */
static int next_make(struct rb_daemon *daemon, struct next *next)
{
	int err = rb_daemon_config_read(daemon->opts, daemon->config, &next->config);

	if (!err)
		err = rb_fixed_keep(daemon->config, next->config);
	if (!err)
		err = rb_acl_new_of(next->config, &next->acl);
	if (!err)
		err = rb_server_reload_new(daemon->server, next->config, next->acl, &next->server);
	if (!err)
		err = rb_parent_ask(&daemon->parent, RB_SAYS_PREPARE);
	if (err)
		return err;
	err = rb_resolvers_prepare(daemon->resolvers, next->config);
	next->resolvers = !err;
	if (err)
		rb_daemon_config_try(next->config);
	return err;
}

static int keep_former(struct rb_daemon *daemon)
{
	struct rb_config **former =
		reallocarray(daemon->former, daemon->former_count + 1, sizeof(*former));

	if (!former)
		return -ENOMEM;
	daemon->former = former;
	return 0;
}

/*
 * The resolvers and the workers first, so that what is resolved and decided from then on is of the
 * new configuration; then the epoch, which makes misses of what was published under the old one, or
 * was asked for under it and is still to come; then the kernel, by the keeper. Where local policy alone is another
 * one, the records are swept instead, behind everything else: it takes longest.
 */
static void commit(struct rb_daemon *daemon, struct next *next)
{
	struct rb_control *control = daemon->table->control;
	uint32_t fingerprint = rb_config_fingerprint(next->config);
	bool changes = control->config != fingerprint;
	bool sweeps = changes && rb_config_fingerprint_of_rest(daemon->config) ==
					 rb_config_fingerprint_of_rest(next->config);
	const struct rb_config *former = daemon->config;

	/* Whoever finds the table half swept takes it for another configuration's. */
	if (sweeps)
		control->config = 0;
	rb_resolvers_switch(daemon->resolvers);
	next->resolvers = false;
	rb_table_set_stale(daemon->table, rb_config_stale_ns(next->config),
			   next->config->serve_expired_reply_ttl_s);
	rb_server_reload_commit(next->server);
	if (changes && !sweeps) {
		rb_table_bump_epoch(daemon->table);
		control->config = fingerprint;
	}
	daemon->former[daemon->former_count++] = daemon->config;
	daemon->config = TAKE_PTR(next->config);
	rb_acl_free(daemon->acl);
	daemon->acl = TAKE_PTR(next->acl);
	rb_daemon_log_open(daemon->config);
	rb_log_set_verbosity(daemon->config->verbosity + daemon->opts->verbose);
	rb_control_reloaded(daemon->controls, daemon->config);
	daemon->accounts.vitals->read_at = time(NULL);
	atomic_fetch_add(&daemon->accounts.vitals->reloads, 1);
	if (!sweeps)
		return;
	rb_daemon_policy_sweep(daemon->table, &former->policy, &daemon->config->policy);
	control->config = fingerprint;
}

static int reload(struct rb_daemon *daemon)
{
	struct next next = {0};
	int err = next_make(daemon, &next);

	if (!err)
		err = keep_former(daemon);
	if (!err)
		commit(daemon, &next);
	next_free(daemon, &next);
	rb_reload_reap(daemon);
	return err;
}

int rb_reload(struct rb_daemon *daemon)
{
	int err, unkept = 0;

	rb_parent_say(&daemon->parent, RB_SAYS_RELOADING, 0);
	err = reload(daemon);
	if (err)
		rb_log_error("%s: not put in force (%s); the configuration read before it stays",
			     daemon->opts->file, strerror(-err));
	else
		unkept = rb_parent_keep(&daemon->parent, rb_server_addresses(daemon->server),
					daemon->workers);
	if (unkept)
		rb_log_warn("the sockets of new addresses would not outlive a crash (%s)",
			    strerror(-unkept));
	if (!err)
		rb_log_notice("%s: read again, and in force", daemon->opts->file);
	/* Whoever is told may write to the file again. */
	(void)rb_parent_reloaded(&daemon->parent, err);
	return err;
}

void rb_reload_command(void *context, FILE *out)
{
	_cleanup_(rb_text_freep) struct rb_text *said = NULL;
	FILE *copy = NULL;
	int err;

	/* Without memory for it the log has it all the same. */
	(void)rb_text_open(&said, &copy);
	rb_log_copy_to(copy);
	err = rb_reload(context);
	rb_log_copy_to(NULL);
	fprintf(out, "%s\n%s", err ? "error the configuration was not changed" : "ok",
		said ? rb_text_peek(said) : "");
}

void rb_reload_reap(struct rb_daemon *daemon)
{
	size_t i = 0;

	rb_resolvers_reap(daemon->resolvers);
	while (i < daemon->former_count) {
		if (rb_resolvers_use(daemon->resolvers, daemon->former[i])) {
			i++;
			continue;
		}
		rb_config_free(daemon->former[i]);
		daemon->former[i] = daemon->former[--daemon->former_count];
	}
}
