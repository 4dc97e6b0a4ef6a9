/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The authoritative server of bench.example behind the resolvers: one thread, UDP, answers made
 * from the name alone, so that there are as many names as anyone likes. It says RA too, for
 * forwarders.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kern/wire.h"
#include "tools/bench/lib/response.h"

#define BATCH       64
#define TTL_S       86400
#define MESSAGE_MAX 1500

/* RCODE into the header of a query that is answered without records. */
static size_t header_only(uint8_t *message, uint16_t rcode)
{
	message[2] = 0x85; /* QR, AA, RD */
	message[3] = (uint8_t)(0x80 | rcode);
	memset(message + 6, 0, 6);
	return BENCH_BODY_OFFSET;
}

static int is_lower_equal(const uint8_t *name, const char *lower, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((name[i] | (name[i] >= 'A' && name[i] <= 'Z' ? 0x20 : 0)) != (uint8_t)lower[i])
			return 0;
	return 1;
}

/* The zone's own name, or one that is not of the bench's: no data. */
static size_t answer_other(uint8_t *message, size_t len)
{
	size_t end = 12;

	while (end < len && message[end])
		end += (size_t)message[end] + 1;
	end += 1 + RB_QUESTION_TAIL;
	if (end > len)
		return 0;
	header_only(message, RB_RCODE_NOERROR);
	return end;
}

static size_t answer(uint8_t *message, size_t len)
{
	struct bench_response response;
	const uint8_t *opt = message + BENCH_BODY_OFFSET;
	uint64_t label = 0;
	uint16_t type;
	int has_opt, dnssec_ok;

	if (len < 12 + 5 || message[2] & 0x80)
		return 0;
	if (len < BENCH_BODY_OFFSET || message[12] != 7 ||
	    !is_lower_equal(message + BENCH_ZONE_OFFSET, BENCH_NAME_TAIL, sizeof(BENCH_NAME_TAIL)))
		return answer_other(message, len);
	for (int i = 7; i >= 0; i--) {
		uint8_t byte = message[12 + i];

		label = label << 8 | (uint8_t)(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);
	}
	type = (uint16_t)(message[BENCH_BODY_OFFSET - 4] << 8 | message[BENCH_BODY_OFFSET - 3]);
	has_opt = message[11] == 1 && len >= BENCH_BODY_OFFSET + RB_OPT_BYTES;
	dnssec_ok = has_opt && opt[7] & 0x80;
	bench_response_make((uint8_t)(label >> 8), bench_label_number(label), type, dnssec_ok,
			    TTL_S, &response);
	header_only(message, response.rcode);
	message[7] = (uint8_t)response.ancount;
	message[9] = (uint8_t)response.nscount;
	memcpy(message + BENCH_BODY_OFFSET, response.body, response.body_len);
	len = (size_t)BENCH_BODY_OFFSET + response.body_len;
	if (has_opt) {
		static const uint8_t opt_4096[RB_OPT_BYTES] = {0, 0, RB_TYPE_OPT, 0x10};

		message[11] = 1;
		memcpy(message + len, opt_4096, sizeof(opt_4096));
		message[len + 7] = dnssec_ok ? 0x80 : 0;
		len += RB_OPT_BYTES;
	}
	return len;
}

static int serve(int fd)
{
	static uint8_t messages[BATCH][MESSAGE_MAX];
	static struct sockaddr_storage addresses[BATCH];
	struct mmsghdr headers[BATCH];
	struct iovec vectors[BATCH];

	for (;;) {
		int received, replies = 0;

		for (int i = 0; i < BATCH; i++) {
			vectors[i] = (struct iovec){messages[i], 512};
			headers[i] =
				(struct mmsghdr){.msg_hdr = {.msg_name = &addresses[i],
							     .msg_namelen = sizeof(addresses[i]),
							     .msg_iov = &vectors[i],
							     .msg_iovlen = 1}};
		}
		received = recvmmsg(fd, headers, BATCH, MSG_WAITFORONE, NULL);
		if (received < 0)
			return -errno;
		for (int i = 0; i < received; i++) {
			size_t len = answer(messages[i], headers[i].msg_len);

			if (!len)
				continue;
			vectors[i].iov_len = len;
			headers[replies++] = headers[i];
		}
		if (replies)
			sendmmsg(fd, headers, (unsigned int)replies, 0);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int buffer = 8 << 20, fd;

	if (argc != 3 || inet_pton(AF_INET, argv[1], &address.sin_addr) != 1) {
		fprintf(stderr, "usage: authority ADDRESS PORT\n");
		return 2;
	}
	address.sin_port = htons((uint16_t)atoi(argv[2]));
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer));
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		perror("authority");
		return 1;
	}
	return serve(fd) ? 1 : 0;
}
