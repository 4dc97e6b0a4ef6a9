/* SPDX-License-Identifier: BSD-2-Clause */
/* What rb-server says to the keeper, which keeps what the next one will need. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "daemon/fixed.h"
#include "daemon/keeper.h"
#include "daemon/privileges.h"
#include "util/cleanup.h"
#include "util/log.h"
#include "util/log_sink.h"

#define PATIENCE_US 600000000 /* for libunbound to read large local zones, twice */

static void ready(struct rb_keeper *keeper)
{
	if (keeper->state == RB_KEEPER_STARTING)
		keeper->state = RB_KEEPER_SERVING;
	if (keeper->was_ready)
		return;
	keeper->was_ready = true;
	rb_privileges_settle_keeper();
	sd_notify(0, "READY=1");
}

/* systemd waits for READY=1 after that, and the watchdog for longer. */
static void reloading(struct rb_keeper *keeper)
{
	uint64_t watchdog_us = 0;
	struct timespec now;

	if (keeper->state == RB_KEEPER_SERVING)
		keeper->state = RB_KEEPER_RELOADING;
	sd_watchdog_enabled(0, &watchdog_us);
	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		   (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
	if (watchdog_us)
		sd_notifyf(0, "WATCHDOG_USEC=%d", PATIENCE_US);
}

/* The same file, for the kernel and for the next server. What there is to say of it the present one
 * says. */
static int config_read(struct rb_keeper *keeper)
{
	_cleanup_(rb_config_freep) struct rb_config *next = NULL;
	int err;

	rb_log_set_level(RB_LOG_ERROR);
	err = rb_daemon_config_read(keeper->opts, keeper->config, &next);
	if (!err)
		err = rb_fixed_keep(keeper->config, next);
	rb_log_set_verbosity(keeper->config->verbosity + keeper->opts->verbose);
	if (err)
		return err;
	rb_config_free(keeper->next);
	keeper->next = TAKE_PTR(next);
	return 0;
}

static int prepare(struct rb_keeper *keeper)
{
	int err;

	rb_keeper_xdp_discard(keeper);
	err = config_read(keeper);
	return err ?: rb_keeper_xdp_prepare(keeper);
}

static void put_in_force(struct rb_keeper *keeper)
{
	struct rb_config *former = keeper->config;

	rb_keeper_end_feeds(keeper);
	keeper->policy_is_old = false;
	keeper->config = TAKE_PTR(keeper->next);
	rb_keeper_xdp_commit(keeper);
	rb_config_free(former);
	rb_daemon_log_open(keeper->config);
	rb_log_set_verbosity(keeper->config->verbosity + keeper->opts->verbose);
}

/* Nothing has changed. */
static void prepared_forget(struct rb_keeper *keeper)
{
	rb_keeper_xdp_discard(keeper);
	rb_config_free(TAKE_PTR(keeper->next));
}

static void reloaded(struct rb_keeper *keeper, int result)
{
	uint64_t watchdog_us = 0;

	/* At the end XDP is detached already. */
	if (result || !keeper->next || keeper->state == RB_KEEPER_STOPPING)
		prepared_forget(keeper);
	else
		put_in_force(keeper);
	if (keeper->state == RB_KEEPER_RELOADING)
		keeper->state = RB_KEEPER_SERVING;
	sd_watchdog_enabled(0, &watchdog_us);
	if (watchdog_us)
		sd_notifyf(0, "READY=1\nWATCHDOG_USEC=%" PRIu64 "\nWATCHDOG=1", watchdog_us);
	else
		sd_notify(0, "READY=1");
}

/* fds: one for each worker; ours, and -1 where they have been taken. */
static void opened(struct rb_keeper *keeper, const struct rb_note *note, int *fds, size_t count)
{
	struct rb_address address = {.addr = note->addr, .type = note->type};

	if (count != keeper->workers)
		return;
	address.fds = malloc(count * sizeof(*fds));
	if (!address.fds || rb_addresses_add(&keeper->addresses, &address)) {
		free(address.fds);
		return;
	}
	for (size_t i = 0; i < count; i++)
		address.fds[i] = TAKE_FD(fds[i]);
}

static void closed(struct rb_keeper *keeper, const struct rb_note *note)
{
	struct rb_addresses *addresses = &keeper->addresses;
	const struct rb_addresses one = {
		.list = &(struct rb_address){.addr = note->addr, .type = note->type},
		.count = 1,
	};

	for (size_t i = 0; i < addresses->count; i++) {
		struct rb_address *address = &addresses->list[i];

		if (!rb_addresses_have(&one, &address->addr, address->type))
			continue;
		for (unsigned int w = 0; w < keeper->workers; w++)
			rb_closep(&address->fds[w]);
		rb_addresses_forget(addresses, i--);
	}
}

/* Whether who says that waits for an answer, which is given here. */
static bool waits(uint32_t kind)
{
	return kind == RB_SAYS_WORKERS || kind == RB_SAYS_READY || kind == RB_SAYS_PREPARE ||
	       kind == RB_SAYS_OPENED || kind == RB_SAYS_CLOSED || kind == RB_SAYS_RELOADED;
}

static void hear(struct rb_keeper *keeper, const struct rb_note *note, int *fds, size_t count)
{
	struct rb_note done = {.kind = RB_ANSWERS};

	switch (note->kind) {
	case RB_SAYS_WORKERS:
		done.result = rb_keeper_xdp_serve(keeper);
		break;
	case RB_SAYS_MAPPED:
		if (keeper->xdp)
			rb_xdp_mapped(keeper->xdp, note->rings.id, note->result);
		break;
	case RB_SAYS_PREPARE:
		done.result = prepare(keeper);
		break;
	case RB_SAYS_READY:
		ready(keeper);
		break;
	case RB_SAYS_RELOADING:
		reloading(keeper);
		break;
	case RB_SAYS_RELOADED:
		reloaded(keeper, note->result);
		break;
	case RB_SAYS_OPENED:
		opened(keeper, note, fds, count);
		break;
	case RB_SAYS_CLOSED:
		closed(keeper, note);
		break;
	case RB_SAYS_LOG_REOPENED:
		rb_log_sink_reopen();
		break;
	case RB_SAYS_STOP:
		rb_keeper_stop(keeper);
		break;
	default:
		rb_keeper_hear_of_resolvers(keeper, note, fds, count);
		break;
	}
	if (waits(note->kind))
		rb_note_send(rb_process_control_fd(keeper->child), &done, NULL, 0);
}

void rb_keeper_hear(struct rb_keeper *keeper)
{
	struct rb_note note;
	int fds[RB_NOTE_FDS];
	size_t count;

	int err;

	for (;;) {
		err = rb_note_receive(rb_process_control_fd(keeper->child), &note, fds, &count);
		if (err)
			break;
		hear(keeper, &note, fds, count);
		for (size_t i = 0; i < count; i++)
			rb_closep(&fds[i]);
	}
	keeper->is_deaf |= err != -EAGAIN && err != -EINTR;
}
