/* SPDX-License-Identifier: BSD-2-Clause */
/* A client by TCP of the server in server_fixture.h. */
#ifndef RB_TESTS_TCP_CLIENT_H
#define RB_TESTS_TCP_CLIENT_H

#include "server_fixture.h"

int connect_to(const struct fixture *fixture);

/* A query with its length in front. */
size_t framed_make(const char *name, ldns_rr_type type, uint8_t out[514]);

/* The next reply; NULL: the server closed. */
ldns_pkt *reply_read(int fd);

/* Ask for a.local.example, and expect its address. */
void expect_answer(int fd);

bool is_closed_within(int fd, int timeout_ms);

#endif
