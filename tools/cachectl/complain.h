/* SPDX-License-Identifier: BSD-2-Clause */
/* Saying why there is no result. */
#ifndef CACHECTL_COMPLAIN_H
#define CACHECTL_COMPLAIN_H

#include "cachectl.h"

/*
 * To stderr, as a line of the program's; with OUTPUT_JSON also {"error":"..."} to stdout, so that
 * who reads there finds a document in any case. Not for what comes with a result of its own.
 */
__attribute__((format(printf, 2, 3))) void complain(enum cachectl_output output, const char *format,
						    ...);

#endif
