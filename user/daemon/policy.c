/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts another local policy into force. */
#include "daemon/policy.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "config/fingerprint.h"
#include "daemon/policy_file.h"
#include "policy/access.h"
#include "policy/edit.h"
#include "policy/inventory.h"
#include "util/blob.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/fnv.h"
#include "util/log.h"

static bool is_switch(const struct rb_policy_change *change)
{
	return change->verb == RB_POLICY_RPZ_ENABLE || change->verb == RB_POLICY_RPZ_DISABLE;
}

/* The configuration's local policy, with the change. */
static int edited_make(const struct rb_config *config, struct rb_policy_change *change,
		       struct rb_policy_edited *ret_edited)
{
	if (!is_switch(change))
		return rb_policy_edit(&config->local, &config->policy, change, ret_edited);
	*ret_edited = (struct rb_policy_edited){0};
	rb_policy_switch(&config->local, &config->policy, change, &ret_edited->images);
	return 0;
}

/* Store the change for the next server, in case this one crashes. */
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

/*
 * Have everybody decide by these images. Whoever finds the table before it is swept takes it for
 * another configuration's. -ENOMEM, -EBUSY: nothing has changed.
 */
static int in_force_put(struct rb_daemon *daemon, const struct rb_policy_images *images)
{
	int err = rb_sweeper_announce(daemon->sweeper);

	if (err)
		return err;
	err = rb_server_use_policy(daemon->server, daemon->config, images);
	if (err) {
		rb_sweeper_withdraw(daemon->sweeper, rb_config_fingerprint(daemon->config));
		return err;
	}
	rb_resolvers_use_policy(daemon->resolvers, images);
	return 0;
}

int rb_daemon_policy_change(struct rb_daemon *daemon, struct rb_policy_change *change)
{
	struct rb_config *config = daemon->config;
	struct rb_policy_images former = config->policy;
	struct rb_policy_edited edited;
	int err = edited_make(config, change, &edited);

	if (err)
		return err;
	err = in_force_put(daemon, &edited.images);
	if (err) {
		rb_local_free(&edited.lines);
		rb_policy_images_unref(&edited.images);
		return err;
	}
	if (!is_switch(change)) {
		/* Never 0, which means that there is no change. */
		config->changed = rb_local_hash(&edited.lines, RB_FNV_START) | 1;
		rb_local_free(&edited.lines);
	}
	config->policy = edited.images;
	rb_sweeper_start(daemon->sweeper, &former, &config->policy, rb_config_fingerprint(config));
	rb_policy_images_unref(&former);
	keep(daemon);
	return 0;
}

/* The images in force, with the contents of the new one in place of its former version. */
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
	struct rb_config *config = daemon->config;
	struct rb_policy_images former = config->policy, images;
	_cleanup_close_ int fd = TAKE_FD(daemon->parent.policy_fd);
	int err;

	err = images_make(&former, fd, &images);
	if (err) {
		rb_log_error("the recompiled local policy cannot be used (%s)", strerror(-err));
		return;
	}
	err = in_force_put(daemon, &images);
	if (err) {
		rb_policy_images_unref(&images);
		rb_log_error("the recompiled local policy is not in force (%s)", strerror(-err));
		return;
	}
	config->policy = images;
	config->local.contents = daemon->parent.policy_contents;
	rb_sweeper_start(daemon->sweeper, &former, &config->policy, rb_config_fingerprint(config));
	rb_policy_images_unref(&former);
}

int rb_daemon_policy_command(void *context, struct rb_policy_change *change)
{
	return rb_daemon_policy_change(context, change);
}

void rb_daemon_policy_tell(const struct rb_daemon *daemon)
{
	struct rb_inventory_list list;

	for (uint32_t i = 0; rb_inventory_list(daemon->config, i, &list); i++)
		rb_log_notice(
			"blocklist %s: names: %u, repeated: %u, lines that name nothing: %u, from %s",
			list.label, list.list->names, list.list->repeated, list.list->unusable,
			list.file);
}
