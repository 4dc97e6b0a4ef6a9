/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory of a table: created with the skeleton (which has the BTF), pinned, and mapped. */
#include "table/maps.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "skel/table.skel.h"
#include "table/pins.h"
#include "table/records.h"
#include "table/size.h"
#include "util/cleanup.h"

#define CONTROL_NAME    "rb_control"
#define CONTROL_SECTION ".data.rb_control" /* of programs, whose variable it is */

static const char *const tags_names[RB_TIERS] = {
	[RB_SMALL] = "rb_tags_small",
	[RB_MEDIUM] = "rb_tags_medium",
	[RB_LARGE] = "rb_tags_large",
};

static const char *const records_names[RB_TIERS] = {
	[RB_SMALL] = "rb_recs_small",
	[RB_MEDIUM] = "rb_recs_medium",
	[RB_LARGE] = "rb_recs_large",
};

const char *rb_table_records_name(enum rb_tier tier)
{
	return records_names[tier];
}

static int share(struct bpf_object *object, const char *name, int fd)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, name);

	return map ? bpf_map__reuse_fd(map, fd) : -ENOENT;
}

int rb_table_share_maps(const struct rb_table *table, struct bpf_object *object)
{
	int err = share(object, CONTROL_SECTION, table->control_fd);
	unsigned int tier;

	for (tier = 0; !err && tier < RB_TIERS; tier++) {
		err = share(object, tags_names[tier], table->tiers[tier].tags_fd);
		if (!err)
			err = share(object, records_names[tier], table->tiers[tier].records_fd);
	}
	return err;
}

void rb_maps_init(struct rb_table *table)
{
	unsigned int tier;

	for (tier = 0; tier < RB_TIERS; tier++) {
		struct rb_table_tier *part = &table->tiers[tier];

		memset(part, 0, sizeof(*part));
		part->tags_fd = -1;
		part->records_fd = -1;
		part->record_bytes = rb_size_record_bytes(tier);
		part->data_bytes = part->record_bytes - RB_RECORD_HEADER;
	}
	table->control = NULL;
	table->control_fd = -1;
	table->in_kernel = false;
}

static void unmap(void *memory, size_t bytes)
{
	if (memory)
		munmap(memory, bytes);
}

void rb_maps_release(struct rb_table *table)
{
	unsigned int tier;

	for (tier = 0; tier < RB_TIERS; tier++) {
		struct rb_table_tier *part = &table->tiers[tier];

		unmap(part->tags, rb_size_tags_bytes(part->buckets));
		unmap(part->records, rb_size_records_bytes(tier, part->buckets));
		rb_closep(&part->tags_fd);
		rb_closep(&part->records_fd);
	}
	unmap(table->control, sizeof(*table->control));
	rb_closep(&table->control_fd);
	rb_maps_init(table);
}

/* fd -1: plain memory, which our child processes share with us. NULL and errno on failure. */
static void *map_memory(int fd, size_t bytes, bool read_only)
{
	int protection = read_only ? PROT_READ : PROT_READ | PROT_WRITE;
	int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
	void *memory = mmap(NULL, bytes, protection, flags, fd, 0);

	if (memory == MAP_FAILED)
		return NULL;
	/* Random access to a large memory: fewer TLB misses. BPF maps always have small pages. */
	if (fd < 0)
		madvise(memory, bytes, MADV_HUGEPAGE);
	return memory;
}

static int map_tier(struct rb_table *table, enum rb_tier tier)
{
	struct rb_table_tier *part = &table->tiers[tier];

	part->tags = map_memory(part->tags_fd, rb_size_tags_bytes(part->buckets), table->read_only);
	if (!part->tags)
		return -errno;
	part->records = map_memory(part->records_fd, rb_size_records_bytes(tier, part->buckets),
				   table->read_only);
	return part->records ? 0 : -errno;
}

int rb_maps_map(struct rb_table *table)
{
	unsigned int tier;
	int err = 0;

	for (tier = 0; !err && tier < RB_TIERS; tier++)
		err = map_tier(table, tier);
	return err;
}

