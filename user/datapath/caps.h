/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The privileges that XDP needs and this process lacks, as text.
 *
 * Thread: any. Never logs.
 */
#ifndef RB_DATAPATH_CAPS_H
#define RB_DATAPATH_CAPS_H

#include <stddef.h>

#define RB_CAPS_TEXT 256

/* "CAP_BPF (to load programs), CAP_NET_RAW (for AF_XDP)"; "" if none is missing. */
void rb_caps_missing(char ret_text[RB_CAPS_TEXT]);

/*
 * Let the process lock this much more memory (AF_XDP's frames), or as much as its hard limit
 * allows. With CAP_IPC_LOCK there is no limit.
 */
void rb_caps_memlock(size_t bytes);

#endif
