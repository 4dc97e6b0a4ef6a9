/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What local policy does after a query went to the resolvers: it follows aliases, and examines
 * responses before a client gets them. See policy/chain.h and policy/respond.h.
 *
 * Thread: the worker's.
 */
#ifndef RB_SERVE_FOLLOW_H
#define RB_SERVE_FOLLOW_H

#include "serve/local.h"

enum rb_follow {
	RB_FOLLOW_SUBMIT, /* the job asks for the next name: submit it */
	RB_FOLLOW_READY,  /* the job's answer is the client's; NULL: send nothing */
};

/*
 * For RB_POLICY_ALIAS, before the job is submitted. -EMSGSIZE: the name is too long, and the answer
 * is YXDOMAIN; -ELOOP, -EBADMSG, -ENOMEM.
 */
int rb_follow_begin(struct rb_serve *serve, const struct rb_local_said *said,
		    struct rb_pending *pending, enum rb_follow *ret_next);

/* When the job has come back. */
enum rb_follow rb_follow_end(struct rb_serve *serve, struct rb_pending *pending);

#endif
