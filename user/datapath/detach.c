/* SPDX-License-Identifier: BSD-2-Clause */
/* What a dead daemon left, removed. */
#include "datapath/detach.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "datapath/pins.h"
#include "datapath/steering.h"
#include "table/table.h"

int rb_xdp_detach_pinned(const char *pin_dir)
{
	int detached = rb_xdp_pins_detach(pin_dir, NULL, NULL), err;
	struct stat status;

	rb_steering_undo(RB_STEER_DIR, pin_dir);
	if (detached == -ENOENT)
		return 0;
	if (detached < 0)
		return detached;
	rb_xdp_pins_remove_maps(pin_dir);
	err = rb_table_unpin(pin_dir);
	if (err && err != -ENOENT)
		return err;
	/* Whose directory it is, made it: the service's has to be there at its next start. Fails
	 * where somebody put something else there, which is not ours to remove. */
	if (!stat(pin_dir, &status) && status.st_uid == geteuid())
		rmdir(pin_dir);
	return detached;
}
