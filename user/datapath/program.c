/* SPDX-License-Identifier: BSD-2-Clause */
/* The skeleton of the XDP program, and what is set in it before the verifier sees it. */
#include "datapath/program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "skel/runbound.skel.h"
#include "util/cleanup.h"
#include "util/log.h"

#define LIBBPF_TAIL                                                                                \
	1800 /* bytes of a message that are logged: the verifier's verdict is at its end */

static void destroyp(struct rb_runbound_bpf **skeleton)
{
	rb_runbound_bpf__destroy(*skeleton);
}

static void set_knobs(struct rb_runbound_bpf *skeleton, const struct rb_program_base *base,
		      const struct rb_netif *netif, struct rb_way way)
{
	struct rb_runbound_bpf__rodata *knobs = skeleton->rodata;

	knobs->rb_egress = way.egress;
	knobs->rb_ifindex = (__u32)netif->ifindex;
	knobs->rb_to_xsk = way.use_xsk;
	knobs->rb_acl_open = base->acl_open;
	knobs->rb_acl_epoch = base->acl_epoch;
	knobs->rb_edns_size = base->edns_size;
	knobs->rb_max_udp_size = base->max_udp_size;
	knobs->rb_mtu = netif->reply_mtu;
	knobs->rb_ede_said = base->ede_said;
	knobs->rb_prefetch = base->prefetch;
	knobs->rb_stale_ns = base->stale_ns;
	knobs->rb_stale_ttl = base->stale_ttl_s;
	memcpy(knobs->rb_mac, netif->mac, sizeof(knobs->rb_mac));
	knobs->rb_vlan_count = netif->vlan_count;
	memcpy(knobs->rb_vlans, netif->vlans, sizeof(knobs->rb_vlans));
	knobs->rb_locals4_count = netif->locals4_count;
	knobs->rb_locals6_count = netif->locals6_count;
	memcpy(knobs->rb_locals4, netif->locals4, sizeof(knobs->rb_locals4));
	memcpy(knobs->rb_locals6, netif->locals6, sizeof(knobs->rb_locals6));
	knobs->rb_own4_count = netif->own4_count;
	knobs->rb_own6_count = netif->own6_count;
	memcpy(knobs->rb_own4, netif->own4, sizeof(knobs->rb_own4));
	memcpy(knobs->rb_own6, netif->own6, sizeof(knobs->rb_own6));
	memcpy(knobs->rb_buckets, base->table->control->buckets, sizeof(knobs->rb_buckets));
	knobs->rb_key = base->table->control->key;
}

static int share_maps(struct rb_runbound_bpf *skeleton, const struct rb_program_base *base,
		      int xsks_fd)
{
	const struct {
		struct bpf_map *map;
		int fd;
	} shared[] = {
		{skeleton->maps.rb_counters, base->counters_fd},
		{skeleton->maps.rb_acl, base->acl_fd},
		{skeleton->maps.rb_refreshes, base->refreshes_fd},
		{skeleton->maps.rb_xsks, xsks_fd},
	};
	int err = rb_table_share_maps(base->table, skeleton->obj);
	size_t i;

	for (i = 0; !err && i < ARRAY_SIZE(shared); i++)
		if (shared[i].fd >= 0)
			err = bpf_map__reuse_fd(shared[i].map, shared[i].fd);
	return err;
}

/* Keep a map that the first program made for those that follow. */
static int keep_map(const struct bpf_map *map, int *fd)
{
	if (*fd >= 0)
		return 0;
	*fd = fcntl(bpf_map__fd(map), F_DUPFD_CLOEXEC, 0);
	return *fd < 0 ? -errno : 0;
}

int rb_program_load(struct rb_program_base *base, const struct rb_netif *netif, struct rb_way way,
		    int xsks_fd, struct rb_program *ret_program)
{
	_cleanup_(destroyp) struct rb_runbound_bpf *skeleton = rb_runbound_bpf__open();
	int err;

	if (!skeleton)
		return -errno;
	set_knobs(skeleton, base, netif, way);
	err = share_maps(skeleton, base, xsks_fd);
	if (!err)
		err = rb_runbound_bpf__load(skeleton);
	if (!err)
		err = keep_map(skeleton->maps.rb_counters, &base->counters_fd);
	if (!err)
		err = keep_map(skeleton->maps.rb_acl, &base->acl_fd);
	if (!err)
		err = keep_map(skeleton->maps.rb_refreshes, &base->refreshes_fd);
	if (err)
		return err;
	ret_program->fd = bpf_program__fd(skeleton->progs.rb_main);
	ret_program->xsks_fd = bpf_map__fd(skeleton->maps.rb_xsks);
	ret_program->skeleton = TAKE_PTR(skeleton);
	return 0;
}

void rb_program_unload(struct rb_program *program)
{
	rb_runbound_bpf__destroy(program->skeleton);
	*program = (struct rb_program){.fd = -1, .xsks_fd = -1};
}

int rb_program_counters_adopt(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd = bpf_obj_get(path);
	struct bpf_map_info info = {0};
	uint32_t bytes = sizeof(info);
	int err;

	if (fd < 0)
		return fd;
	err = bpf_obj_get_info_by_fd(fd, &info, &bytes);
	if (err)
		return err;
	/* Of a version with other counters. */
	if (info.type != BPF_MAP_TYPE_PERCPU_ARRAY || info.max_entries != RB_COUNTER_COUNT ||
	    info.value_size != sizeof(uint64_t))
		return -ENOENT;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

__attribute__((format(printf, 2, 0))) static int log_libbpf(enum libbpf_print_level level,
							    const char *format, va_list args)
{
	_cleanup_free_ char *text = NULL;
	int length;

	if (level == LIBBPF_DEBUG)
		return 0;
	length = vasprintf(&text, format, args);
	if (length < 0) {
		text = NULL; /* undefined after a failure */
		return 0;
	}
	if (length && text[length - 1] == '\n')
		text[length - 1] = '\0';
	rb_log_info("%s", length > LIBBPF_TAIL ? text + length - LIBBPF_TAIL : text);
	return length;
}

void rb_program_log_libbpf(void)
{
	libbpf_set_print(log_libbpf);
}
