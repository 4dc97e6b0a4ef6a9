/* SPDX-License-Identifier: BSD-2-Clause */
/* Links: created, pinned, adopted, updated, detached. */
#include "datapath/link.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <unistd.h>

#include "util/cleanup.h"

int rb_link_attach(int prog_fd, int ifindex, enum rb_mode mode, const char *pin_path,
		   int *ret_link_fd)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts,
		    .flags = mode == RB_MODE_NATIVE ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE);
	_cleanup_close_ int link_fd = bpf_link_create(prog_fd, ifindex, BPF_XDP, &opts);
	int err;

	if (link_fd < 0)
		return link_fd;
	err = bpf_obj_pin(link_fd, pin_path);
	if (err)
		return err;
	*ret_link_fd = TAKE_FD(link_fd);
	return 0;
}

static int link_info(int link_fd, struct bpf_link_info *ret_info)
{
	struct bpf_link_info info = {0};
	uint32_t bytes = sizeof(info);
	int err = bpf_obj_get_info_by_fd(link_fd, &info, &bytes);

	if (!err)
		*ret_info = info;
	return err;
}

int rb_link_adopt(const char *pin_path, int ifindex, int prog_id, int *ret_link_fd)
{
	_cleanup_close_ int link_fd = bpf_obj_get(pin_path);
	struct bpf_link_info info;
	int err;

	if (link_fd < 0)
		return link_fd;
	err = link_info(link_fd, &info);
	if (err)
		return err;
	/* An interface's number says little: it may be another namespace's. The program decides. */
	if (info.type != BPF_LINK_TYPE_XDP || (int)info.xdp.ifindex != ifindex ||
	    (int)info.prog_id != prog_id)
		return -ESTALE;
	*ret_link_fd = TAKE_FD(link_fd);
	return 0;
}

int rb_link_update(int link_fd, int prog_fd)
{
	return bpf_link_update(link_fd, prog_fd, NULL);
}

int rb_link_ifindex(int link_fd, int *ret_ifindex)
{
	struct bpf_link_info info;
	int err = link_info(link_fd, &info);

	if (!err)
		*ret_ifindex = (int)info.xdp.ifindex;
	return err;
}

int rb_link_program_id(int link_fd, uint32_t *ret_id)
{
	struct bpf_link_info info;
	int err = link_info(link_fd, &info);

	if (!err)
		*ret_id = info.prog_id;
	return err;
}

void rb_link_detach(int link_fd, const char *pin_path)
{
	/* It fails only where the interface is gone, and with it the attachment. */
	bpf_link_detach(link_fd);
	if (pin_path)
		unlink(pin_path);
}

void rb_link_program_name(int prog_id, char ret_name[RB_PROGRAM_NAME])
{
	_cleanup_close_ int fd = bpf_prog_get_fd_by_id((uint32_t)prog_id);
	struct bpf_prog_info info = {0};
	uint32_t bytes = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &bytes))
		info.name[0] = '\0';
	snprintf(ret_name, RB_PROGRAM_NAME, "%s", info.name);
}
