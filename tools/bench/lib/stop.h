/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a program that serves until it is told to stop. */
#ifndef BENCH_STOP_H
#define BENCH_STOP_H

/* Flushes stdout, so that who started us knows that we serve; returns at SIGTERM or SIGINT. */
void bench_wait_for_stop(void);

#endif
