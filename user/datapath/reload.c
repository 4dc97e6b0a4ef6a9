/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access rules are added beside those in force, under an epoch that the new programs alone look
 * for; so each interface changes from all of the old to all of the new with one update of its link.
 */
#include "datapath/reload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/attach.h"
#include "datapath/follow.h"
#include "datapath/link.h"
#include "datapath/state.h"
#include "util/cleanup.h"
#include "util/log.h"

struct rb_xdp_reload {
	struct rb_xdp *xdp;
	struct rb_program_base programs;
	struct rb_program *loaded; /* by port; not loaded where nothing of ours runs */
	size_t count;
};

static int load(struct rb_xdp_reload *reload)
{
	struct rb_xdp *xdp = reload->xdp;

	reload->loaded = calloc(xdp->port_count + 1, sizeof(*reload->loaded));
	if (!reload->loaded)
		return -ENOMEM;
	for (; reload->count < xdp->port_count; reload->count++) {
		struct rb_port *port = &xdp->ports[reload->count];
		struct rb_program *program = &reload->loaded[reload->count];
		int err;

		*program = (struct rb_program){.fd = -1};
		if (!rb_port_runs(port))
			continue;
		err = rb_program_load(&reload->programs, &port->netif, port->program.attach,
				      &port->xsks_fd, program);
		if (err) {
			rb_log_error("%s: no XDP program with the new configuration (%s)",
				     port->netif.name, strerror(-err));
			return err;
		}
	}
	return 0;
}

static int load_rules(const struct rb_xdp_reload *reload, const struct rb_acl *acl)
{
	int err = rb_acl_load(acl, reload->programs.acl_fd, reload->programs.knobs.acl_epoch);

	if (err)
		rb_log_error("the kernel does not take the new access-control rules beside those "
			     "in force (%s)",
			     strerror(-err));
	return err;
}

int rb_xdp_reload_new(struct rb_xdp *xdp, const struct rb_config *config, const struct rb_acl *acl,
		      struct rb_xdp_reload **ret_reload)
{
	_cleanup_(rb_xdp_reload_freep) struct rb_xdp_reload *reload = calloc(1, sizeof(*reload));
	int err;

	if (!reload)
		return -ENOMEM;
	reload->xdp = xdp;
	reload->programs = xdp->base.programs;
	if (!++reload->programs.knobs.acl_epoch)
		reload->programs.knobs.acl_epoch = 1;
	rb_program_configure(&reload->programs, config, rb_acl_is_open(acl));
	err = load_rules(reload, acl);
	if (!err)
		err = load(reload);
	if (err)
		return err;
	*ret_reload = TAKE_PTR(reload);
	return 0;
}

/* The port's old program becomes the reload's. */
static void port_commit(struct rb_port *port, struct rb_program *program)
{
	struct rb_program old = port->program;
	int err;

	/* What was planned while the reload was made is settled with the new configuration. */
	if (program->fd < 0) {
		rb_port_outdate(port);
		return;
	}
	port->program = *program;
	*program = old;
	err = rb_link_update(port->link_fd, port->program.fd);
	port->program.is_linked = !err;
	if (err)
		rb_port_give_up(port, err,
				"the XDP program cannot be replaced by one with the new "
				"configuration");
}

int rb_xdp_reload_commit(struct rb_xdp_reload *reload, const struct rb_served *served)
{
	struct rb_xdp *xdp = reload->xdp;
	size_t bytes = served->listen_count * sizeof(*served->listens);
	struct rb_listen *listens = malloc(bytes + 1);

	if (!listens)
		return -ENOMEM;
	memcpy(listens, served->listens, bytes);
	free(xdp->followed.listens);
	xdp->followed = *served;
	xdp->followed.listens = listens;
	xdp->base.programs = reload->programs;
	for (size_t i = 0; i < reload->count; i++)
		port_commit(&xdp->ports[i], &reload->loaded[i]);
	/* What it carries may be served now, or be no more. */
	xdp->needs_look = true;
	rb_follow(xdp);
	rb_board_write(xdp->board, xdp);
	return 0;
}

void rb_xdp_reload_free(struct rb_xdp_reload *reload)
{
	const struct rb_program_base *in_force;

	if (!reload)
		return;
	for (size_t i = 0; i < reload->count; i++)
		rb_program_unload(&reload->loaded[i]);
	/* Of the new rules or of the old ones, those that did not come, or did not stay, in force.
	 */
	in_force = &reload->xdp->base.programs;
	if (rb_acl_retire(in_force->acl_fd, in_force->knobs.acl_epoch))
		rb_log_warn("access-control rules that are out of force stay in the kernel's map");
	free(reload->loaded);
	free(reload);
}

void rb_xdp_reload_freep(struct rb_xdp_reload **reload)
{
	rb_xdp_reload_free(*reload);
}
