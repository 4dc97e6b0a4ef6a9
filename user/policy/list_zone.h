/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A blocklist in the format of a response policy zone: the blocklist decides what its triggers do,
 * except for those that let names pass. Contract as in list_file.h.
 */
#ifndef RB_POLICY_LIST_ZONE_H
#define RB_POLICY_LIST_ZONE_H

#include <stdio.h>

#include "policy/list_file.h"

int rb_list_zone_use(struct rb_list_reading *reading, FILE *file);

#endif
