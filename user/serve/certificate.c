/* SPDX-License-Identifier: BSD-2-Clause */
/* Describes a certificate as text. */
#include "serve/certificate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_S 86400
#define MORE  "..."

/* Whoever made the certificate chose its names: only plain text may reach a terminal. */
static void name_append(struct rb_certificate *certificate, const char *name, size_t len)
{
	size_t used = strlen(certificate->names), room = sizeof(certificate->names) - used;

	if (used >= strlen(MORE) && !strcmp(certificate->names + used - strlen(MORE), MORE))
		return;
	if (len + 2 + sizeof(MORE) > room) {
		snprintf(certificate->names + used, room, " " MORE);
		return;
	}
	if (used)
		certificate->names[used++] = ' ';
	for (size_t i = 0; i < len; i++)
		certificate->names[used++] = name[i] > ' ' && name[i] < 0x7f ? name[i] : '?';
	certificate->names[used] = '\0';
}

static void alternative_append(struct rb_certificate *certificate, const GENERAL_NAME *name)
{
	char text[INET6_ADDRSTRLEN];
	const unsigned char *data;
	int type, len;
	const ASN1_STRING *string = GENERAL_NAME_get0_value(name, &type);

	if (type != GEN_DNS && type != GEN_IPADD)
		return;
	data = ASN1_STRING_get0_data(string);
	len = ASN1_STRING_length(string);
	if (type == GEN_DNS)
		name_append(certificate, (const char *)data, (size_t)len);
	else if ((len == 4 || len == 16) &&
		 inet_ntop(len == 4 ? AF_INET : AF_INET6, data, text, sizeof(text)))
		name_append(certificate, text, strlen(text));
}

int rb_certificate_of(const SSL_CTX *tls, struct rb_certificate *ret_certificate)
{
	const X509 *x509 = tls ? SSL_CTX_get0_certificate(tls) : NULL;
	GENERAL_NAMES *names;
	struct tm ends;

	if (!x509)
		return -ENOENT;
	*ret_certificate = (struct rb_certificate){0};
	names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		alternative_append(ret_certificate, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	if (ASN1_TIME_to_tm(X509_get0_notAfter(x509), &ends) == 1)
		ret_certificate->ends_s = timegm(&ends);
	ERR_clear_error();
	return 0;
}

void rb_certificate_text(const struct rb_certificate *certificate, char *out, size_t room)
{
	time_t ends = (time_t)certificate->ends_s, now = time(NULL);
	char when[32] = "?";
	struct tm parts;

	if (gmtime_r(&ends, &parts))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &parts);
	if (ends > now)
		snprintf(out, room, "%s, expires %s UTC, in %jd days",
			 *certificate->names ? certificate->names : "of no name", when,
			 (intmax_t)(ends - now) / DAY_S);
	else
		snprintf(out, room, "%s, expired %s UTC",
			 *certificate->names ? certificate->names : "of no name", when);
}
