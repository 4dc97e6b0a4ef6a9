/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSSL, as a server of clients. */
#include "serve/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "config/messages.h"
#include "serve/tickets.h"
#include "util/cleanup.h"

/* For TLS 1.2: authenticated, with forward secrecy. All ciphers of 1.3 are that. */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"

#define DAY_S (24 * 60 * 60)

/* The SSL_CTX that is being made, and its files. */
struct making {
	const struct rb_tls_files *files;
	struct rb_tls_findings *findings;
	SSL_CTX *tls;
	X509 *certificate; /* the first, which is ours */
};

static const struct rb_tls_file *key_of(const struct rb_tls_files *files)
{
	return &files->list[0];
}

static const struct rb_tls_file *certificates_of(const struct rb_tls_files *files)
{
	return &files->list[1];
}

__attribute__((format(printf, 3, 4))) static void
say(struct rb_tls_finding *finding, const struct rb_tls_file *file, const char *format, ...)
{
	size_t len;
	va_list args;

	finding->location = (struct rb_location){file->named_in, file->line};
	snprintf(finding->text, sizeof(finding->text), "%s: '%s': ", file->directive, file->path);
	len = strlen(finding->text);
	va_start(args, format);
	vsnprintf(finding->text + len, sizeof(finding->text) - len, format, args);
	va_end(args);
}

static const char *why(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_last_error());

	return text ? text : "no memory";
}

/* A daemon cannot ask anybody for a password. context: set to whether one is wanted, or NULL. */
static int no_password(char *buffer, int size, int writing, void *context)
{
	bool *wanted = context;

	(void)buffer, (void)size, (void)writing;
	if (wanted)
		*wanted = true;
	return -1;
}

static BIO *text_of(const struct rb_tls_file *file)
{
	return BIO_new_mem_buf(file->text, (int)file->bytes);
}

static int certificates_use(struct making *making)
{
	const struct rb_tls_file *file = certificates_of(making->files);
	BIO *pem = text_of(file);
	X509 *next;
	int err = 0;

	if (!pem)
		return -ENOMEM;
	making->certificate = PEM_read_bio_X509_AUX(pem, NULL, no_password, NULL);
	if (!making->certificate || SSL_CTX_use_certificate(making->tls, making->certificate) != 1)
		err = -EINVAL;
	while (!err && (next = PEM_read_bio_X509(pem, NULL, no_password, NULL))) {
		if (SSL_CTX_add0_chain_cert(making->tls, next) == 1)
			continue;
		X509_free(next);
		err = -EINVAL;
	}
	if (err)
		say(&making->findings->error, file, "no certificate is to be had from it: %s",
		    why());
	BIO_free(pem);
	ERR_clear_error();
	return err;
}

static int key_use(struct making *making)
{
	const struct rb_tls_file *file = key_of(making->files);
	BIO *pem = text_of(file);
	bool wants_password = false;
	EVP_PKEY *key;
	int err = 0;

	if (!pem)
		return -ENOMEM;
	key = PEM_read_bio_PrivateKey(pem, NULL, no_password, &wants_password);
	if (!key) {
		say(&making->findings->error, file, "no key is to be had from it: %s",
		    wants_password ? "it is protected by a password ('openssl pkey' removes that)"
				   : why());
		err = -EINVAL;
	} else if (SSL_CTX_use_PrivateKey(making->tls, key) != 1 ||
		   SSL_CTX_check_private_key(making->tls) != 1) {
		say(&making->findings->error, file,
		    "it is not the key of the certificate in '%s' (tls-service-pem)",
		    certificates_of(making->files)->path);
		err = -EINVAL;
	}
	EVP_PKEY_free(key);
	BIO_free(pem);
	ERR_clear_error();
	return err;
}

/* Days and hours from now; false: the certificate's date cannot be read. */
static bool time_left(const X509 *certificate, long *ret_s)
{
	int days, seconds;

	if (!ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)))
		return false;
	*ret_s = (long)days * DAY_S + seconds;
	return true;
}

static void expiry_see(const struct making *making)
{
	const struct rb_tls_file *file = certificates_of(making->files);
	struct rb_tls_finding *warning = &making->findings->warning;
	long left_s;

	if (X509_cmp_current_time(X509_get0_notBefore(making->certificate)) > 0)
		say(warning, file, "the certificate is not valid yet: clients will refuse it");
	else if (!time_left(making->certificate, &left_s))
		say(warning, file, "the certificate's end cannot be read");
	else if (left_s <= 0)
		say(warning, file, "the certificate has expired: clients refuse it");
	else if (left_s < RB_TLS_EXPIRY_DAYS * (long)DAY_S)
		say(warning, file, "the certificate expires in %ld days and %ld hours",
		    left_s / DAY_S, left_s % DAY_S / 3600);
}

