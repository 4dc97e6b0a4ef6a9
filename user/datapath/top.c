/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs behind the XDP programs: found by the pinned links, attached, read. */
#include "datapath/top.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "datapath/pins.h"
#include "../kern/knobs.h"
#include "skel/runbound.skel.h"
#include "skel/top.skel.h"
#include "util/cleanup.h"

#define XDP_FUNCTION "rb_main"
#define MAPS_MAX     32 /* of an XDP program */
#define WATCHED_MAX  64 /* interfaces */

struct rb_top {
	char *pin_dir;
	unsigned int sample;
	int names_fd; /* the map that all count in; -1 before the first */
	struct watched {
		uint32_t prog_id; /* of the XDP program */
		struct rb_top_bpf *skeleton;
	} watched[WATCHED_MAX];
	size_t count;
};

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static void runbound_destroyp(struct rb_runbound_bpf **skeleton)
{
	rb_runbound_bpf__destroy(*skeleton);
}

static void top_destroyp(struct rb_top_bpf **skeleton)
{
	rb_top_bpf__destroy(*skeleton);
}

/* The map of a program's constants, which its knobs are. */
static int knobs_open(int prog_fd, int *ret_fd)
{
	uint32_t ids[MAPS_MAX], bytes, i;
	struct bpf_prog_info info = {.nr_map_ids = MAPS_MAX, .map_ids = (uintptr_t)ids};
	int err;

	bytes = sizeof(info);
	err = bpf_obj_get_info_by_fd(prog_fd, &info, &bytes);
	if (err)
		return err;
	for (i = 0; i < info.nr_map_ids && i < MAPS_MAX; i++) {
		_cleanup_close_ int fd = bpf_map_get_fd_by_id(ids[i]);
		struct bpf_map_info map = {};

		if (fd < 0)
			return fd;
		bytes = sizeof(map);
		err = bpf_obj_get_info_by_fd(fd, &map, &bytes);
		if (err)
			return err;
		if (!strstr(map.name, ".rodata"))
			continue;
		*ret_fd = TAKE_FD(fd);
		return 0;
	}
	return -ESTALE;
}

/* Which addresses are served there, from the program itself. -ESTALE: another version's. */
static int knobs_take(int prog_fd, struct rb_top_bpf *skeleton)
{
	_cleanup_(runbound_destroyp) struct rb_runbound_bpf *like = rb_runbound_bpf__open();
	_cleanup_close_ int fd = -1;
	struct bpf_map_info map = {};
	uint32_t bytes = sizeof(map), zero = 0;
	int err;

	if (!like)
		return -errno;
	err = knobs_open(prog_fd, &fd);
	if (!err)
		err = bpf_obj_get_info_by_fd(fd, &map, &bytes);
	if (err)
		return err;
	if (map.value_size != bpf_map__value_size(like->maps.rodata))
		return -ESTALE;
	/* Into the unloaded skeleton's own copy, which has that size. */
	err = bpf_map_lookup_elem(fd, &zero, like->rodata);
	if (err)
		return err;
	memcpy((void *)&skeleton->rodata->rb_knobs, (const void *)&like->rodata->rb_knobs,
	       sizeof(struct rb_knobs));
	return 0;
}

static int load(struct rb_top *top, int prog_fd, struct rb_top_bpf **ret_skeleton)
{
	_cleanup_(top_destroyp) struct rb_top_bpf *skeleton = rb_top_bpf__open();
	int err;

	if (!skeleton)
		return -errno;
	err = knobs_take(prog_fd, skeleton);
	if (err)
		return err;
	skeleton->rodata->rb_sample = top->sample;
	if (top->names_fd >= 0)
		err = bpf_map__reuse_fd(skeleton->maps.rb_top_names, top->names_fd);
	if (!err)
		err = bpf_program__set_attach_target(skeleton->progs.rb_top, prog_fd, XDP_FUNCTION);
	if (!err)
		err = rb_top_bpf__load(skeleton);
	if (!err)
		err = rb_top_bpf__attach(skeleton);
	if (err)
		return err;
	if (top->names_fd < 0)
		top->names_fd = dup(bpf_map__fd(skeleton->maps.rb_top_names));
	if (top->names_fd < 0)
		return -errno;
	*ret_skeleton = TAKE_PTR(skeleton);
	return 0;
}

static int watch(struct rb_top *top, uint32_t prog_id)
{
	_cleanup_close_ int prog_fd = bpf_prog_get_fd_by_id(prog_id);
	int err;

	if (prog_fd < 0)
		return prog_fd;
	err = load(top, prog_fd, &top->watched[top->count].skeleton);
	if (!err)
		top->watched[top->count++].prog_id = prog_id;
	return err;
}

/* The program that a pinned link runs; 0: none, the interface is gone. */
static int link_prog_id(const char *path, uint32_t *ret_id)
{
	_cleanup_close_ int fd = bpf_obj_get(path);
	struct bpf_link_info info = {};
	uint32_t bytes = sizeof(info);
	int err;

	if (fd < 0)
		return fd;
	err = bpf_obj_get_info_by_fd(fd, &info, &bytes);
	if (!err)
		*ret_id = info.xdp.ifindex ? info.prog_id : 0;
	return err;
}

