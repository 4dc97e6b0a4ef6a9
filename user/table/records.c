/* SPDX-License-Identifier: BSD-2-Clause */
/* The iterator over the records: loaded onto the table's maps, and pinned. */
#include "table/records.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "skel/dump.skel.h"
#include "table/pins.h"
#include "util/cleanup.h"

static void skeleton_destroyp(struct rb_dump_bpf **skeleton)
{
	rb_dump_bpf__destroy(*skeleton);
}

/* The array whose every element is a bucket number that some tier has. */
static int longest_tags_fd(const struct rb_table *table)
{
	const struct rb_table_tier *longest = &table->tiers[RB_SMALL];
	unsigned int tier;

	for (tier = 0; tier < RB_TIERS; tier++)
		if (table->tiers[tier].buckets > longest->buckets)
			longest = &table->tiers[tier];
	return longest->tags_fd;
}

static int pin_link(const struct rb_dump_bpf *skeleton, const struct rb_table *table,
		    const char *path)
{
	union bpf_iter_link_info over = {.map.map_fd = (__u32)longest_tags_fd(table)};
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &over, .link_info_len = sizeof(over));
	struct bpf_link *link = bpf_program__attach_iter(skeleton->progs.rb_dump, &opts);
	int err;

	if (!link)
		return -errno;
	err = unlink(path) && errno != ENOENT ? -errno : bpf_link__pin(link, path);
	/* Only our reference: the pin keeps the link. */
	bpf_link__destroy(link);
	return err;
}

static int load_and_pin(const struct rb_table *table, const char *path)
{
	_cleanup_(skeleton_destroyp) struct rb_dump_bpf *skeleton = rb_dump_bpf__open();
	int err;

	if (!skeleton)
		return -errno;
	err = rb_table_share_maps(table, skeleton->obj);
	if (!err)
		err = rb_dump_bpf__load(skeleton);
	return err ? err : pin_link(skeleton, table, path);
}

int rb_records_pin(const struct rb_table *table, const char *pin_dir)
{
	libbpf_print_fn_t print;
	char path[PATH_MAX];
	int err;

	if (!table->in_kernel)
		return -ENOTSUP;
	err = rb_pins_path(pin_dir, RB_PIN_RECORDS, path);
	if (err)
		return err;
	/* If the kernel refuses it, libbpf would log many lines; our caller logs one. */
	print = libbpf_set_print(NULL);
	err = load_and_pin(table, path);
	libbpf_set_print(print);
	return err;
}
