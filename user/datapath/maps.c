/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared maps: adopted or made, pinned. */
#include "datapath/maps.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

#include "table/pins.h"
#include "util/cleanup.h"

#define PIN_COUNTERS "rb_counters"
#define PIN_ACL      "rb_acl"

/* -ENOENT: there are none, or they are of a version with others. */
static int counters_adopt(const char *pin_dir, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	struct bpf_map_info info = {0};
	uint32_t bytes = sizeof(info);
	char path[PATH_MAX];
	int err = rb_pins_path(pin_dir, PIN_COUNTERS, path);

	if (err)
		return err;
	fd = bpf_obj_get(path);
	if (fd < 0)
		return fd;
	err = bpf_obj_get_info_by_fd(fd, &info, &bytes);
	if (err)
		return err;
	if (info.type != BPF_MAP_TYPE_PERCPU_ARRAY || info.max_entries != 1 ||
	    info.value_size != sizeof(struct rb_cpu))
		return -ENOENT;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int rb_xdp_maps_open(struct rb_program_base *base, const char *pin_dir)
{
	int err = counters_adopt(pin_dir, &base->counters_fd);

	if (err && err != -ENOENT)
		return err;
	return rb_program_make_maps(base);
}

void rb_xdp_maps_close(struct rb_program_base *base)
{
	rb_closep(&base->counters_fd);
	rb_closep(&base->acl_fd);
	rb_closep(&base->refreshes_fd);
	rb_closep(&base->logged_fd);
}

static int pin_anew(int fd, const char *pin_dir, const char *name)
{
	char path[PATH_MAX];
	int err = rb_pins_path(pin_dir, name, path);

	if (err)
		return err;
	unlink(path);
	return bpf_obj_pin(fd, path);
}

int rb_xdp_maps_pin(const struct rb_program_base *base, const char *pin_dir)
{
	int err = pin_anew(base->counters_fd, pin_dir, PIN_COUNTERS);

	return err ? err : pin_anew(base->acl_fd, pin_dir, PIN_ACL);
}