/* The ids of what is attached. How many, or -errno. */
static int find_programs(const char *pin_dir, uint32_t ids[WATCHED_MAX])
{
	_cleanup_(closedirp) DIR *dir = opendir(pin_dir);
	const struct dirent *entry;
	int count = 0;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)) && count < WATCHED_MAX) {
		char path[PATH_MAX];
		uint32_t id;
		int err;

		if (strncmp(entry->d_name, RB_PIN_LINK, strlen(RB_PIN_LINK)) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", pin_dir, entry->d_name);
		err = link_prog_id(path, &id);
		if (err && err != -ENOENT)
			return err;
		if (!err && id)
			ids[count++] = id;
	}
	return count;
}

static bool id_is_among(uint32_t id, const uint32_t *ids, int count)
{
	while (count)
		if (ids[--count] == id)
			return true;
	return false;
}

static void unwatch_gone(struct rb_top *top, const uint32_t *ids, int count)
{
	size_t i = 0;

	while (i < top->count) {
		if (id_is_among(top->watched[i].prog_id, ids, count)) {
			i++;
			continue;
		}
		rb_top_bpf__destroy(top->watched[i].skeleton);
		top->watched[i] = top->watched[--top->count];
	}
}

int rb_top_follow(struct rb_top *top)
{
	uint32_t ids[WATCHED_MAX] = {0}, known[WATCHED_MAX] = {0};
	int count = find_programs(top->pin_dir, ids), i, err = 0;
	size_t w;

	if (count < 0)
		return count;
	unwatch_gone(top, ids, count);
	for (w = 0; w < top->count; w++)
		known[w] = top->watched[w].prog_id;
	for (i = 0; i < count && !err; i++)
		if (!id_is_among(ids[i], known, (int)w))
			err = watch(top, ids[i]);
	return err ? err : (int)top->count;
}

int rb_top_open(const char *pin_dir, unsigned int sample, struct rb_top **ret_top)
{
	_cleanup_(rb_top_closep) struct rb_top *top = calloc(1, sizeof(*top));
	libbpf_print_fn_t print;
	int watched;

	if (!top)
		return -ENOMEM;
	top->names_fd = -1;
	top->sample = sample ? sample : 1;
	top->pin_dir = strdup(pin_dir);
	if (!top->pin_dir)
		return -ENOMEM;
	/* What it would say of a refusal, our caller says in a line. */
	print = libbpf_set_print(NULL);
	watched = rb_top_follow(top);
	libbpf_set_print(print);
	if (watched < 0)
		return watched;
	if (!watched)
		return -ENOENT;
	*ret_top = TAKE_PTR(top);
	return 0;
}

void rb_top_close(struct rb_top *top)
{
	if (!top)
		return;
	unwatch_gone(top, NULL, 0);
	rb_closep(&top->names_fd);
	free(top->pin_dir);
	free(top);
}

void rb_top_closep(struct rb_top **top)
{
	rb_top_close(*top);
}

int rb_top_compare(const struct rb_top_name *a, const struct rb_top_name *b)
{
	size_t common = a->name_len < b->name_len ? a->name_len : b->name_len;
	int order = memcmp(a->name, b->name, common);

	if (!order)
		order = (int)a->name_len - b->name_len;
	return order ? order : (int)a->qtype - b->qtype;
}

static int compare(const void *a, const void *b)
{
	return rb_top_compare(a, b);
}

/* Everything at once: the map is as large as it ever gets. How many, or -errno. */
static int entries_read(int map_fd, struct rb_top_key *keys, struct rb_top_entry *entries)
{
	uint32_t count = RB_TOP_NAMES, next = 0;
	LIBBPF_OPTS(bpf_map_batch_opts, opts);
	int err = bpf_map_lookup_batch(map_fd, NULL, &next, keys, entries, &count, &opts);

	/* -ENOENT: that was the end of it. */
	return err && err != -ENOENT ? err : (int)count;
}

/* Neighbours of one name and type, from different CPUs, become one. How many are left. */
static size_t merge(struct rb_top_name *names, size_t count)
{
	size_t kept = 0, i, k;

	for (i = 0; i < count; i++) {
		if (!kept || rb_top_compare(&names[kept - 1], &names[i])) {
			names[kept++] = names[i];
			continue;
		}
		for (k = 0; k < RB_TOP_KINDS; k++)
			names[kept - 1].counts[k] += names[i].counts[k];
	}
	return kept;
}

int rb_top_read(const struct rb_top *top, struct rb_top_name **ret_names, size_t *ret_count)
{
	_cleanup_free_ struct rb_top_key *keys = calloc(RB_TOP_NAMES, sizeof(*keys));
	_cleanup_free_ struct rb_top_entry *entries = calloc(RB_TOP_NAMES, sizeof(*entries));
	_cleanup_free_ struct rb_top_name *names = NULL;
	int count, i, k;

	if (!keys || !entries)
		return -ENOMEM;
	count = top->names_fd < 0 ? 0 : entries_read(top->names_fd, keys, entries);
	if (count < 0)
		return count;
	names = calloc((size_t)count + 1, sizeof(*names));
	if (!names)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		names[i].name_len = keys[i].qname_len;
		names[i].qtype = __builtin_bswap16(keys[i].qtype);
		memcpy(names[i].name, entries[i].name, sizeof(names[i].name));
		for (k = 0; k < RB_TOP_KINDS; k++)
			names[i].counts[k] = entries[i].counts[k] * top->sample;
	}
	qsort(names, (size_t)count, sizeof(*names), compare);
	*ret_count = merge(names, (size_t)count);
	*ret_names = TAKE_PTR(names);
	return 0;
}
