/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to a primary, and what it answers. */
#include "fetch/talk.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "fetch/lookup.h"
#include "fetch/stream.h"
#include "util/cleanup.h"

#define DNS_PORT     53
#define HEADER_BYTES 12

int rb_talk_say(const struct rb_talk *talk, int err, const char *what)
{
	snprintf(talk->report->why, sizeof(talk->report->why), "%.80s: %.100s", talk->order->source,
		 what);
	return err;
}

/* --- who it is --- */

/* ADDRESS or NAME, either with @PORT. What follows '#' is for TLS, which is not used here. */
static int primary_find(struct rb_talk *talk, struct rb_fetch_addresses *ret_addresses)
{
	char host[RB_FETCH_SOURCE_MAX], *at;
	uint16_t port = DNS_PORT;

	snprintf(host, sizeof(host), "%s", talk->order->source);
	at = strchr(host, '@');
	if (at) {
		*at = '\0';
		port = (uint16_t)atoi(at + 1);
	}
	return rb_fetch_lookup(talk->order, host, port, talk->deadline_ns, ret_addresses,
			       talk->report->why);
}

int rb_talk_begin(struct rb_talk *talk)
{
	struct rb_fetch_addresses addresses;
	int err = primary_find(talk, &addresses);

	if (err)
		return err;
	rb_closep(&talk->fd);
	talk->fd = -1;
	err = -EHOSTUNREACH;
	for (size_t i = 0; i < addresses.count && talk->fd < 0; i++)
		err = rb_fetch_connect(&addresses.list[i], NULL, talk->deadline_ns, &talk->fd);
	return err ? rb_talk_say(talk, err, strerror(-err)) : 0;
}

/* --- questions --- */

/* For IXFR, with the SOA of the copy. The primary reads only its serial. */
static size_t question_make(const struct rb_fetch_order *order, uint16_t type, uint8_t *out)
{
	size_t len = rb_fetch_question(order->zone, order->zone_len, type, 0, out);
	uint8_t *soa = out + len;

	if (type != RB_TYPE_IXFR)
		return len;
	rb_bytes_put16(out + 8, 1);
	rb_bytes_put16(soa, 0xc00c);
	rb_bytes_put16(soa + 2, RB_TYPE_SOA);
	rb_bytes_put16(soa + 4, RB_CLASS_IN);
	memset(soa + 6, 0, 28);
	rb_bytes_put16(soa + 10, 22); /* two names of the root, five numbers */
	rb_bytes_put32(soa + 14, order->serial);
	return len + 34;
}

/* Whether it repeats the question, which messages behind the first may leave out (RFC 5936 2.2.1). */
static bool repeats_question(const struct rb_talk *talk, const uint8_t *question)
{
	size_t zone_len = talk->order->zone_len, room = talk->len - HEADER_BYTES;
	const uint8_t *name = talk->message + HEADER_BYTES;

	if (!rb_bytes_get16(talk->message + 4))
		return true;
	return room >= zone_len + 4 && rb_name_len(name, room) == (int)zone_len &&
	       rb_name_equal(name, zone_len, talk->order->zone, zone_len) &&
	       !memcmp(name + zone_len, question + HEADER_BYTES + zone_len, 4);
}

/* Receive the next message of the answer, and check its header. */
int rb_talk_next(struct rb_talk *talk, const uint8_t *question, uint64_t deadline_ns)
{
	int err = rb_fetch_receive(talk->fd, talk->message, &talk->len, deadline_ns);
	uint16_t flags;

	if (err)
		return rb_talk_say(talk, err,
				   err == -EPIPE ? "ended the connection" : strerror(-err));
	if (talk->len < HEADER_BYTES || memcmp(talk->message, question, 2) != 0)
		return rb_talk_say(talk, -EBADMSG, "answered something else");
	flags = rb_bytes_get16(talk->message + 2);
	if (!(flags & RB_FLAG_QR) || flags & (RB_FLAG_OPCODE | RB_FLAG_TC) ||
	    !repeats_question(talk, question))
		return rb_talk_say(talk, -EBADMSG, "answered something else");
	if (flags & RB_FLAG_RCODE) {
		const ldns_lookup_table *name =
			ldns_lookup_by_id(ldns_rcodes, flags & RB_FLAG_RCODE);

		return rb_talk_say(talk, -EPROTO, name ? name->name : "an error");
	}
	return 0;
}

/* A record without compression: as the library writes it. */
static int rr_take(const ldns_rr *rr, ldns_buffer *buffer, rb_talk_taker *take, void *context)
{
	struct rb_fetch_rr taken = {.type = (uint16_t)ldns_rr_get_type(rr),
				    .ttl_s = ldns_rr_ttl(rr)};
	const uint8_t *wire = ldns_buffer_begin(buffer);
	size_t owner_len = ldns_rdf_size(ldns_rr_owner(rr)), len;

	ldns_buffer_clear(buffer);
	if (ldns_rr2buffer_wire(buffer, rr, LDNS_SECTION_ANSWER) != LDNS_STATUS_OK)
		return -EBADMSG;
	len = ldns_buffer_position(buffer);
	if (len < owner_len + 10)
		return -EBADMSG;
	/* No part of the zone, like names outside of it. */
	if (ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN)
		return 0;
	taken.owner = wire;
	taken.owner_len = (uint16_t)owner_len;
	taken.rdata = wire + owner_len + 10;
	taken.rdata_len = (uint16_t)(len - owner_len - 10);
	return take(context, &taken);
}

/* The records of the answer section. */
int rb_talk_take(const struct rb_talk *talk, rb_talk_taker *take, void *context)
{
	unsigned int questions = rb_bytes_get16(talk->message + 4);
	unsigned int answers = rb_bytes_get16(talk->message + 6);
	ldns_buffer *buffer = ldns_buffer_new(2 * (size_t)RB_MESSAGE_MAX);
	size_t at = HEADER_BYTES;
	int err = buffer ? 0 : -ENOMEM;

	for (unsigned int i = 0; i < questions + answers && !err; i++) {
		ldns_rr *rr = NULL;
		ldns_status status =
			ldns_wire2rr(&rr, talk->message, talk->len, &at,
				     i < questions ? LDNS_SECTION_QUESTION : LDNS_SECTION_ANSWER);

		if (status != LDNS_STATUS_OK)
			err = status == LDNS_STATUS_MEM_ERR ? -ENOMEM : -EBADMSG;
		else if (i >= questions)
			err = rr_take(rr, buffer, take, context);
		if (status == LDNS_STATUS_OK)
			ldns_rr_free(rr);
	}
	ldns_buffer_free(buffer);
	return err;
}

int rb_talk_ask(struct rb_talk *talk, uint16_t type, uint8_t *question)
{
	size_t len = question_make(talk->order, type, question);
	int err = rb_fetch_send(talk->fd, question, len, talk->deadline_ns);

	return err ? rb_talk_say(talk, err, strerror(-err)) : 0;
}
