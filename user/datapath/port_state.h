/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of one interface, and when it is to be tried again.
 *
 * Thread: main. Pure, but for the wall clock.
 */
#ifndef RB_DATAPATH_PORT_STATE_H
#define RB_DATAPATH_PORT_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum rb_port_state {
	RB_PORT_ABSENT,   /* XDP has nothing to do there: the plan says why */
	RB_PORT_PLANNED,  /* to be brought to its plan at once */
	RB_PORT_ATTACHED, /* it runs as planned */
	RB_PORT_DEGRADED, /* it runs with less than planned, or not at all; it is tried again */
	RB_PORT_LOST,     /* somebody detached our program: left alone until a restart */
	RB_PORT_STATES,
};

enum rb_port_event {
	RB_PORT_PLAN,  /* there is a plan, or another one than before */
	RB_PORT_WHOLE, /* all of it runs */
	RB_PORT_PART,  /* less than that */
	RB_PORT_GONE,  /* the interface, its addresses, or whatever XDP could do there */
	RB_PORT_TAKEN, /* somebody detached our program */
	RB_PORT_EVENTS,
};

/* How soon what failed is tried again. Each further failure doubles the time, up to a limit. */
enum rb_retry {
	RB_RETRY_SOON,   /* it may pass by itself: 1 second to 1 minute */
	RB_RETRY_RARELY, /* somebody has to change something: 1 minute to 1 hour */
};

#define RB_PORT_WHY 512

struct rb_port_health {
	enum rb_port_state state;
	time_t since;          /* that it is DEGRADED or LOST; 0: it is not */
	uint64_t retry_ns;     /* of rb_clock_ns(): when it is due again; 0: nothing has failed */
	uint32_t delay_s;      /* until then, from the failure */
	char why[RB_PORT_WHY]; /* it is DEGRADED or LOST; else "" */
};

/* By the error of a system call. */
enum rb_retry rb_retry_of(int err);

/* Whether it is in another state now. */
bool rb_port_happens(struct rb_port_health *health, enum rb_port_event event);

/* RB_PORT_PART, for that reason. Whether that is news. */
bool rb_port_degrade(struct rb_port_health *health, enum rb_retry retry, uint64_t now_ns,
		     const char *why);

/* Not to be tried before that. why: said until then. For what was found like that. */
void rb_port_spare(struct rb_port_health *health, enum rb_retry retry, uint64_t now_ns,
		   const char *why);

/* What failed may succeed now, as the interface has changed. */
void rb_port_forgive(struct rb_port_health *health);

/* Something has failed, and it is time to try again. */
bool rb_port_is_due(const struct rb_port_health *health, uint64_t now_ns);

/* "absent", "planned", ... */
const char *rb_port_state_name(enum rb_port_state state);

#endif
