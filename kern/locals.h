/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The addresses of an interface, as its program compares them with those of a packet. */
#ifndef RB_LOCALS_H
#define RB_LOCALS_H

#include "abi.h"

/*
 * A served address of an interface, or of a VLAN on it. vlan: its number in rb_knobs.vlans, from 1
 * on; 0: the interface itself, whose frames have no tag. Unused entries have port 0.
 *
 * That of IPv4 is one word, as in a packet: behind the address there is the client's port, in whose
 * place the VLAN is, and then ours.
 */
struct rb_local4 {
	__be32 addr;
	__u16 vlan;
	__be16 port;
} __attribute__((aligned(8)));

struct rb_local6 {
	__be32 addr[4];
	__be16 port;
	__u16 vlan;
};

/* An IPv6 address. */
struct rb_addr6 {
	__be32 addr[4];
};

/* A VLAN whose frames are answered on the interface below it. */
struct rb_vlan {
	__u64 tags;  /* a tag is 32 bits, protocol << 16 | id; of two the outer one is the upper */
	__u8 mac[6]; /* the VLAN device's own */
	__u16 zero;  /* mac is compared as a word */
};

#endif
