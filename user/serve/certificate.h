/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a certificate says to people: for whom it is, and until when.
 *
 * Thread: any. Errors: 0 or -errno.
 */
#ifndef RB_SERVE_CERTIFICATE_H
#define RB_SERVE_CERTIFICATE_H

#include <openssl/ssl.h>
#include <stdint.h>

struct rb_certificate {
	char names[256]; /* that it is for, a blank between them; "..." behind more of them */
	int64_t ends_s;  /* since 1970 */
};

/* -ENOENT: there is none. */
int rb_certificate_of(const SSL_CTX *tls, struct rb_certificate *ret_certificate);

/* "names, expires 2027-01-01 12:00 UTC, in 35 days" */
void rb_certificate_text(const struct rb_certificate *certificate, char *out, size_t room);

#endif
