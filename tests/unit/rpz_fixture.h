/* SPDX-License-Identifier: BSD-2-Clause */
/* Response policy zones in files, and cases of responses that these judge. */
#ifndef RB_TESTS_RPZ_FIXTURE_H
#define RB_TESTS_RPZ_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include "config/config.h"

#define RPZ_ZONES 4

/* The configuration of this text, in which each %s stands for the file of the next zone. */
struct rb_config *rpz_config_read(const char *conf, const char *const zones[RPZ_ZONES]);

struct response_case {
	const char *client, *qname; /* client NULL: one of whom nothing is said */
	uint16_t qtype;
	const char *answer;
	const char
		*verdict; /* as verdict_text() has it, and " server" where a name server decides */
	unsigned int kept;
	const char *owner; /* NULL: does not matter */
	const char *authority, *additional;
};

/* The response on the wire; free(). */
uint8_t *response_wire(const struct response_case *one, size_t *ret_len);

/* The verdicts on the responses are what the cases say. */
void responses_check(const struct rb_config *config, const struct response_case *cases,
		     size_t count);

#endif
