/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A certificate's names and expiry, for people.
 *
 * Thread: any. Errors: 0 or -errno.
 */
#ifndef RB_SERVE_CERTIFICATE_H
#define RB_SERVE_CERTIFICATE_H

#include <openssl/ssl.h>
#include <stdint.h>

struct rb_certificate {
	char names[256]; /* separated by blanks; "..." at the end if there are more */
	int64_t ends_s;  /* since 1970 */
};

/* -ENOENT: no certificate. */
int rb_certificate_of(const SSL_CTX *tls, struct rb_certificate *ret_certificate);

/* "names, expires 2027-01-01 12:00 UTC, in 35 days" */
void rb_certificate_text(const struct rb_certificate *certificate, char *out, size_t room);

#endif
