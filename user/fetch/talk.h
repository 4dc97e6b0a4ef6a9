/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conversation with a primary over TCP (RFC 1035 4.2.2): questions of one zone, and answers of as
 * many messages as it takes (RFC 5936).
 *
 * Thread: one. Errors: -errno, with the reason in the report.
 */
#ifndef RB_FETCH_TALK_H
#define RB_FETCH_TALK_H

#include <stddef.h>

#include "fetch/order.h"
#include "fetch/records.h"

#define RB_TALK_QUESTION_MAX 512
#define RB_TYPE_IXFR         251
#define RB_TYPE_AXFR         252

struct rb_talk {
	const struct rb_fetch_order *order;
	struct rb_fetch_report *report;
	uint64_t deadline_ns;
	int fd;
	uint8_t *message; /* room for any */
	size_t len;
	struct rb_fetch_records *records;
};

/* Put what is wrong with the source into the report. Returns err. */
int rb_talk_say(const struct rb_talk *talk, int err, const char *what);

/* Connect, also for another time. The owner closes talk->fd, which is -1 before the first time. */
int rb_talk_begin(struct rb_talk *talk);

/* question: room for RB_TALK_QUESTION_MAX bytes. */
int rb_talk_ask(struct rb_talk *talk, uint16_t type, uint8_t *question);

/* Receive the next message of the answer, and check its header. */
int rb_talk_next(struct rb_talk *talk, const uint8_t *question, uint64_t deadline_ns);

/* Give the records of the message's answer section to take, until that returns other than 0. */
typedef int rb_talk_taker(void *context, const struct rb_fetch_rr *rr);
int rb_talk_take(const struct rb_talk *talk, rb_talk_taker *take, void *context);

#endif