int rb_table_bequeath(const struct rb_table *table, enum rb_table_heirs heirs)
{
	int advice = heirs == RB_TABLE_INHERITED ? MADV_DOFORK : MADV_DONTFORK;
	unsigned int tier;

	for (tier = 0; tier < RB_TIERS; tier++) {
		const struct rb_table_tier *part = &table->tiers[tier];

		if (madvise(part->records, rb_size_records_bytes(tier, part->buckets), advice) ||
		    madvise(part->tags, rb_size_tags_bytes(part->buckets), advice))
			return -errno;
	}
	return 0;
}

static int map_control(struct rb_table *table)
{
	table->control = map_memory(table->control_fd, sizeof(*table->control), table->read_only);
	return table->control ? 0 : -errno;
}

static void set_buckets(struct rb_table *table, const uint32_t buckets[RB_TIERS])
{
	unsigned int tier;

	for (tier = 0; tier < RB_TIERS; tier++)
		table->tiers[tier].buckets = buckets[tier];
}

int rb_maps_create_plain(struct rb_table *table, const uint32_t buckets[RB_TIERS])
{
	set_buckets(table, buckets);
	return map_control(table);
}

static void skeleton_destroyp(struct rb_table_bpf **skeleton)
{
	rb_table_bpf__destroy(*skeleton);
}

