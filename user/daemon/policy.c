/* SPDX-License-Identifier: BSD-2-Clause */
/* Local policy exchanged. */
#include "daemon/policy.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "config/fingerprint.h"
#include "daemon/policy_file.h"
#include "policy/edit.h"
#include "store/sweep.h"
#include "util/blob.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/fnv.h"
#include "util/log.h"

static const struct rb_policy *open_in(const struct rb_policy_images *images,
				       struct rb_policy *room)
{
	return images->zones && !rb_policy_open_images(images, room) ? room : NULL;
}

void rb_daemon_policy_sweep(struct rb_table *table, const struct rb_policy_images *before,
			    const struct rb_policy_images *after)
{
	uint64_t began_ns = rb_clock_ns(), removed;
	struct rb_policy former, next;

	rb_table_policy_change(table);
	removed = rb_sweep_table(table, open_in(before, &former), open_in(after, &next));
	rb_log_info("local policy has changed: %" PRIu64 " answers were removed from the hot table "
		    "in %" PRIu64 " ms, all others stay",
		    removed, (rb_clock_ns() - began_ns) / 1000000);
}

static bool is_switch(const struct rb_policy_change *change)
{
	return change->verb == RB_POLICY_RPZ_ENABLE || change->verb == RB_POLICY_RPZ_DISABLE;
}

/* The configuration's, with the change. */
static int edited_make(const struct rb_config *config, struct rb_policy_change *change,
		       struct rb_policy_edited *ret_edited)
{
	if (!is_switch(change))
		return rb_policy_edit(&config->local, &config->policy, change, ret_edited);
	*ret_edited = (struct rb_policy_edited){0};
	rb_policy_switch(&config->local, &config->policy, change, &ret_edited->images);
	return 0;
}

/* For the next server, should this one crash. */
static void keep(struct rb_daemon *daemon)
{
	struct rb_note_policy note;
	_cleanup_close_ int fd = -1;
	int err = rb_policy_file_write(daemon->config, &note, &fd);

	if (!err)
		err = rb_parent_keep_policy(&daemon->parent, &note, fd);
	if (err)
		rb_log_warn("the change of local policy would not outlive a crash (%s)",
			    strerror(-err));
}

int rb_daemon_policy_change(struct rb_daemon *daemon, struct rb_policy_change *change)
{
	struct rb_control *control = daemon->table->control;
	struct rb_config *config = daemon->config;
	struct rb_policy_images former = config->policy;
	uint32_t fingerprint = control->config;
	struct rb_policy_edited edited;
	int err = edited_make(config, change, &edited);

	if (err)
		return err;
	/* Whoever finds the table half swept takes it for another configuration's. */
	control->config = 0;
	err = rb_server_use_policy(daemon->server, config, &edited.images);
	if (err) {
		control->config = fingerprint;
		rb_local_free(&edited.lines);
		rb_policy_images_unref(&edited.images);
		return err;
	}
	rb_resolvers_use_policy(daemon->resolvers, &edited.images);
	if (!is_switch(change)) {
		/* Never 0, which says that there is no change. */
		config->changed = rb_local_hash(&edited.lines, RB_FNV_START) | 1;
		rb_local_free(&edited.lines);
	}
	config->policy = edited.images;
	rb_daemon_policy_sweep(daemon->table, &former, &config->policy);
	rb_policy_images_unref(&former);
	control->config = rb_config_fingerprint(config);
	keep(daemon);
	return 0;
}

/* In force as it is, but for what the image has. */
static int images_make(const struct rb_policy_images *in_force, int fd,
		       struct rb_policy_images *ret_images)
{
	struct rb_policy policy;
	struct rb_blob *blob;
	int err = rb_blob_map(fd, &blob);

	if (err)
		return err;
	err = rb_policy_open(rb_blob_bytes(blob), rb_blob_len(blob), &policy);
	if (err) {
		rb_blob_unref(blob);
		return err;
	}
	*ret_images = *in_force;
	if (in_force->feeds) {
		ret_images->zones = rb_blob_ref(in_force->zones);
		ret_images->feeds = blob;
	} else {
		ret_images->zones = blob;
	}
	return 0;
}

void rb_daemon_policy_take(struct rb_daemon *daemon)
{
	struct rb_control *control = daemon->table->control;
	struct rb_config *config = daemon->config;
	struct rb_policy_images former = config->policy, images;
	uint32_t fingerprint = control->config;
	_cleanup_close_ int fd = TAKE_FD(daemon->parent.policy_fd);
	int err;

	err = images_make(&former, fd, &images);
	if (err) {
		rb_log_error("the recompiled local policy cannot be used (%s)", strerror(-err));
		return;
	}
	/* Whoever finds the table half swept takes it for another configuration's. */
	control->config = 0;
	err = rb_server_use_policy(daemon->server, config, &images);
	if (err) {
		control->config = fingerprint;
		rb_policy_images_unref(&images);
		rb_log_error("the recompiled local policy is not in force: out of memory");
		return;
	}
	rb_resolvers_use_policy(daemon->resolvers, &images);
	config->policy = images;
	config->local.contents = daemon->parent.policy_contents;
	rb_daemon_policy_sweep(daemon->table, &former, &config->policy);
	rb_policy_images_unref(&former);
	control->config = rb_config_fingerprint(config);
}

int rb_daemon_policy_command(void *context, struct rb_policy_change *change)
{
	return rb_daemon_policy_change(context, change);
}
