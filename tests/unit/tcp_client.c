/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcp_client.h"

size_t framed_make(const char *name, ldns_rr_type type, uint8_t out[514])
{
	size_t len = query_make(name, type, LDNS_RD, 0, out + 2);

	out[0] = (uint8_t)(len >> 8);
	out[1] = (uint8_t)len;
	return len + 2;
}

/* Exactly len bytes; false: the server closed. */
static bool read_all(int fd, uint8_t *out, size_t len)
{
	while (len) {
		ssize_t got;

		assert_true(is_readable(fd, REPLY_MS));
		got = read(fd, out, len);
		if (got <= 0)
			return false;
		out += got;
		len -= (size_t)got;
	}
	return true;
}

ldns_pkt *reply_read(int fd)
{
	uint8_t prefix[2], message[65535];
	ldns_pkt *packet = NULL;
	size_t len;

	if (!read_all(fd, prefix, 2))
		return NULL;
	len = (size_t)(prefix[0] << 8 | prefix[1]);
	assert_true(read_all(fd, message, len));
	assert_int_equal(ldns_wire2pkt(&packet, message, len), LDNS_STATUS_OK);
	return packet;
}

bool is_closed_within(int fd, int timeout_ms)
{
	uint8_t byte;

	return is_readable(fd, timeout_ms) && read(fd, &byte, 1) <= 0;
}

int connect_to(const struct fixture *fixture)
{
	return client_open(SOCK_STREAM, NULL, "127.0.0.1", fixture->port);
}

void expect_answer(int fd)
{
	_cleanup_packet_ ldns_pkt *reply = NULL;
	uint8_t query[514];
	size_t len = framed_make("a.local.example.", LDNS_RR_TYPE_A, query);

	assert_int_equal(send(fd, query, len, MSG_NOSIGNAL), len);
	reply = reply_read(fd);
	assert_non_null(reply);
	assert_int_equal(ldns_pkt_ancount(reply), 1);
}
