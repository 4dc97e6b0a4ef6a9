/* SPDX-License-Identifier: BSD-2-Clause */
/* `stats --watch`: what happens from one moment to the next. */
#ifndef CACHECTL_WATCH_H
#define CACHECTL_WATCH_H

#include "cachectl.h"
#include "pace.h"

/* Until the pace ends. 0 or -errno: the counters cannot be read. */
int watch_rounds(const struct cachectl *ctl, const struct pace *pace);

#endif
