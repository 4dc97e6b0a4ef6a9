/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a client may be told: everything, what the cache has, local data, nothing (enum rb_scope).
 *
 * Thread: any. Nothing is kept.
 */
#ifndef RB_SERVE_SCOPE_H
#define RB_SERVE_SCOPE_H

#include "policy/acl.h"
#include "serve/query.h"

/* By what access-control says of the client, and by RD, as Unbound decides it. */
enum rb_scope rb_scope_of(enum rb_acl_action action, const struct rb_query *query);

/* Any class is IN, as for Unbound with root hints of that class alone; in others there is local
 * data. */
bool rb_class_is_resolved(uint16_t qclass);
enum rb_scope rb_scope_in_class(enum rb_scope scope, uint16_t qclass);

/* Why the scope excludes a query: RFC 8914 info code + 1; 0: none. */
uint8_t rb_scope_ede(const struct rb_query *query, enum rb_scope scope);

#endif
