/* SPDX-License-Identifier: BSD-2-Clause */
/* From access-control, RD and class to what a client may get. */
#include "serve/scope.h"

/* Without RD a client could find out what others have asked for, so it gets only local data unless
 * it may snoop. */
enum rb_scope rb_scope_of(enum rb_acl_action action, const struct rb_query *query)
{
	switch (action) {
	case RB_ACL_DENY:
	case RB_ACL_DENY_NON_LOCAL:
		return RB_SCOPE_LOCAL_ELSE_DROP;
	case RB_ACL_REFUSE:
	case RB_ACL_REFUSE_NON_LOCAL:
		return RB_SCOPE_LOCAL_ELSE_PROHIBIT;
	case RB_ACL_ALLOW_SETRD:
	case RB_ACL_ALLOW_SNOOP:
	case RB_ACL_ALLOW:
		break;
	}
	if (query->flags & RB_FLAG_RD)
		return RB_SCOPE_ALL;
	return action == RB_ACL_ALLOW_SNOOP ? RB_SCOPE_CACHE_ELSE_REFUSE
					    : RB_SCOPE_LOCAL_ELSE_REFUSE;
}

bool rb_class_is_resolved(uint16_t qclass)
{
	return qclass == RB_CLASS_IN || qclass == RB_CLASS_ANY;
}

enum rb_scope rb_scope_in_class(enum rb_scope scope, uint16_t qclass)
{
	return rb_class_is_resolved(qclass) || scope > RB_SCOPE_LOCAL_ELSE_REFUSE
		       ? scope
		       : RB_SCOPE_LOCAL_ELSE_REFUSE;
}

uint8_t rb_scope_ede(const struct rb_query *query, enum rb_scope scope)
{
	if (scope == RB_SCOPE_LOCAL_ELSE_PROHIBIT)
		return RB_EDE_PROHIBITED + 1;
	return query->flags & RB_FLAG_RD ? 0 : RB_EDE_NOT_AUTHORITATIVE + 1;
}
