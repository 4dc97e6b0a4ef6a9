/* SPDX-License-Identifier: BSD-2-Clause */
/* The keeper watches its servers: it kills those that make no progress, or take too long to end. */
#include <signal.h>

#include "daemon/keeper.h"
#include "util/clock.h"

#define STALLS_MAX  10                 /* seconds without a beat */
#define STALLS_HELD 3                  /* seconds after which XDP hands nothing over to it */
#define STOP_NS     (60 * RB_NS_PER_S) /* for an end, and for answers to pending queries */
#define FINISH_NS   (2 * RB_NS_PER_S)  /* for answers to pending queries when all is to end */
#define RETIRE_NS   (10 * RB_NS_PER_S) /* until it accepts no more queries */

static void kill_it(struct rb_keeper_server *server)
{
	if (!server->hung)
		rb_process_kill(server->child, SIGKILL);
	server->hung = true;
}

/* While it makes no progress, queries wait in the kernel's sockets, which the next one shares. */
static void follow_stalls(struct rb_keeper *keeper, unsigned int before)
{
	if (!keeper->xdp)
		return;
	if (keeper->stalls == STALLS_HELD)
		rb_xdp_hold(keeper->xdp);
	else if (before >= STALLS_HELD && !keeper->stalls)
		rb_xdp_release(keeper->xdp);
}

/* Count ticks, and not time, which also passes while the whole machine is stopped. */
static void look_at_beat(struct rb_keeper *keeper)
{
	uint32_t beat = atomic_load_explicit(&keeper->accounts.vitals->beat, memory_order_relaxed);
	struct rb_keeper_server *server = rb_keeper_server_in(keeper, RB_SERVER_SERVING);
	unsigned int before = keeper->stalls;

	keeper->stalls = server && beat == keeper->beat_seen ? keeper->stalls + 1 : 0;
	keeper->beat_seen = beat;
	if (server)
		follow_stalls(keeper, before);
	if (keeper->stalls >= STALLS_MAX)
		kill_it(server);
}

void rb_keeper_look(struct rb_keeper *keeper)
{
	uint64_t now_ns = rb_clock_ns();

	look_at_beat(keeper);
	if (keeper->state == RB_KEEPER_FINISHING && now_ns - keeper->stop_ns >= FINISH_NS)
		rb_keeper_stop(keeper);
	for (size_t i = 0; i < RB_SERVERS_MAX; i++) {
		struct rb_keeper_server *server = &keeper->servers[i];
		uint64_t age_ns = now_ns - server->since_ns;

		if ((server->state == RB_SERVER_RETIRING && age_ns > RETIRE_NS) ||
		    (server->state == RB_SERVER_RETIRED && age_ns > STOP_NS) ||
		    (server->state != RB_SERVER_NONE && rb_keeper_is_ending(keeper) &&
		     now_ns - keeper->stop_ns > STOP_NS))
			kill_it(server);
	}
}
