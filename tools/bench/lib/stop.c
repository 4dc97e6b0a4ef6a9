/* SPDX-License-Identifier: BSD-2-Clause */
/* Waits for the signal that ends a program. */
#include "tools/bench/lib/stop.h"

#include <signal.h>
#include <stdio.h>

void bench_wait_for_stop(void)
{
	sigset_t signals;
	int number;

	fflush(stdout);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	sigwait(&signals, &number);
}
