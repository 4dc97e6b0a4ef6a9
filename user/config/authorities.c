/* SPDX-License-Identifier: BSD-2-Clause */
/* The certificates by which servers are verified that are asked over TLS. */
#include "config/authorities.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/named_files.h"
#include "util/cleanup.h"

/* Where systems keep the certificates that they trust, as one file. */
static const char *const system_bundles[] = {
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/ssl/cert.pem",
};

static int authorities_append(struct rb_config *config, const char *text)
{
	char *all;

	if (asprintf(&all, "%s%s\n", config->tls_authorities ? config->tls_authorities : "", text) <
	    0)
		return -ENOMEM;
	free(config->tls_authorities);
	config->tls_authorities = all;
	return 0;
}

static int bundle_load(struct rb_reader *reader, const char *directive, const char *path,
		       struct rb_location location)
{
	_cleanup_free_ char *text = NULL;
	int err = rb_named_file_load(reader, directive, path, location, &text);

	if (err || !text)
		return err;
	if (!strstr(text, "-----BEGIN "))
		return rb_config_error(reader->config, location, "%s: no certificate is in '%s'",
				       directive, path);
	return authorities_append(reader->config, text);
}

static int system_load(struct rb_reader *reader, struct rb_location location)
{
	for (size_t i = 0; i < ARRAY_SIZE(system_bundles); i++)
		if (!access(system_bundles[i], R_OK))
			return bundle_load(reader, "tls-system-cert", system_bundles[i], location);
	return rb_config_error(reader->config, location,
			       "the system's certificates are not found, by which servers are "
			       "verified: tls-cert-bundle: names a file with others");
}

int rb_authorities_load(struct rb_reader *reader, struct rb_location location)
{
	struct rb_config *config = reader->config;
	bool bundle = config->tls_cert_bundle && *config->tls_cert_bundle, named = false;
	int err = 0;

	for (size_t i = 0; i < config->tls_server_count; i++)
		named |= config->tls_servers[i].name != NULL;
	if (bundle)
		err = bundle_load(reader, "tls-cert-bundle", config->tls_cert_bundle,
				  reader->upstreams.bundle_location);
	if (!err && (config->tls_system_cert || (named && !bundle)))
		err = system_load(reader, location);
	return err;
}
