/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of one interface, and when to try again.
 *
 * Thread: main. Pure, except for the wall clock.
 */
#ifndef RB_DATAPATH_PORT_STATE_H
#define RB_DATAPATH_PORT_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum rb_port_state {
	RB_PORT_ABSENT,   /* XDP is not used there; the plan says why */
	RB_PORT_PLANNED,  /* the plan must be put in force at once */
	RB_PORT_ATTACHED, /* it runs as planned */
	RB_PORT_DEGRADED, /* it runs with less than planned, or not at all; to be retried */
	RB_PORT_LOST,     /* somebody detached our program; left alone until a restart */
	RB_PORT_STATES,
};

enum rb_port_event {
	RB_PORT_PLAN,  /* there is a new or changed plan */
	RB_PORT_WHOLE, /* all that is planned runs */
	RB_PORT_PART,  /* less than that */
	RB_PORT_GONE,  /* the interface or its addresses have gone, or XDP is no longer used */
	RB_PORT_TAKEN, /* somebody detached our program */
	RB_PORT_EVENTS,
};

/* How soon to retry after a failure. Each further failure doubles the delay, up to a limit. */
enum rb_retry {
	RB_RETRY_SOON,   /* it may pass by itself: 1 second to 1 minute */
	RB_RETRY_RARELY, /* somebody must change something: 1 minute to 1 hour */
};

#define RB_PORT_WHY 512

struct rb_port_health {
	enum rb_port_state state;
	time_t since;          /* when it became DEGRADED or LOST; 0: it is neither */
	uint64_t retry_ns;     /* when to retry, by rb_clock_ns(); 0: nothing has failed */
	uint32_t delay_s;      /* from the failure to retry_ns */
	char why[RB_PORT_WHY]; /* why it is DEGRADED or LOST; else "" */
};

/* Choose by the error of a system call. */
enum rb_retry rb_retry_of(int err);

/* Returns whether the state has changed. */
bool rb_port_happens(struct rb_port_health *health, enum rb_port_event event);

/* RB_PORT_PART, for that reason. Returns whether that is new. */
bool rb_port_degrade(struct rb_port_health *health, enum rb_retry retry, uint64_t now_ns,
		     const char *why);

/*
 * Do not try before that time; why is the reason shown until then. For a port that was found in
 * that state.
 */
void rb_port_spare(struct rb_port_health *health, enum rb_retry retry, uint64_t now_ns,
		   const char *why);

/* The interface has changed, so what failed may succeed now. */
void rb_port_forgive(struct rb_port_health *health);

/* Whether something has failed and it is time to retry. */
bool rb_port_is_due(const struct rb_port_health *health, uint64_t now_ns);

/* "absent", "planned", ... */
const char *rb_port_state_name(enum rb_port_state state);

#endif
