/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Make a key and a self-signed certificate: runbound --make-cert.
 *
 * Thread: main, instead of serving. Errors: 0 or -errno, logged.
 */
#ifndef RB_SERVE_MAKE_CERT_H
#define RB_SERVE_MAKE_CERT_H

/*
 * For this name or address, write NAME.key, which only its owner can read, and NAME.pem to the
 * working directory. Existing files are an error and stay unchanged. Prints what to do with the
 * files.
 */
int rb_make_cert(const char *name);

#endif
