/* SPDX-License-Identifier: BSD-2-Clause */
/* The skeleton of the XDP program, and what is set in it before the verifier sees it. */
#include "datapath/program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "policy/acl.h"
#include "skel/runbound.skel.h"
#include "util/cleanup.h"
#include "util/log.h"

#define LOAD_TRIES 3 /* each is five of libbpf's */
#define LIBBPF_TAIL                                                                                \
	1800 /* bytes of a message that are logged: the verifier's verdict is at its end */

void rb_program_configure(struct rb_program_base *base, const struct rb_config *config,
			  bool acl_open)
{
	struct rb_knobs *knobs = &base->knobs;

	knobs->edns_size = config->edns_buffer_size;
	knobs->ede_said = rb_config_ede_said(config);
	knobs->max_udp_size = config->max_udp_size;
	knobs->dscp = config->ip_dscp;
	knobs->log_sample = rb_config_kernel_sample(config);
	knobs->log_whole = rb_config_is_tapped(config);
	knobs->original_ttl = config->serve_original_ttl;
	knobs->acl_open = acl_open;
	knobs->acl_destinations = !acl_open && config->acl_interface_count;
	base->interfaces = config->acl_interfaces;
	base->interface_count = config->acl_interface_count;
	knobs->numbering = config->local.numbering;
	knobs->prefetch = config->prefetch;
	knobs->stale_ns = config->serve_expired_client_timeout_ms ? 0 : rb_config_stale_ns(config);
	knobs->stale_ttl_s = config->serve_expired_reply_ttl_s;
}

static void destroyp(struct rb_runbound_bpf **skeleton)
{
	rb_runbound_bpf__destroy(*skeleton);
}

/* What the rules of addresses say of those of the interface. */
static void set_rules(const struct rb_program_base *base, struct rb_knobs *knobs)
{
	struct rb_acl_destination destination = {.addr = {[10] = 0xff, [11] = 0xff}};

	for (__u32 i = 0; i < knobs->locals4_count; i++) {
		memcpy(destination.addr + 12, &knobs->locals4[i].addr,
		       sizeof(knobs->locals4[i].addr));
		destination.port = ntohs(knobs->locals4[i].port);
		knobs->rules4[i] = rb_acl_destination_value(base->interfaces, base->interface_count,
							    &destination);
	}
	for (__u32 i = 0; i < knobs->locals6_count; i++) {
		memcpy(destination.addr, knobs->locals6[i].addr, sizeof(destination.addr));
		destination.port = ntohs(knobs->locals6[i].port);
		knobs->rules6[i] = rb_acl_destination_value(base->interfaces, base->interface_count,
							    &destination);
	}
}

/* What all programs have in common, and then what is the interface's. */
static void set_knobs(struct rb_runbound_bpf *skeleton, const struct rb_program_base *base,
		      const struct rb_netif *netif, struct rb_attach_mode attach)
{
	struct rb_knobs knobs = base->knobs;

	knobs.egress = attach.egress;
	knobs.ifindex = (__u32)netif->ifindex;
	knobs.to_xsk = attach.use_xsk;
	rb_knobs_set_room(&knobs, netif->reply_mtu);
	memcpy(knobs.mac, netif->mac, sizeof(knobs.mac));
	knobs.vlan_count = netif->vlan_count;
	memcpy(knobs.vlans, netif->vlans, sizeof(knobs.vlans));
	knobs.locals4_count = netif->locals4_count;
	knobs.locals6_count = netif->locals6_count;
	memcpy(knobs.locals4, netif->locals4, sizeof(knobs.locals4));
	memcpy(knobs.locals6, netif->locals6, sizeof(knobs.locals6));
	if (knobs.acl_destinations)
		set_rules(base, &knobs);
	knobs.own6_count = netif->own6_count;
	memcpy(knobs.own4, netif->own4, netif->own4_count * sizeof(knobs.own4[0]));
	memcpy(knobs.own6, netif->own6, sizeof(knobs.own6));
	memcpy(knobs.buckets, base->table->control->buckets, sizeof(knobs.buckets));
	knobs.key = base->table->control->key;
	memcpy((void *)&skeleton->rodata->rb_knobs, &knobs, sizeof(knobs));
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
		{skeleton->maps.rb_logged, base->logged_fd},
		{skeleton->maps.rb_xsks, xsks_fd},
	};
	int err = rb_table_share_maps(base->table, skeleton->obj);
	size_t i;

	for (i = 0; !err && i < ARRAY_SIZE(shared); i++)
		if (shared[i].fd >= 0)
			err = bpf_map__reuse_fd(shared[i].map, shared[i].fd);
	return err;
}

static int map_take(const struct bpf_map *map, int *fd)
{
	if (*fd >= 0)
		return 0;
	*fd = fcntl(bpf_map__fd(map), F_DUPFD_CLOEXEC, 0);
	return *fd < 0 ? -errno : 0;
}

/* By loading the object without its programs. */
int rb_program_make_maps(struct rb_program_base *base)
{
	_cleanup_(destroyp) struct rb_runbound_bpf *skeleton = rb_runbound_bpf__open();
	struct bpf_program *program;
	int err;

	if (!skeleton)
		return -errno;
	bpf_object__for_each_program(program, skeleton->obj)
		bpf_program__set_autoload(program, false);
	err = share_maps(skeleton, base, -1);
	if (!err)
		err = rb_runbound_bpf__load(skeleton);
	if (!err)
		err = map_take(skeleton->maps.rb_counters, &base->counters_fd);
	if (!err)
		err = map_take(skeleton->maps.rb_acl, &base->acl_fd);
	if (!err)
		err = map_take(skeleton->maps.rb_refreshes, &base->refreshes_fd);
	return err ? err : map_take(skeleton->maps.rb_logged, &base->logged_fd);
}

static int load_once(const struct rb_program_base *base, const struct rb_netif *netif,
		     struct rb_attach_mode attach, int xsks_fd,
		     struct rb_runbound_bpf **ret_skeleton)
{
	_cleanup_(destroyp) struct rb_runbound_bpf *skeleton = rb_runbound_bpf__open();
	int err;

	if (!skeleton)
		return -errno;
	set_knobs(skeleton, base, netif, attach);
	err = share_maps(skeleton, base, xsks_fd);
	if (!err)
		err = rb_runbound_bpf__load(skeleton);
	if (!err)
		*ret_skeleton = TAKE_PTR(skeleton);
	return err;
}

int rb_program_load(const struct rb_program_base *base, const struct rb_netif *netif,
		    struct rb_attach_mode attach, int *xsks_fd, struct rb_program *ret_program)
{
	_cleanup_(destroyp) struct rb_runbound_bpf *skeleton = NULL;
	_cleanup_close_ int fd = -1;
	int tries = LOAD_TRIES, err;

	/* The verifier gives up for any signal, SIGSTOP and the freezer's included. */
	do {
		err = load_once(base, netif, attach, *xsks_fd, &skeleton);
	} while (err == -EAGAIN && --tries);
	if (!skeleton)
		return err ? err : -ENOMEM;
	fd = fcntl(bpf_program__fd(skeleton->progs.rb_main), F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = map_take(skeleton->maps.rb_xsks, xsks_fd);
	if (err)
		return err;
	*ret_program = (struct rb_program){.fd = TAKE_FD(fd), .attach = attach};
	return 0;
}

void rb_program_unload(struct rb_program *program)
{
	rb_closep(&program->fd);
	*program = (struct rb_program){.fd = -1};
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
