/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DNS messages over TCP (RFC 7766), with one deadline for all that is done on a connection.
 *
 * Thread: one. Errors: 0 or -errno; -ETIMEDOUT past the deadline.
 * Units:  deadlines as rb_clock_ns().
 */
#ifndef RB_FETCH_STREAM_H
#define RB_FETCH_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* source: the address to connect from; NULL: the system chooses. */
int rb_fetch_connect(const struct sockaddr_storage *addr, const struct sockaddr_storage *source,
		     uint64_t deadline_ns, int *ret_fd);

int rb_fetch_send(int fd, const uint8_t *message, size_t len, uint64_t deadline_ns);

/* message: room for 65535 bytes. */
int rb_fetch_receive(int fd, uint8_t *message, size_t *ret_len, uint64_t deadline_ns);

/* A question with a random identity, RD as said: HEADER, question. Into 512 bytes. */
size_t rb_fetch_question(const uint8_t *name, size_t name_len, uint16_t type, uint16_t flags,
			 uint8_t *out);

#endif
