/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queries as string literals: headers with flags and counts, the question a.example A, and what may
 * stand behind it.
 */
#ifndef RB_TESTS_QUERY_TEXT_H
#define RB_TESTS_QUERY_TEXT_H

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1
#define QNAME    "\1a\7example\0"
#define QTYPE(t) QNAME t "\0\1"
#define QUESTION QTYPE("\0\1")
#define RECORD                                                                                     \
	"\1x\0"                                                                                    \
	"\0\1\0\1"                                                                                 \
	"\0\0\0\0"                                                                                 \
	"\0\4\1\2\3\4"
#define SIGNATURE                                                                                  \
	"\1k\0"                                                                                    \
	"\0\372\0\377"                                                                             \
	"\0\0\0\0"                                                                                 \
	"\0\0"

/* flags and counts as strings of their bytes: HEAD("\1\0", "\1", "\0", "\0", "\0"). */
#define HEAD(flags, qd, an, ns, ar) "\x12\x34" flags "\0" qd "\0" an "\0" ns "\0" ar
#define RD                          "\1\0"
#define PLAIN                       HEAD(RD, "\1", "\0", "\0", "\0")
#define WITH_AR                     HEAD(RD, "\1", "\0", "\0", "\1")

/* OPT: version and flags, then the length of the options and the options. */
#define OPT(version, flags, len, options)                                                          \
	"\0"                                                                                       \
	"\0\51\4\320"                                                                              \
	"\0" version flags len options
#define OPT_PLAIN OPT("\0", "\0\0", "\0\0", "")

#endif
