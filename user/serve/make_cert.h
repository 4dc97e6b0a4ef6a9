/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A key and a certificate that nobody vouches for, to begin with: runbound --make-cert.
 *
 * Thread: main, instead of serving. Errors: 0 or -errno, logged.
 */
#ifndef RB_SERVE_MAKE_CERT_H
#define RB_SERVE_MAKE_CERT_H

/*
 * For this name or address: NAME.key, which its owner alone may read, and NAME.pem, here. Files that
 * are there are left alone, which is an error. Says what to do with them.
 */
int rb_make_cert(const char *name);

#endif
