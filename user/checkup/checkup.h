/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole report of --check-config: ports, machine, interfaces, and what XDP means for firewalls.
 *
 * Thread: main.
 */
#ifndef RB_CHECKUP_CHECKUP_H
#define RB_CHECKUP_CHECKUP_H

#include <stdbool.h>
#include <stdio.h>

#include "config/config.h"

/* false: something in the file cannot work; a finding is [FAIL]. */
bool rb_checkup(const struct rb_config *config, FILE *out);

#endif
