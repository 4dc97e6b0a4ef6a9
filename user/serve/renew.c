/* SPDX-License-Identifier: BSD-2-Clause */
/* Creates the SSL_CTX from key and certificate. */
#include "serve/renew.h"

#include <string.h>

#include "util/log.h"

static void findings_log(const struct rb_tls_findings *findings)
{
	if (*findings->error.text)
		rb_log_error("%s:%u: %s", findings->error.location.file,
			     findings->error.location.line, findings->error.text);
	else if (*findings->warning.text)
		rb_log_warn("%s:%u: %s", findings->warning.location.file,
			    findings->warning.location.line, findings->warning.text);
}

/* Warnings were given when the configuration was read. */
int rb_tls_state_begin(const struct rb_config *config, struct rb_tls_state *ret_state)
{
	const struct rb_tls_files *files = &config->secure.files;
	struct rb_tls_findings findings = {0};
	struct rb_tls_state state = {0};
	int err;

	if (!files->count)
		return 0;
	err = rb_tls_new(config, files, &findings, &state.tls);
	if (err) {
		findings_log(&findings);
		return err;
	}
	*ret_state = state;
	return 0;
}

void rb_tls_state_end(struct rb_tls_state *state)
{
	SSL_CTX_free(state->tls);
	*state = (struct rb_tls_state){0};
}

void rb_tls_state_renew(const struct rb_config *config, const struct rb_tls_files *files,
			struct rb_tls_state *state, SSL_CTX **ret_former)
{
	struct rb_tls_findings findings = {0};
	SSL_CTX *tls = NULL;
	int err = rb_tls_new(config, files, &findings, &tls);

	*ret_former = NULL;
	findings_log(&findings);
	if (err) {
		rb_log_error("TLS: the key and certificate that are in force stay, because of the "
			     "error above (%s)",
			     strerror(-err));
		return;
	}
	rb_log_notice("TLS: key and certificate were read again, and are in force");
	*ret_former = state->tls;
	state->tls = tls;
}
