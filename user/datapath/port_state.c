/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of states and events, and the times of retries. */
#include "datapath/port_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/clock.h"

static const struct {
	uint32_t first_s, last_s;
} delays[] = {
	[RB_RETRY_SOON] = {1, 60},
	[RB_RETRY_RARELY] = {60, 3600},
};

/* A lost port forgets that only with its interface. */
static const enum rb_port_state next_states[RB_PORT_STATES][RB_PORT_EVENTS] = {
	[RB_PORT_ABSENT] =
		{
			[RB_PORT_PLAN] = RB_PORT_PLANNED,
			[RB_PORT_WHOLE] = RB_PORT_ABSENT,
			[RB_PORT_PART] = RB_PORT_ABSENT,
			[RB_PORT_GONE] = RB_PORT_ABSENT,
			[RB_PORT_TAKEN] = RB_PORT_ABSENT,
		},
	[RB_PORT_PLANNED] =
		{
			[RB_PORT_PLAN] = RB_PORT_PLANNED,
			[RB_PORT_WHOLE] = RB_PORT_ATTACHED,
			[RB_PORT_PART] = RB_PORT_DEGRADED,
			[RB_PORT_GONE] = RB_PORT_ABSENT,
			[RB_PORT_TAKEN] = RB_PORT_LOST,
		},
	[RB_PORT_ATTACHED] =
		{
			[RB_PORT_PLAN] = RB_PORT_PLANNED,
			[RB_PORT_WHOLE] = RB_PORT_ATTACHED,
			[RB_PORT_PART] = RB_PORT_DEGRADED,
			[RB_PORT_GONE] = RB_PORT_ABSENT,
			[RB_PORT_TAKEN] = RB_PORT_LOST,
		},
	[RB_PORT_DEGRADED] =
		{
			[RB_PORT_PLAN] = RB_PORT_PLANNED,
			[RB_PORT_WHOLE] = RB_PORT_ATTACHED,
			[RB_PORT_PART] = RB_PORT_DEGRADED,
			[RB_PORT_GONE] = RB_PORT_ABSENT,
			[RB_PORT_TAKEN] = RB_PORT_LOST,
		},
	[RB_PORT_LOST] =
		{
			[RB_PORT_PLAN] = RB_PORT_LOST,
			[RB_PORT_WHOLE] = RB_PORT_LOST,
			[RB_PORT_PART] = RB_PORT_LOST,
			[RB_PORT_GONE] = RB_PORT_ABSENT,
			[RB_PORT_TAKEN] = RB_PORT_LOST,
		},
};

enum rb_retry rb_retry_of(int err)
{
	static const int passing[] = {EAGAIN, EINTR,  EBUSY,    ENOMEM,   ENOBUFS,
				      EMFILE, ENFILE, ENETDOWN, ETIMEDOUT};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(passing); i++) {
		if (err == -passing[i])
			return RB_RETRY_SOON;
	}
	return RB_RETRY_RARELY;
}

void rb_port_forgive(struct rb_port_health *health)
{
	health->retry_ns = 0;
	health->delay_s = 0;
}

bool rb_port_happens(struct rb_port_health *health, enum rb_port_event event)
{
	enum rb_port_state before = health->state, now = next_states[before][event];

	health->state = now;
	switch (now) {
	case RB_PORT_ABSENT:
	case RB_PORT_ATTACHED:
		rb_port_forgive(health);
		health->since = 0;
		health->why[0] = '\0';
		break;
	case RB_PORT_DEGRADED:
	case RB_PORT_LOST:
		if (!health->since)
			health->since = time(NULL);
		break;
	default: /* what it lacks, and since when, is not known before it was tried */
		break;
	}
	return now != before;
}

static void delay(struct rb_port_health *health, enum rb_retry retry, uint64_t now_ns)
{
	health->delay_s = health->delay_s ? health->delay_s * 2 : delays[retry].first_s;
	if (health->delay_s < delays[retry].first_s)
		health->delay_s = delays[retry].first_s;
	if (health->delay_s > delays[retry].last_s)
		health->delay_s = delays[retry].last_s;
	health->retry_ns = now_ns + health->delay_s * RB_NS_PER_S;
}

bool rb_port_degrade(struct rb_port_health *health, enum rb_retry retry, uint64_t now_ns,
		     const char *why)
{
	bool is_news = strcmp(health->why, why) != 0;

	delay(health, retry, now_ns);
	rb_port_happens(health, RB_PORT_PART);
	snprintf(health->why, sizeof(health->why), "%s", why);
	return is_news;
}

void rb_port_spare(struct rb_port_health *health, enum rb_retry retry, uint64_t now_ns,
		   const char *why)
{
	delay(health, retry, now_ns);
	snprintf(health->why, sizeof(health->why), "%s", why);
}

bool rb_port_is_due(const struct rb_port_health *health, uint64_t now_ns)
{
	return health->retry_ns && health->retry_ns <= now_ns;
}

const char *rb_port_state_name(enum rb_port_state state)
{
	static const char *const names[RB_PORT_STATES] = {
		[RB_PORT_ABSENT] = "absent",     [RB_PORT_PLANNED] = "planned",
		[RB_PORT_ATTACHED] = "attached", [RB_PORT_DEGRADED] = "degraded",
		[RB_PORT_LOST] = "lost",
	};

	return names[state];
}
