/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A real authoritative server (knotd) on a free port of 127.0.0.1, with zones of its own making:
 *
 *	secure.example   signed
 *	bogus.example    signed, the signature of `a` A corrupted
 *	expired.example  signed long ago
 *	early.example    not yet valid
 *	stripped.example its trust anchor is there, its signatures are not
 *	plain.example    not signed
 *
 * Each has a (two A), alias -> alias2 -> a, big (20 TXT), zero (TTL 0), short (TTL 3), *.w (A).
 *
 * Errors: 0 or -errno, and what failed on stderr.
 */
#ifndef RB_TESTS_AUTHORITY_H
#define RB_TESTS_AUTHORITY_H

#include <stdint.h>
#include <sys/types.h>

struct rb_authority {
	char dir[64]; /* holds ZONE.anchor for each signed zone */
	uint16_t port;
	pid_t pid;
};

int rb_authority_start(struct rb_authority *ret_authority);
void rb_authority_stop(struct rb_authority *authority);

/* A bound UDP socket on 127.0.0.1 and its port; -errno. */
int rb_loopback_socket(uint16_t *ret_port);

#endif
