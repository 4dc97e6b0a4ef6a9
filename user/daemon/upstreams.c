/* SPDX-License-Identifier: BSD-2-Clause */
/* Others to be asked. */
#include "daemon/upstreams.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config/fingerprint.h"
#include "daemon/parts.h"
#include "daemon/policy_file.h"
#include "store/flush.h"
#include "util/cleanup.h"
#include "util/log.h"

/* What was asked of the former processes is not published any more. */
static void table_clear(struct rb_table *table, const struct rb_flush *concerned)
{
	uint64_t removed;

	if (concerned->name_len == 1) {
		rb_table_bump_epoch(table);
		rb_log_info("others are asked for all names: the hot table begins anew");
		return;
	}
	removed = rb_flush_table(table, concerned);
	rb_log_info("others are asked: %" PRIu64 " answers were removed from the hot table",
		    removed);
}

/* For the next server, should this one crash. */
static void keep(struct rb_daemon *daemon)
{
	_cleanup_close_ int fd = -1;
	int err = rb_policy_file_write_upstreams(daemon->config, &fd);

	if (!err)
		err = rb_parent_keep_upstreams(&daemon->parent, fd);
	if (err)
		rb_log_warn("who is asked instead would be forgotten by a crash (%s)",
			    strerror(-err));
}

int rb_daemon_upstreams_command(void *context, char *text, const struct rb_flush *concerned)
{
	struct rb_daemon *daemon = context;
	struct rb_config *config = daemon->config;
	struct rb_control *control = daemon->table->control;
	char *former = config->resolver_text;
	int err;

	config->resolver_text = text;
	err = rb_resolvers_renew(daemon->resolvers, config);
	if (err) {
		config->resolver_text = former;
		free(text);
		return err;
	}
	free(former);
	keep(daemon);
	/* Whoever finds the table half cleared takes it for another configuration's. */
	control->config = 0;
	table_clear(daemon->table, concerned);
	control->config = rb_config_fingerprint(config);
	return 0;
}
