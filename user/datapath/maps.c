/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared maps: adopted or made, pinned. */
#include "datapath/maps.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

#include "datapath/counters.h"
#include "table/pins.h"
#include "util/cleanup.h"

#define PIN_ACL "rb_acl"

int rb_xdp_maps_open(struct rb_program_base *base, const char *pin_dir)
{
	int err = rb_counters_open(pin_dir, &base->counters_fd);

	/* Those of another version begin anew. */
	if (err && err != -ENOENT && err != -ESTALE)
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
	int err = pin_anew(base->counters_fd, pin_dir, RB_PIN_COUNTERS);

	return err ? err : pin_anew(base->acl_fd, pin_dir, PIN_ACL);
}
