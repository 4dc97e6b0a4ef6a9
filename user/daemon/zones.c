/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts the contents of auth-zones into force. */
#include "daemon/zones.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config/fingerprint.h"
#include "config/zone_changes.h"
#include "daemon/parts.h"
#include "store/flush.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/log.h"

static void forget(struct rb_daemon_zones *zones)
{
	for (size_t i = 0; i < zones->count; i++)
		rb_closep(&zones->list[i].copy.fd);
	free(zones->list);
	*zones = (struct rb_daemon_zones){0};
}

void rb_daemon_zones_end(struct rb_daemon *daemon)
{
	forget(&daemon->zones);
}

static void say_lost(const struct rb_transfer *transfer, int err)
{
	rb_log_error("auth-zone %s: what was transferred is not in force (%s); what was before "
		     "stays",
		     transfer->label, strerror(-err));
}

/* The text says it at once: whoever makes processes from it meanwhile is followed by us. */
static int take(struct rb_daemon *daemon, struct rb_parent_zone *given)
{
	struct rb_config *config = daemon->config;
	struct rb_daemon_zones *zones = &daemon->zones;
	const struct rb_transfer *transfer = &config->transfers[given->number];
	struct rb_daemon_zone zone = {
		.transfer = transfer,
		.copy = {.path = transfer->path,
			 .fd = given->fd,
			 .name = transfer->name,
			 .name_len = transfer->name_len},
	};
	int err;

	if (!rb_zone_contents_swap(config->resolver_text, transfer->path, &given->contents))
		return -ESTALE;
	zone.former = given->contents;
	for (size_t i = 0; i < zones->count; i++)
		if (zones->list[i].transfer == transfer) {
			rb_closep(&zones->list[i].copy.fd);
			zones->list[i].copy.fd = TAKE_FD(given->fd);
			return 0;
		}
	err = rb_array_append(&zones->list, &zones->count, sizeof(zone), &zone);
	if (!err)
		given->fd = -1;
	return err;
}

static void take_all(struct rb_daemon *daemon)
{
	struct rb_parent_zone given;

	while (rb_parent_next_zone(&daemon->parent, &given)) {
		bool is_ours = given.number >= 0 &&
			       (size_t)given.number < daemon->config->transfer_count;
		int err = is_ours ? take(daemon, &given) : 0;

		if (err)
			say_lost(&daemon->config->transfers[given.number], err);
		rb_closep(&given.fd);
	}
}

/* Nothing has changed: the text says so again. */
static void failed(struct rb_daemon *daemon, int err)
{
	struct rb_daemon_zones *zones = &daemon->zones;

	for (size_t i = 0; i < zones->count; i++) {
		rb_zone_contents_swap(daemon->config->resolver_text, zones->list[i].copy.path,
				      &zones->list[i].former);
		say_lost(zones->list[i].transfer, err);
	}
	forget(zones);
}

static void begin(struct rb_daemon *daemon)
{
	struct rb_daemon_zones *zones = &daemon->zones;
	_cleanup_free_ struct rb_zone_copy *copies = calloc(zones->count, sizeof(*copies));
	int err = copies ? 0 : -ENOMEM;

	for (size_t i = 0; i < zones->count && !err; i++)
		copies[i] = zones->list[i].copy;
	if (!err)
		err = rb_resolvers_renew_zones(daemon->resolvers, daemon->config, copies,
					       zones->count);
	if (err)
		failed(daemon, err);
	else
		zones->is_under_way = true;
}

/* Whoever finds the table half cleared takes it for another configuration's. */
static void table_clear(struct rb_daemon *daemon)
{
	const struct rb_daemon_zones *zones = &daemon->zones;
	struct rb_table *table = daemon->table;
	uint64_t removed = 0;

	table->control->config = 0;
	for (size_t i = 0; i < zones->count; i++) {
		const struct rb_zone_copy *copy = &zones->list[i].copy;
		struct rb_flush flush = {.reach = RB_FLUSH_ZONE, .name_len = copy->name_len};

		memcpy(flush.name, copy->name, copy->name_len);
		if (copy->name_len == 1)
			rb_table_bump_epoch(table);
		else
			removed += rb_flush_table(table, &flush);
		rb_log_info("auth-zone %s: %s", zones->list[i].transfer->label,
			    copy->fd < 0 ? "is no longer answered from" : "in force");
	}
	table->control->config = rb_config_fingerprint(daemon->config);
	rb_log_info("changed auth-zones: %zu; %" PRIu64 " answers were removed from the hot table",
		    zones->count, removed);
}

void rb_daemon_zones_serve(struct rb_daemon *daemon)
{
	struct rb_daemon_zones *zones = &daemon->zones;
	int renewed = zones->is_under_way ? rb_resolvers_renewed(daemon->resolvers) : 0;

	if (renewed == -EAGAIN)
		return;
	if (zones->is_under_way) {
		zones->is_under_way = false;
		if (!renewed) {
			table_clear(daemon);
			forget(zones);
		} else if (renewed != -ECANCELED) {
			failed(daemon, renewed);
		}
	}
	take_all(daemon);
	if (zones->count)
		begin(daemon);
}
