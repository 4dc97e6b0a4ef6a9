/* SPDX-License-Identifier: BSD-2-Clause */
/* What makes an ordinary query a hostile one; see enum stream_kind. */
#ifndef RB_TESTS_STREAM_HOSTILE_H
#define RB_TESTS_STREAM_HOSTILE_H

#include "lib/stream.h"

/* message: a plain query for question, made hostile as its kind says. */
void stream_make_hostile(struct prng *prng, const struct stream_question *question,
			 struct stream_message *message);

#endif
