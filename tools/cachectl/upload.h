/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers sent to the daemon as a record stream, and what it says of them. */
#ifndef CACHECTL_UPLOAD_H
#define CACHECTL_UPLOAD_H

#include "cachectl.h"
#include "import/input.h"

struct upload_opts {
	bool pinned;
	bool trusted; /* for names that the daemon validates, too */
};

struct upload_result {
	uint64_t sent; /* answers */
	char *answer;  /* of the daemon; free() */
};

/*
 * All answers of the input to the daemon at the socket. 0 or -errno: of the connection, of the
 * input; a daemon that says no has an answer that begins with "error".
 */
int upload(const struct cachectl *ctl, struct rb_import_input *input,
	   const struct upload_opts *opts, struct rb_import_problems *problems,
	   struct upload_result *ret_result);

#endif
