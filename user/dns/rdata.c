/* SPDX-License-Identifier: BSD-2-Clause */
/* Where names stand in the data of resource records. */
#include "dns/rdata.h"

#include "../kern/wire.h"

/* Those that nothing but this table speaks of. */
enum {
	TYPE_MD = 3,
	TYPE_MF = 4,
	TYPE_MB = 7,
	TYPE_MG = 8,
	TYPE_MR = 9,
	TYPE_MINFO = 14,
	TYPE_RP = 17,
	TYPE_AFSDB = 18,
	TYPE_RT = 21,
	TYPE_SIG = 24,
	TYPE_KEY = 25,
	TYPE_PX = 26,
	TYPE_NXT = 30,
	TYPE_SRV = 33,
	TYPE_NAPTR = 35,
	TYPE_KX = 36,
	TYPE_NSEC3PARAM = 51,
};

struct rb_rdata_layout rb_rdata_layout(uint16_t type)
{
	switch (type) {
	case RB_TYPE_NS:
	case TYPE_MD:
	case TYPE_MF:
	case RB_TYPE_CNAME:
	case TYPE_MB:
	case TYPE_MG:
	case TYPE_MR:
	case RB_TYPE_PTR:
		return (struct rb_rdata_layout){.names = 1, .compressible = true};
	case RB_TYPE_SOA:
		return (struct rb_rdata_layout){.names = 2, .tail_bytes = 20, .compressible = true};
	case TYPE_MINFO:
		return (struct rb_rdata_layout){.names = 2, .compressible = true};
	case RB_TYPE_MX:
		return (struct rb_rdata_layout){.fixed_bytes = 2, .names = 1, .compressible = true};
	case RB_TYPE_DNAME:
		return (struct rb_rdata_layout){.names = 1};
	case TYPE_RP:
		return (struct rb_rdata_layout){.names = 2};
	case TYPE_AFSDB:
	case TYPE_RT:
	case TYPE_KX:
		return (struct rb_rdata_layout){.fixed_bytes = 2, .names = 1};
	case TYPE_PX:
		return (struct rb_rdata_layout){.fixed_bytes = 2, .names = 2};
	case TYPE_SRV:
		return (struct rb_rdata_layout){.fixed_bytes = 6, .names = 1};
	case TYPE_NAPTR:
		return (struct rb_rdata_layout){.fixed_bytes = 4, .strings = 3, .names = 1};
	case TYPE_SIG:
		return (struct rb_rdata_layout){
			.fixed_bytes = 18, .names = 1, .tail_bytes = RB_RDATA_TAIL_ANY};
	case TYPE_NXT:
		return (struct rb_rdata_layout){.names = 1, .tail_bytes = RB_RDATA_TAIL_ANY};
	default:
		return (struct rb_rdata_layout){.names = 0};
	}
}

bool rb_rdata_is_meta(uint16_t type)
{
	return !type || type == RB_TYPE_OPT || (type >= 128 && type <= 255);
}

bool rb_rdata_is_dnssec(uint16_t type)
{
	switch (type) {
	case TYPE_SIG:
	case TYPE_KEY:
	case TYPE_NXT:
	case RB_TYPE_DS:
	case RB_TYPE_RRSIG:
	case RB_TYPE_NSEC:
	case RB_TYPE_DNSKEY:
	case RB_TYPE_NSEC3:
	case TYPE_NSEC3PARAM:
		return true;
	default:
		return false;
	}
}
