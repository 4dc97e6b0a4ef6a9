/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table's rb_control as a variable of the program, whose section userspace replaces by the map: it
 * is read by one instruction, without a look-up.
 */
#ifndef RB_CONTROL_BPF_H
#define RB_CONTROL_BPF_H

#include "abi.h"

const volatile struct rb_control rb_control SEC(".data.rb_control");

#endif
