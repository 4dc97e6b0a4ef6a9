/* SPDX-License-Identifier: BSD-2-Clause */
/* Rounds: their interval, their number, their end. */
#include "pace.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "complain.h"

#define INTERVAL_S     2.0
#define INTERVAL_MIN_S 0.1
#define INTERVAL_MAX_S 3600.0
#define ROWS           24 /* of a terminal that does not say */

bool pace_number(enum cachectl_output output, const char *option, const char *text,
		 unsigned long *ret_number)
{
	char *end;
	unsigned long number;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9' || !number) {
		complain(output, "--%s %s: not a number above 0", option, text);
		return false;
	}
	*ret_number = number;
	return true;
}

static bool interval_parse(enum cachectl_output output, const char *text, double *ret_interval_s)
{
	char *end;
	double interval_s = strtod(text, &end);

	if (*end || end == text ||
	    !(interval_s >= INTERVAL_MIN_S && interval_s <= INTERVAL_MAX_S)) {
		complain(output, "--interval %s: not between %g and %g seconds", text,
			 INTERVAL_MIN_S, INTERVAL_MAX_S);
		return false;
	}
	*ret_interval_s = interval_s;
	return true;
}

/* What ends the program comes by descriptor: it is to end between two rounds. */
static int signals_open(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC);
}

bool pace_open(struct pace *pace, enum cachectl_output output, const char *interval,
	       const char *count)
{
	struct winsize size;

	*pace = (struct pace){.interval_s = INTERVAL_S, .rows = ROWS, .signals_fd = -1};
	if ((interval && !interval_parse(output, interval, &pace->interval_s)) ||
	    (count && !pace_number(output, "count", count, &pace->count)))
		return false;
	pace->terminal = isatty(STDOUT_FILENO);
	if (pace->terminal && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row)
		pace->rows = size.ws_row;
	pace->signals_fd = signals_open();
	if (pace->signals_fd >= 0)
		return true;
	complain(output, "signalfd: %s", strerror(errno));
	return false;
}

void pace_close(struct pace *pace)
{
	if (pace->signals_fd >= 0)
		close(pace->signals_fd);
}

bool pace_wait(const struct pace *pace)
{
	struct pollfd fd = {.fd = pace->signals_fd, .events = POLLIN};

	return poll(&fd, 1, (int)(pace->interval_s * 1000)) == 0;
}

void pace_clear(const struct pace *pace)
{
	if (pace->terminal)
		fputs("\033[H\033[2J", stdout);
}
