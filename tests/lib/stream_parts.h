/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts that the queries of lib/stream.h are put together from. */
#ifndef RB_TESTS_STREAM_PARTS_H
#define RB_TESTS_STREAM_PARTS_H

#include <stdbool.h>

#include "lib/stream.h"

#define STREAM_HEADER   12  /* bytes of the DNS header */
#define STREAM_NAME_MAX 255 /* bytes of a name */

/* A message as it is put together. What does not fit is left out: that is hostile too. */
void stream_put(struct stream_message *message, const void *bytes, size_t len);
void stream_put8(struct stream_message *message, uint32_t value);
void stream_put16(struct stream_message *message, uint32_t value);
void stream_put_random(struct prng *prng, struct stream_message *message, size_t len);

void stream_set16(struct stream_message *message, size_t offset, uint32_t value);

/* Dice. */
bool stream_one_in(struct prng *prng, uint32_t n);
uint32_t stream_pick(struct prng *prng, const uint16_t *values, size_t count);

#define STREAM_PICK(prng, ...)                                                                     \
	stream_pick(prng, (const uint16_t[]){__VA_ARGS__},                                         \
		    sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t))

void stream_put_header(struct prng *prng, struct stream_message *message);

/* As it is, in capitals, or in 0x20 style. */
void stream_case_mix(struct prng *prng, uint8_t *name, size_t len);

void stream_put_question(struct prng *prng, struct stream_message *message,
			 const struct stream_question *question);

/* Well-formed, whatever it means. */
void stream_put_option(struct prng *prng, struct stream_message *message);

/* What clients send, with up to as many options. */
void stream_put_opt(struct prng *prng, struct stream_message *message, bool dnssec_ok,
		    uint32_t options);

/* The length byte of a label at random, as an offset. */
size_t stream_any_label(struct prng *prng, const struct stream_question *question);

#endif
