/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Responses as string literals: a header with counts, the question a.example A, the fixed part of a
 * record of TTL 300, an address for the question's name.
 */
#ifndef TESTS_WIRE_TEXT_H
#define TESTS_WIRE_TEXT_H

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1
#define HEAD(an, ns, ar)                                                                           \
	"\0\0\201\200"                                                                             \
	"\0\1"                                                                                     \
	"\0" an "\0" ns "\0" ar
#define QUESTION                                                                                   \
	"\1a\7example\0"                                                                           \
	"\0\1\0\1"
#define FIXED(t, len)                                                                              \
	t "\0\1"                                                                                   \
	  "\0\0\1\54"                                                                              \
	  "\0" len
#define ADDRESS "\300\14" FIXED("\0\1", "\4") "\300\0\2\1"

#endif