/* A descriptor of our own: the skeleton closes its. */
static int fd_of(const struct bpf_map *map, int *ret_fd)
{
	int fd = fcntl(bpf_map__fd(map), F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* What one thread creates: the maps of a tier, and for the first tier also the control page. */
struct making {
	struct rb_table *table;
	enum rb_tier tier;
	pthread_t thread;
	int err;
};

/* Have the skeleton create only this thread's maps. */
static int maps_choose(struct rb_table_bpf *skeleton, const struct making *making,
		       struct bpf_map *tags, struct bpf_map *records)
{
	uint32_t buckets = making->table->tiers[making->tier].buckets;
	struct bpf_map *map;
	int err = bpf_map__set_max_entries(tags, buckets);

	if (!err)
		err = bpf_map__set_max_entries(records, buckets * RB_WAYS);
	bpf_object__for_each_map(map, skeleton->obj)
	{
		bool wanted = map == tags || map == records ||
			      (map == skeleton->maps.rb_control && making->tier == RB_SMALL);

		if (!err)
			err = bpf_map__set_autocreate(map, wanted);
	}
	return err;
}

static int class_create(const struct making *making)
{
	_cleanup_(skeleton_destroyp) struct rb_table_bpf *skeleton = rb_table_bpf__open();
	struct rb_table_tier *part = &making->table->tiers[making->tier];
	struct bpf_map *tags, *records;
	int err;

	if (!skeleton)
		return -errno;
	tags = bpf_object__find_map_by_name(skeleton->obj, tags_names[making->tier]);
	records = bpf_object__find_map_by_name(skeleton->obj, records_names[making->tier]);
	err = maps_choose(skeleton, making, tags, records);
	if (!err)
		err = rb_table_bpf__load(skeleton);
	if (!err)
		err = fd_of(tags, &part->tags_fd);
	if (!err)
		err = fd_of(records, &part->records_fd);
	if (!err && making->tier == RB_SMALL)
		err = fd_of(skeleton->maps.rb_control, &making->table->control_fd);
	return err;
}

static void *making_main(void *context)
{
	struct making *making = context;

	making->err = class_create(making);
	return NULL;
}

/*
 * A thread for each tier: the kernel clears the whole memory of a map when it creates it, which
 * takes most of the time of a start.
 */
static int create_maps(struct rb_table *table)
{
	struct making makings[RB_TIERS];
	bool running[RB_TIERS] = {false};
	unsigned int tier;
	int err = 0;

	for (tier = 0; tier < RB_TIERS; tier++) {
		makings[tier] = (struct making){.table = table, .tier = tier};
		if (tier)
			running[tier] = !pthread_create(&makings[tier].thread, NULL, making_main,
							&makings[tier]);
	}
	for (tier = 0; tier < RB_TIERS; tier++) {
		if (running[tier])
			pthread_join(makings[tier].thread, NULL);
		else
			making_main(&makings[tier]);
		if (!err)
			err = makings[tier].err;
	}
	return err;
}

int rb_maps_create(struct rb_table *table, const uint32_t buckets[RB_TIERS])
{
	/* Without CAP_BPF, libbpf logs four lines; our caller logs one. */
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	int err;

	set_buckets(table, buckets);
	err = create_maps(table);
	libbpf_set_print(print);
	if (err)
		return err;
	table->in_kernel = true;
	return map_control(table);
}

static int pin(int fd, const char *pin_dir, const char *name)
{
	char path[PATH_MAX];
	int err = rb_pins_path(pin_dir, name, path);

	return err ? err : bpf_obj_pin(fd, path);
}

int rb_maps_pin(const struct rb_table *table, const char *pin_dir)
{
	unsigned int tier;
	int err = 0;

	for (tier = 0; !err && tier < RB_TIERS; tier++) {
		err = pin(table->tiers[tier].tags_fd, pin_dir, tags_names[tier]);
		if (!err)
			err = pin(table->tiers[tier].records_fd, pin_dir, records_names[tier]);
	}
	return err ? err : pin(table->control_fd, pin_dir, CONTROL_NAME);
}

static int unpin(const char *pin_dir, const char *name)
{
	char path[PATH_MAX];
	int err = rb_pins_path(pin_dir, name, path);

	if (err)
		return err;
	return unlink(path) && errno != ENOENT ? -errno : 0;
}

int rb_table_unpin(const char *pin_dir)
{
	int err = unpin(pin_dir, CONTROL_NAME);
	unsigned int tier;

	if (!err)
		err = unpin(pin_dir, RB_PIN_RECORDS);
	for (tier = 0; !err && tier < RB_TIERS; tier++) {
		err = unpin(pin_dir, tags_names[tier]);
		if (!err)
			err = unpin(pin_dir, records_names[tier]);
	}
	return err;
}

/* Open a pinned array that can be mapped and has this shape. -ESTALE: it has another. */
static int open_map(const char *pin_dir, const char *name, size_t value_bytes, uint32_t entries,
		    int *ret_fd)
{
	struct bpf_map_info info = {0};
	__u32 info_bytes = sizeof(info);
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	int err;

	err = rb_pins_path(pin_dir, name, path);
	if (err)
		return err;
	/* Not BPF_F_RDONLY: the kernel does not map such a descriptor. PROT_READ suffices, since it
	 * cannot be widened later. */
	fd = bpf_obj_get(path);
	if (fd < 0)
		return fd;
	err = bpf_obj_get_info_by_fd(fd, &info, &info_bytes);
	if (err)
		return err;
	if (info.type != BPF_MAP_TYPE_ARRAY || !(info.map_flags & BPF_F_MMAPABLE) ||
	    info.value_size != value_bytes || info.max_entries != entries)
		return -ESTALE;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

static int open_tier(struct rb_table *table, const char *pin_dir, enum rb_tier tier)
{
	struct rb_table_tier *part = &table->tiers[tier];
	uint32_t buckets = table->control->buckets[tier];
	int err;

	if (!buckets || buckets % RB_SHARDS || buckets > UINT32_MAX / RB_WAYS)
		return -ESTALE;
	err = open_map(pin_dir, tags_names[tier], sizeof(struct rb_bucket), buckets,
		       &part->tags_fd);
	if (!err)
		err = open_map(pin_dir, records_names[tier], part->record_bytes, buckets * RB_WAYS,
			       &part->records_fd);
	if (!err)
		part->buckets = buckets;
	return err;
}

int rb_maps_open_pinned(struct rb_table *table, const char *pin_dir)
{
	unsigned int tier;
	int err;

	err = open_map(pin_dir, CONTROL_NAME, sizeof(struct rb_control), 1, &table->control_fd);
	if (err)
		return err;
	table->in_kernel = true;
	err = map_control(table);
	if (!err && table->control->layout != RB_LAYOUT_VERSION)
		err = -ESTALE;
	for (tier = 0; !err && tier < RB_TIERS; tier++)
		err = open_tier(table, pin_dir, tier);
	return err;
}
