/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes a key and a self-signed certificate. */
#include "serve/make_cert.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/log.h"

#define DAYS           397L /* the longest validity that clients accept */
#define DAY_S          (24L * 60 * 60)
#define NAME_MAX_BYTES 64 /* of a common name (RFC 5280) */

/* The name becomes part of a file's name, and of a text with OpenSSL's syntax. */
static bool is_name(const char *name)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:_-";

	return *name && *name != '-' && *name != '.' && strlen(name) <= NAME_MAX_BYTES &&
	       strspn(name, allowed) == strlen(name);
}

static bool extension_add(X509 *certificate, int kind, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;
	bool added;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
	added = extension && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return added;
}

static bool extensions_add(X509 *certificate, const char *name)
{
	unsigned char address[sizeof(struct in6_addr)];
	bool is_address = inet_pton(AF_INET, name, address) == 1 ||
			  inet_pton(AF_INET6, name, address) == 1;
	char names[NAME_MAX_BYTES + 8];

	snprintf(names, sizeof(names), "%s:%s", is_address ? "IP" : "DNS", name);
	return extension_add(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
	       extension_add(certificate, NID_key_usage, "critical,digitalSignature") &&
	       extension_add(certificate, NID_ext_key_usage, "serverAuth") &&
	       extension_add(certificate, NID_subject_key_identifier, "hash") &&
	       extension_add(certificate, NID_subject_alt_name, names);
}

static bool serial_set(X509 *certificate)
{
	uint64_t serial;

	return RAND_bytes((unsigned char *)&serial, sizeof(serial)) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1) == 1;
}

static bool certificate_fill(X509 *certificate, EVP_PKEY *key, const char *name)
{
	X509_NAME *subject = X509_get_subject_name(certificate);

	return X509_set_version(certificate, X509_VERSION_3) == 1 && serial_set(certificate) &&
	       X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_S) &&
	       X509_gmtime_adj(X509_getm_notAfter(certificate), DAYS * DAY_S) &&
	       X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name,
					  -1, -1, 0) == 1 &&
	       X509_set_issuer_name(certificate, subject) == 1 &&
	       X509_set_pubkey(certificate, key) == 1 && extensions_add(certificate, name) &&
	       X509_sign(certificate, key, EVP_sha256());
}

/* Create a file that does not exist yet. */
static int file_create(const char *path, mode_t mode, FILE **ret_file)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0) {
		rb_log_error("%s: cannot be made: %s", path, strerror(errno));
		return -errno;
	}
	*ret_file = fdopen(fd, "w");
	if (!*ret_file)
		return -ENOMEM;
	(void)TAKE_FD(fd);
	return 0;
}

static int files_write(const char *name, EVP_PKEY *key, X509 *certificate)
{
	_cleanup_fclose_ FILE *key_file = NULL, *pem_file = NULL;
	char key_path[NAME_MAX_BYTES + 8], pem_path[NAME_MAX_BYTES + 8], here[PATH_MAX];
	int err;

	snprintf(key_path, sizeof(key_path), "%s.key", name);
	snprintf(pem_path, sizeof(pem_path), "%s.pem", name);
	err = file_create(key_path, 0600, &key_file);
	if (!err)
		err = file_create(pem_path, 0644, &pem_file);
	if (err)
		return err;
	if (PEM_write_PrivateKey(key_file, key, NULL, NULL, 0, NULL, NULL) != 1 ||
	    PEM_write_X509(pem_file, certificate) != 1 || fflush(key_file) || fflush(pem_file)) {
		rb_log_error("%s, %s: cannot be written", key_path, pem_path);
		return -EIO;
	}
	if (!getcwd(here, sizeof(here)))
		snprintf(here, sizeof(here), ".");
	printf("For the clause server: of the configuration, with an interface: ADDRESS@853 (and "
	       "@443 for HTTPS):\n"
	       "    tls-service-key: \"%s/%s\"\n"
	       "    tls-service-pem: \"%s/%s\"\n"
	       "Nobody vouches for this certificate: clients must be given %s, or not verify.\n"
	       "It ends in %ld days.\n"
	       "Only you may read the key. If runbound is a service: chown runbound: '%s/%s'\n",
	       here, key_path, here, pem_path, pem_path, DAYS, here, key_path);
	return 0;
}

int rb_make_cert(const char *name)
{
	EVP_PKEY *key = NULL;
	X509 *certificate = NULL;
	int err = 0;

	if (!is_name(name)) {
		rb_log_error("--make-cert: expected the name of a host, or an address, not '%s'",
			     name);
		return -EINVAL;
	}
	key = EVP_EC_gen("P-256");
	certificate = X509_new();
	if (!key || !certificate || !certificate_fill(certificate, key, name)) {
		rb_log_error("--make-cert: OpenSSL makes no certificate for '%s'", name);
		err = -EINVAL;
	}
	if (!err)
		err = files_write(name, key, certificate);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return err;
}
