/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What shows itself again and again: how often, how many times, on a terminal or not, and that a
 * signal ends it in between and not in the midst.
 */
#ifndef CACHECTL_PACE_H
#define CACHECTL_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "cachectl.h"

struct pace {
	double interval_s;
	unsigned long count; /* 0: until a signal */
	bool terminal;       /* stdout is one: each round in place of the last */
	unsigned int rows;   /* of the terminal */
	int signals_fd;
};

/*
 * interval, count: as given, NULL where not. false: it has been said what is wrong with them.
 * pace_close() after success.
 */
bool pace_open(struct pace *pace, enum cachectl_output output, const char *interval,
	       const char *count);
void pace_close(struct pace *pace);

/* false: a signal said stop. */
bool pace_wait(const struct pace *pace);

/* Before a round is printed: clear the terminal. */
void pace_clear(const struct pace *pace);

/* A positive whole number; false: it has been said of which option it is none. */
bool pace_number(enum cachectl_output output, const char *option, const char *text,
		 unsigned long *ret_number);

#endif
