/* SPDX-License-Identifier: BSD-2-Clause */
/* The table that the configuration asks for, once no other runbound has it. */
#include "daemon/hot_table.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "util/log.h"

#define LOCK_WAIT_MS 10000
#define LOCK_TRY_MS  10

static int table_open_pinned(const struct rb_config *config, struct rb_table **ret_table)
{
	int err = rb_table_open(config->pin_dir, RB_TABLE_HOLD, config->hot_cache_bytes, ret_table);

	if (err != -ENOTSUP || rb_table_mount_bpffs())
		return err;
	rb_log_notice("mounted a bpffs at /sys/fs/bpf");
	return rb_table_open(config->pin_dir, RB_TABLE_HOLD, config->hot_cache_bytes, ret_table);
}

/* A predecessor that was killed is gone only when its memory and its sockets are. */
static int table_open_alone(const struct rb_config *config, struct rb_table **ret_table)
{
	const char *pin_dir = config->pin_dir;
	int tries = LOCK_WAIT_MS / LOCK_TRY_MS, err = table_open_pinned(config, ret_table);

	if (err == -EBUSY)
		rb_log_notice("%s: in use by another runbound; waiting for its end", pin_dir);
	for (; err == -EBUSY && tries; tries--) {
		usleep(LOCK_TRY_MS * 1000);
		err = table_open_pinned(config, ret_table);
	}
	if (err == -EBUSY)
		rb_log_error("%s: in use by another runbound, which did not end within %d s; give "
			     "this one a 'pin-dir:' of its own",
			     pin_dir, LOCK_WAIT_MS / 1000);
	return err;
}

int rb_hot_table_open(const struct rb_config *config, struct rb_table **ret_table)
{
	int err;

	if (config->xdp) {
		err = table_open_alone(config, ret_table);
		if (!err || err == -EBUSY)
			return err;
		rb_log_warn("the kernel will not answer: no table in %s (%s). Needed: %s",
			    config->pin_dir, strerror(-err),
			    err == -EPERM || err == -EACCES
				    ? "CAP_BPF, and leave to write there (start as root)"
			    : err == -ENOTSUP ? "mount -t bpf bpf /sys/fs/bpf"
					      : "see the error");
	}
	return rb_table_open(NULL, RB_TABLE_HOLD, config->hot_cache_bytes, ret_table);
}
