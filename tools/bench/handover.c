/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replaces the program of a running runbound by one that hands every query over to its AF_XDP
 * sockets, so that the speed of its workers can be measured. For good: runbound is to be restarted.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "skel/bench_handover.skel.h"
#include "tools/bench/lib/stop.h"
#include "util/cleanup.h"

#define MAPS_MAX 64

/* The map of AF_XDP sockets among those of a program. */
static int xsks_of_program(uint32_t prog_id)
{
	_cleanup_close_ int prog_fd = bpf_prog_get_fd_by_id(prog_id);
	uint32_t map_ids[MAPS_MAX], bytes = sizeof(struct bpf_prog_info);
	struct bpf_prog_info info = {.map_ids = (uint64_t)(uintptr_t)map_ids,
				     .nr_map_ids = MAPS_MAX};

	if (prog_fd < 0 || bpf_obj_get_info_by_fd(prog_fd, &info, &bytes))
		return -errno;
	for (uint32_t i = 0; i < info.nr_map_ids && i < MAPS_MAX; i++) {
		_cleanup_close_ int map_fd = bpf_map_get_fd_by_id(map_ids[i]);
		struct bpf_map_info map = {0};

		bytes = sizeof(map);
		if (map_fd >= 0 && !bpf_obj_get_info_by_fd(map_fd, &map, &bytes) &&
		    map.type == BPF_MAP_TYPE_XSKMAP)
			return TAKE_FD(map_fd);
	}
	return -ENOENT;
}

static int replace(int link_fd, struct bench_handover **ret_skeleton)
{
	struct bench_handover *skeleton;
	struct bpf_link_info info = {0};
	uint32_t bytes = sizeof(info);
	int xsks_fd, err;

	if (bpf_obj_get_info_by_fd(link_fd, &info, &bytes))
		return -errno;
	xsks_fd = xsks_of_program(info.prog_id);
	if (xsks_fd < 0)
		return xsks_fd;
	skeleton = bench_handover__open();
	if (!skeleton)
		return -errno;
	err = bpf_map__reuse_fd(skeleton->maps.rb_xsks, xsks_fd);
	if (!err)
		err = bench_handover__load(skeleton);
	if (!err)
		err = bpf_link_update(link_fd, bpf_program__fd(skeleton->progs.hand_over), NULL);
	if (err)
		bench_handover__destroy(skeleton);
	else
		*ret_skeleton = skeleton;
	return err;
}

int main(int argc, char **argv)
{
	struct bench_handover *skeleton = NULL;
	_cleanup_close_ int link_fd = -1;
	char path[PATH_MAX];
	int err;

	if (argc != 3) {
		fprintf(stderr, "usage: handover INTERFACE PIN-DIR\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s/link_%s", argv[2], argv[1]);
	link_fd = bpf_obj_get(path);
	err = link_fd < 0 ? -errno : replace(link_fd, &skeleton);
	if (err) {
		fprintf(stderr, "handover: %s: %s\n", path, strerror(-err));
		return 1;
	}
	printf("{}\n");
	bench_wait_for_stop();
	bench_handover__destroy(skeleton);
	return 0;
}