/* Whether clients that follow designated-resolver: will accept the certificate (RFC 9462 4.2). */
static void name_see(const struct rb_config *config, const struct making *making)
{
	const char *name = config->discovery.name ?: "";
	size_t len = strlen(name);

	if (len && name[len - 1] == '.')
		len--;
	if (len && X509_check_host(making->certificate, name, len, 0, NULL) != 1)
		say(&making->findings->warning, certificates_of(making->files),
		    "the certificate is not for '%.*s' (designated-resolver), so clients that are "
		    "told of it refuse it",
		    (int)len, name);
	ERR_clear_error();
}

static int ciphers_set(const struct rb_config *config, struct making *making)
{
	const char *ciphers = config->tls_ciphers && *config->tls_ciphers ? config->tls_ciphers
									  : CIPHERS;
	const char *suites = config->tls_ciphersuites ? config->tls_ciphersuites : "";
	struct rb_tls_finding *error = &making->findings->error;
	bool wrong = SSL_CTX_set_cipher_list(making->tls, ciphers) != 1;

	if (!wrong && (!*suites || SSL_CTX_set_ciphersuites(making->tls, suites) == 1))
		return 0;
	ERR_clear_error();
	error->location = config->tls_ciphers_location;
	snprintf(error->text, sizeof(error->text), "%s: OpenSSL has no ciphers of that name: '%s'",
		 wrong ? "tls-ciphers" : "tls-ciphersuites", wrong ? ciphers : suites);
	return -EINVAL;
}

/*
 * RFC 7301 3.2: choose the protocol that is served here from the client's offer, or end the
 * connection. Older versions of HTTP are accepted, too, to tell clients that they are not served.
 */
static int on_alpn(SSL *ssl, const unsigned char **ret_name, unsigned char *ret_len,
		   const unsigned char *offered, unsigned int offered_len, void *context)
{
	static const unsigned char dot[] = "\3dot", http[] = "\2h2\10http/1.1";
	static const struct {
		const unsigned char *names;
		unsigned int len;
	} ours[] = {
		[RB_SPEECH_TLS] = {dot, sizeof(dot) - 1},
		[RB_SPEECH_HTTPS] = {http, sizeof(http) - 1},
	};
	const enum rb_speech *speech = SSL_get_app_data(ssl);
	unsigned char *chosen;

	(void)context;
	if (SSL_select_next_proto(&chosen, ret_len, ours[*speech].names, ours[*speech].len, offered,
				  offered_len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*ret_name = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* Keep no more memory for a connection than it needs: clients keep sessions, as tickets. */
static void options_set(SSL_CTX *tls)
{
	SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
	SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
					 SSL_OP_CIPHER_SERVER_PREFERENCE |
					 SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	/* For rb_conduit_read(). */
	SSL_CTX_set_read_ahead(tls, 1);
	SSL_CTX_set_alpn_select_cb(tls, on_alpn, NULL);
}

int rb_tls_new(const struct rb_config *config, const struct rb_tls_files *files,
	       struct rb_tls_findings *ret_findings, SSL_CTX **ret_tls)
{
	struct making making = {.files = files, .findings = ret_findings};
	int err;

	*ret_findings = (struct rb_tls_findings){0};
	making.tls = SSL_CTX_new(TLS_server_method());
	if (!making.tls)
		return -ENOMEM;
	options_set(making.tls);
	err = ciphers_set(config, &making);
	if (!err)
		err = certificates_use(&making);
	if (!err)
		err = key_use(&making);
	if (!err)
		err = rb_tickets_set(making.tls, files, &ret_findings->error);
	if (!err) {
		name_see(config, &making);
		expiry_see(&making);
	}
	X509_free(making.certificate);
	if (err) {
		SSL_CTX_free(making.tls);
		return err;
	}
	*ret_tls = making.tls;
	return 0;
}

int rb_tls_check(struct rb_config *config)
{
	struct rb_tls_findings findings;
	SSL_CTX *tls = NULL;
	int err, said = 0;

	if (!rb_secure_has_key(&config->secure))
		return 0;
	err = rb_tls_new(config, &config->secure.files, &findings, &tls);
	SSL_CTX_free(tls);
	if (*findings.error.text)
		said = rb_config_error(config, findings.error.location, "%s", findings.error.text);
	if (!said && *findings.warning.text)
		said = rb_config_warn(config, findings.warning.location, "%s",
				      findings.warning.text);
	return err ?: said;
}

SSL *rb_tls_open(SSL_CTX *tls, enum rb_speech speech)
{
	static const enum rb_speech speeches[] = {RB_SPEECH_DNS, RB_SPEECH_TLS, RB_SPEECH_HTTPS};
	SSL *ssl = SSL_new(tls);

	if (ssl)
		SSL_set_app_data(ssl, (void *)&speeches[speech]);
	return ssl;
}
