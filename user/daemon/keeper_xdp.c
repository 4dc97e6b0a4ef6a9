/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper manages XDP, since that requires privileges. It gives a server AF_XDP sockets, and a
 * server reads what is in force.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/keeper.h"
#include "daemon/loader.h"
#include "datapath/detach.h"
#include "policy/acl.h"
#include "table/records.h"
#include "util/cleanup.h"
#include "util/log.h"

static void acl_freep(struct rb_acl **acl)
{
	rb_acl_free(*acl);
}

static void log_unusable(int err)
{
	rb_log_warn("XDP cannot be used (%s): serving by sockets alone", strerror(-err));
}

int rb_keeper_xdp_open(struct rb_keeper *keeper)
{
	_cleanup_(acl_freep) struct rb_acl *acl = NULL;
	int err;

	if (!keeper->table->in_kernel)
		return 0;
	err = rb_acl_new_of(keeper->config, &acl);
	if (err)
		return err;
	err = rb_xdp_open(keeper->config, keeper->table, acl, &keeper->xdp);
	if (err)
		log_unusable(err);
	/* If it cannot be started, they are loaded once a server runs. */
	else
		(void)rb_loader_start(keeper->xdp, &keeper->loader);
	return 0;
}

/* The programs of the first start, before anything else is done with XDP. */
static void loader_finish(struct rb_keeper *keeper)
{
	int err = keeper->loader ? rb_loader_finish(keeper->loader, keeper->xdp) : 0;

	rb_process_free(TAKE_PTR(keeper->loader));
	if (!err)
		return;
	log_unusable(err);
	rb_xdp_close(TAKE_PTR(keeper->xdp));
}

/* A convenience: its failure affects no client. */
static void records_pin(const struct rb_keeper *keeper)
{
	const char *pin_dir = keeper->config->pin_dir;
	int err;

	if (!keeper->table->in_kernel)
		return;
	err = rb_records_pin(keeper->table, pin_dir);
	if (err)
		rb_log_notice("%s/" RB_PIN_RECORDS ": the kernel takes no iterator (%s), so there "
			      "is no such file. Use runbound-cachectl dump.",
			      pin_dir, strerror(-err));
}

/* --- AF_XDP sockets to the server ---------------------------------------------------------------
 */

/* The server may be waiting for us, or make no progress: so we do not wait for it. */
static int offer(struct rb_keeper *keeper, const struct rb_note *note, const int *fds, size_t count)
{
	const struct rb_keeper_server *server =
		rb_keeper_server_in(keeper, RB_SERVER_SERVING)
			?: rb_keeper_server_in(keeper, RB_SERVER_STARTING);

	if (!server)
		return -ESRCH;
	return rb_note_offer(rb_process_control_fd(server->child), note, fds, count);
}

static int give(void *context, uint32_t id, const struct rb_xsk_parts *parts)
{
	const struct rb_note note = {.kind = RB_GIVES_RINGS,
				     .rings = {.id = id, .form = parts->form}};
	const int fds[] = {parts->fd, parts->memory_fd};

	return offer(context, &note, fds, ARRAY_SIZE(fds));
}

static void take(void *context, uint32_t id)
{
	const struct rb_note note = {.kind = RB_TAKES_RINGS, .rings.id = id};

	(void)offer(context, &note, NULL, 0);
}

static void set_mtu(void *context, uint32_t id, uint32_t mtu)
{
	const struct rb_note note = {.kind = RB_SETS_MTU, .rings = {.id = id, .form.mtu = mtu}};

	(void)offer(context, &note, NULL, 0);
}

int rb_keeper_xdp_serve(struct rb_keeper *keeper)
{
	const struct rb_xdp_receiver receiver = {
		.give = give, .take = take, .set_mtu = set_mtu, .context = keeper};
	int err;

	/* A server that is told to stop while it starts finds nothing in force any more. */
	if (rb_keeper_is_ending(keeper))
		return 0;
	loader_finish(keeper);
	err = keeper->xdp && !keeper->xdp_is_over ? rb_xdp_serve(keeper->xdp, &receiver) : 0;
	if (err)
		rb_log_error("%s: XDP cannot be brought into force (%s)", keeper->config->pin_dir,
			     strerror(-err));
	else if (!keeper->was_ready)
		records_pin(keeper);
	return err;
}

/* --- another configuration ----------------------------------------------------------------------
 */

int rb_keeper_xdp_prepare(struct rb_keeper *keeper)
{
	_cleanup_(acl_freep) struct rb_acl *acl = NULL;
	int err;

	loader_finish(keeper);
	if (!keeper->xdp)
		return 0;
	if (keeper->xdp_is_over) {
		rb_log_warn("XDP stays detached until runbound is started again");
		return 0;
	}
	err = rb_acl_new_of(keeper->reload.config, &acl);
	if (!err)
		err = rb_xdp_reload_new(keeper->xdp, keeper->reload.config, acl, &keeper->swap);
	return err;
}

/* XDP must not answer at addresses where no socket receives its misses. */
static int commit(struct rb_keeper *keeper)
{
	const struct rb_config *config = keeper->config;
	_cleanup_free_ struct rb_listen *listens =
		calloc(config->plain_count + 1, sizeof(*listens));
	struct rb_served served = {config, listens, 0};

	if (!listens)
		return -ENOMEM;
	for (size_t i = 0; i < config->plain_count; i++)
		if (rb_addresses_have(&keeper->addresses, &config->listens[i].addr, SOCK_DGRAM))
			listens[served.listen_count++] = config->listens[i];
	return rb_xdp_reload_commit(keeper->swap, &served);
}

void rb_keeper_xdp_commit(struct rb_keeper *keeper)
{
	int err = keeper->swap ? commit(keeper) : 0;

	/* XDP must not answer by rules that are no longer in force. */
	if (err) {
		rb_log_error("XDP cannot follow the new configuration (%s) and is detached until "
			     "runbound is started again; all queries are answered by sockets",
			     strerror(-err));
		rb_xdp_detach(keeper->xdp);
		keeper->xdp_is_over = true;
	}
	rb_keeper_xdp_discard(keeper);
}

void rb_keeper_xdp_discard(struct rb_keeper *keeper)
{
	rb_xdp_reload_free(TAKE_PTR(keeper->swap));
}

void rb_keeper_xdp_end(struct rb_keeper *keeper)
{
	if (keeper->xdp)
		rb_xdp_detach(keeper->xdp);
	else if (keeper->table->in_kernel)
		rb_xdp_detach_pinned(keeper->config->pin_dir);
}
