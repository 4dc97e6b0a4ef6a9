/* SPDX-License-Identifier: BSD-2-Clause */
/* Macros for the files with tables of directives, and only for these. */
#ifndef RB_CONFIG_TABLE_H
#define RB_CONFIG_TABLE_H

#include "config/directives.h"

/* The kinds of values. */
#define TEXT            .kinds = {RB_VALUE_TEXT}
#define TEXT2           .kinds = {RB_VALUE_TEXT, RB_VALUE_TEXT}
#define TEXT3           .kinds = {RB_VALUE_TEXT, RB_VALUE_TEXT, RB_VALUE_TEXT}
#define YESNO           .kinds = {RB_VALUE_YESNO}
#define NUMBERS         .kinds = {RB_VALUE_NUMBERS}
#define NUMBER          .kinds = {RB_VALUE_NUMBER}, .max = INT32_MAX
#define RANGE(low, top) .kinds = {RB_VALUE_NUMBER}, .min = (low), .max = (top)
#define POSITIVE        RANGE(1, INT32_MAX)
#define PORT            RANGE(1, UINT16_MAX)
#define PORTS           .kinds = {RB_VALUE_PORTS}
#define SIZE            .kinds = {RB_VALUE_SIZE}
#define SIZE_MIN(low)   .kinds = {RB_VALUE_SIZE}, .min = (low)
#define ADDRESS         .kinds = {RB_VALUE_ADDRESS}
#define NETBLOCK        .kinds = {RB_VALUE_NETBLOCK}
#define BLOCK_TEXT      .kinds = {RB_VALUE_NETBLOCK, RB_VALUE_TEXT}
#define BLOCK_TEXT2     .kinds = {RB_VALUE_NETBLOCK, RB_VALUE_TEXT, RB_VALUE_TEXT}
#define DOMAIN          .kinds = {RB_VALUE_DOMAIN}
#define DOMAIN_TEXT     .kinds = {RB_VALUE_DOMAIN, RB_VALUE_TEXT}
#define DOMAIN_NUMBER   .kinds = {RB_VALUE_DOMAIN, RB_VALUE_NUMBER}, .max = INT32_MAX
#define HOST            .kinds = {RB_VALUE_HOST}
#define FILE_NAME       .kinds = {RB_VALUE_FILE}
#define PATH            .kinds = {RB_VALUE_PATH}

/* What we do with a directive. */
#define FIELD(name)                                                                                \
	.offset = offsetof(struct rb_config, name),                                                \
	.width = sizeof(((struct rb_config *)NULL)->name)
#define OURS(field) .effect = RB_EFFECT_HANDLED, FIELD(field)
#define BOTH(field) .effect = RB_EFFECT_HANDLED, FIELD(field), .passed = true
#define PASSED      .effect = RB_EFFECT_HANDLED, .passed = true
#define NEWER_PASSED(asks_nothing)                                                                 \
	.effect = RB_EFFECT_HANDLED, .passed = true, .newer = true, .inert = (asks_nothing)
#define OURS_CALL(field, function) OURS(field), .handle = (function)
#define SHARED                     .effect = RB_EFFECT_HANDLED, .shared = true
#define CALL(function)             .effect = RB_EFFECT_HANDLED, .handle = (function)
#define CALL_PASS(function)        CALL(function), .passed = true
#define OTHER_PORT(what)           CALL(rb_handle_other_port), .note = (what)
#define NOTHING                    .effect = RB_EFFECT_NONE
#define IGNORED(asks_nothing, what)                                                                \
	.effect = RB_EFFECT_IGNORED, .inert = (asks_nothing), .note = (what)
#define REFUSED(asks_nothing, why)                                                                 \
	.effect = RB_EFFECT_REFUSED, .inert = (asks_nothing), .note = (why)

/*
 * Unbound's own test scenarios need these directives. A build that supports them is only for
 * replaying such scenarios: it accepts signatures without checking them.
 */
#ifdef RB_TEST_DIRECTIVES
#define FAKE_SIGNATURES PASSED
#else
#define FAKE_SIGNATURES REFUSED("no", "it accepts signatures without a check")
#endif

/* Notes that several directives share. */
#define STATISTICS   "statistics are not in shared memory: unbound-control stats has them"
#define TLS_VERSIONS "TLS is spoken in versions 1.2 and 1.3"
#define SUBNET       "client subnets are not sent, and would be needed to tell the answers apart"
#define IPSEC        "there is no ipsecmod"
#define COOKIES      "clients are not asked for cookies, and get none"

#define END                                                                                        \
	{                                                                                          \
		.name = NULL                                                                       \
	}

/* The directives of the clause server:. */
extern const struct rb_directive rb_server_directives[];

#endif
