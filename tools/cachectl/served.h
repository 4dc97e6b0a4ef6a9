/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the daemon answers DNS, and a socket to there. */
#ifndef CACHECTL_SERVED_H
#define CACHECTL_SERVED_H

#include "cachectl.h"

/*
 * A UDP socket connected to server, "IP" or "IP@PORT"; NULL: to the first address that the daemon
 * says it serves. Anything but EXIT_OK has been said on stderr.
 */
enum cachectl_exit served_connect(const struct cachectl *ctl, const char *server, int *ret_fd);

#endif
