/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSSL, as a client of a dnstap receiver. */
#include "serve/dnstap_tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "util/log.h"

static const char *why(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_last_error());

	return text ? text : "no memory";
}

/* A daemon cannot ask anybody for a password. */
static int no_password(char *buffer, int size, int writing, void *context)
{
	(void)buffer, (void)size, (void)writing, (void)context;
	return 0;
}

static bool authorities_add(SSL_CTX *tls, BIO *pem)
{
	X509_STORE *store = SSL_CTX_get_cert_store(tls);
	unsigned int count = 0;
	X509 *certificate;

	while ((certificate = PEM_read_bio_X509_AUX(pem, NULL, no_password, NULL))) {
		count += (unsigned int)X509_STORE_add_cert(store, certificate);
		X509_free(certificate);
	}
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	return count;
}

static bool key_use(SSL_CTX *tls, BIO *pem)
{
	EVP_PKEY *key = PEM_read_bio_PrivateKey(pem, NULL, no_password, NULL);
	bool used = key && SSL_CTX_use_PrivateKey(tls, key) == 1;

	EVP_PKEY_free(key);
	return used;
}

static bool certificates_use(SSL_CTX *tls, BIO *pem)
{
	X509 *next, *first = PEM_read_bio_X509_AUX(pem, NULL, no_password, NULL);
	bool used = first && SSL_CTX_use_certificate(tls, first) == 1;

	X509_free(first);
	while (used && (next = PEM_read_bio_X509(pem, NULL, no_password, NULL)))
		if (SSL_CTX_add0_chain_cert(tls, next) != 1) {
			X509_free(next);
			used = false;
		}
	return used;
}

static int file_use(SSL_CTX *tls, const struct rb_tls_file *file)
{
	BIO *pem = BIO_new_mem_buf(file->text, (int)file->bytes);
	bool used;

	if (!pem)
		return -ENOMEM;
	if (!strcmp(file->directive, RB_DNSTAP_KEY_FILE))
		used = key_use(tls, pem);
	else if (!strcmp(file->directive, RB_DNSTAP_CERT_FILE))
		used = certificates_use(tls, pem);
	else
		used = authorities_add(tls, pem);
	BIO_free(pem);
	if (!used)
		rb_log_error("%s:%u: %s: '%s' is of no use: %s", file->named_in, file->line,
			     file->directive, file->path, why());
	ERR_clear_error();
	return used ? 0 : -EINVAL;
}

int rb_dnstap_tls_new(const struct rb_config_dnstap *config, SSL_CTX **ret_tls)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	int err = tls && SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) ? 0 : -ENOMEM;

	/* The certificate comes before the key, which must match it. */
	for (size_t i = 0; i < config->files.count && !err; i++)
		err = file_use(tls, &config->files.list[i]);
	if (err) {
		SSL_CTX_free(tls);
		return err;
	}
	SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	*ret_tls = tls;
	return 0;
}
