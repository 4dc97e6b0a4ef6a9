/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In what two servers' replies to one query differ, decoded by ldns.
 */
#ifndef RB_TESTS_REPLY_DIFF_H
#define RB_TESTS_REPLY_DIFF_H

#include <stddef.h>
#include <stdint.h>

struct reply {
	uint8_t *bytes; /* NULL: none came */
	size_t len;
};

/* X(identifier, name) */
#define REPLY_DIFFERENCES(X)                                                                       \
	X(SILENT_A, "no reply of runbound")                                                        \
	X(SILENT_B, "no reply of Unbound")                                                         \
	X(MALFORMED_A, "runbound's reply is malformed")                                            \
	X(MALFORMED_B, "Unbound's reply is malformed")                                             \
	X(RCODE, "rcode")                                                                          \
	X(OPCODE, "opcode")                                                                        \
	X(QR, "QR")                                                                                \
	X(AA, "AA")                                                                                \
	X(TC, "TC")                                                                                \
	X(RD, "RD")                                                                                \
	X(RA, "RA")                                                                                \
	X(AD, "AD")                                                                                \
	X(CD, "CD")                                                                                \
	X(QUESTION, "question")                                                                    \
	X(ANSWER, "answer section")                                                                \
	X(AUTHORITY, "authority section")                                                          \
	X(ADDITIONAL, "additional section")                                                        \
	X(TTL, "TTLs")                                                                             \
	X(EDNS, "OPT there or not")                                                                \
	X(EDNS_SIZE, "OPT's size")                                                                 \
	X(EDNS_FLAGS, "OPT's flags or version")                                                    \
	X(OPTIONS, "EDNS options")                                                                 \
	X(TRAILING, "bytes behind the message")

enum reply_difference {
#define X(id, name) REPLY_##id##_BIT,
	REPLY_DIFFERENCES(X)
#undef X
#define X(id, name) REPLY_##id = 1u << REPLY_##id##_BIT,
		REPLY_DIFFERENCES(X)
#undef X
};

/* Bits of enum reply_difference. TTLs may differ by tolerance_s; sets are compared without order.
 */
uint32_t reply_diff(const struct reply *a, const struct reply *b, uint32_t tolerance_s);

/* The differences' names, joined. */
void reply_diff_text(uint32_t differences, char *out, size_t out_len);

#endif
