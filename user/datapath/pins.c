/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and removal of pins. */
#include "datapath/pins.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "datapath/link.h"
#include "table/pins.h"
#include "util/cleanup.h"

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int pin_name(const char *prefix, const char *ifname, char ret_name[NAME_MAX + 1])
{
	int length = snprintf(ret_name, NAME_MAX + 1, "%s%s", prefix, ifname);
	char *dot;

	if (length < 0 || length > NAME_MAX)
		return -ENAMETOOLONG;
	for (dot = strchr(ret_name, '.'); dot; dot = strchr(dot, '.'))
		*dot = ':';
	return 0;
}

int rb_xdp_pin_path(const char *pin_dir, const char *prefix, const char *ifname,
		    char ret_path[PATH_MAX])
{
	char name[NAME_MAX + 1];
	int err = pin_name(prefix, ifname, name);

	return err ? err : rb_pins_path(pin_dir, name, ret_path);
}

void rb_xdp_pin_drop(const char *pin_dir, const char *prefix, const char *ifname, int *link_fd)
{
	char path[PATH_MAX];
	int err;

	if (*link_fd < 0)
		return;
	err = rb_xdp_pin_path(pin_dir, prefix, ifname, path);
	rb_link_detach(*link_fd, err ? NULL : path);
	close(*link_fd);
	*link_fd = -1;
}

bool rb_xdp_pin_is(const char *name, const char *prefix, const char *ifname)
{
	char own[NAME_MAX + 1];

	return !pin_name(prefix, ifname, own) && !strcmp(name, own);
}

static bool name_is_link(const char *name)
{
	return !strncmp(name, RB_PIN_LINK, strlen(RB_PIN_LINK)) ||
	       !strncmp(name, RB_PIN_PEER, strlen(RB_PIN_PEER));
}

int rb_xdp_pins_detach(const char *pin_dir, rb_xdp_keep_fn *keep, const void *context)
{
	_cleanup_(closedirp) DIR *dir = opendir(pin_dir);
	const struct dirent *entry;
	int detached = 0, err;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		_cleanup_close_ int link_fd = -1;
		char path[PATH_MAX];

		if (!name_is_link(entry->d_name) || (keep && keep(entry->d_name, context)))
			continue;
		err = rb_pins_path(pin_dir, entry->d_name, path);
		if (err)
			return err;
		link_fd = bpf_obj_get(path);
		if (link_fd < 0)
			return link_fd;
		rb_link_detach(link_fd, path);
		detached++;
	}
	return detached;
}

void rb_xdp_pins_remove_maps(const char *pin_dir)
{
	static const char *const maps[] = {"rb_counters", "rb_acl"};
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(maps); i++) {
		if (!rb_pins_path(pin_dir, maps[i], path))
			unlink(path);
	}
}
