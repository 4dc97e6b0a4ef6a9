/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a client may get: everything, what the cache has, local data, nothing (enum rb_scope).
 *
 * Thread: any. Nothing is kept.
 */
#ifndef RB_SERVE_SCOPE_H
#define RB_SERVE_SCOPE_H

#include "policy/acl.h"
#include "serve/query.h"

/* Decided by access-control and RD, as in Unbound. */
enum rb_scope rb_scope_of(enum rb_acl_action action, const struct rb_query *query);

/*
 * Class ANY means IN, as in Unbound with root hints of that class only; other classes have local
 * data.
 */
bool rb_class_is_resolved(uint16_t qclass);
enum rb_scope rb_scope_in_class(enum rb_scope scope, uint16_t qclass);

/* Why the scope excludes a query: RFC 8914 info code + 1; 0: none. */
uint8_t rb_scope_ede(const struct rb_query *query, enum rb_scope scope);

#endif
