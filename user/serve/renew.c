/* SPDX-License-Identifier: BSD-2-Clause */
/* Sees other keys and certificates, and serves with them. */
#include "serve/renew.h"

#include <string.h>

#include "util/cleanup.h"
#include "util/file.h"
#include "util/log.h"

static void findings_log(const struct rb_tls_findings *findings)
{
	if (*findings->error.text)
		rb_log_error("%s:%u: %s", findings->error.place.file, findings->error.place.line,
			     findings->error.text);
	else if (*findings->warning.text)
		rb_log_warn("%s:%u: %s", findings->warning.place.file, findings->warning.place.line,
			    findings->warning.text);
}

/* What only warns was said when the configuration was read. */
int rb_tls_state_begin(const struct rb_config *config, struct rb_tls_state *ret_state)
{
	const struct rb_tls_files *files = &config->secure.files;
	struct rb_tls_findings findings = {0};
	struct rb_tls_state state = {0};
	int err;

	if (!files->count)
		return 0;
	err = rb_tls_files_copy(files, &state.files);
	if (!err)
		err = rb_tls_new(config, files, &findings, &state.tls);
	if (err) {
		findings_log(&findings);
		rb_tls_state_end(&state);
		return err;
	}
	*ret_state = state;
	return 0;
}

void rb_tls_state_end(struct rb_tls_state *state)
{
	SSL_CTX_free(state->tls);
	rb_tls_files_free(&state->files);
	rb_tls_files_free(&state->seen);
	*state = (struct rb_tls_state){0};
}

/* Whether the files are others, and have been the same ones for a while. */
static bool is_settled(struct rb_tls_state *state)
{
	struct rb_tls_files now = {0};
	bool settled;

	if (!rb_tls_files_differ(&state->files)) {
		rb_tls_files_free(&state->seen);
		return false;
	}
	if (rb_tls_files_copy(&state->files, &now)) {
		rb_tls_files_free(&now);
		return false;
	}
	rb_tls_files_look(&now);
	settled = rb_tls_files_same(&now, &state->seen);
	rb_tls_files_free(&state->seen);
	state->seen = now;
	return settled;
}

static int read_again(struct rb_tls_files *files, const struct rb_config *config,
		      struct rb_tls_findings *findings, SSL_CTX **ret_tls)
{
	const struct rb_tls_file *failed = NULL;
	int err = rb_tls_files_read(files, &failed);

	if (!err)
		return rb_tls_new(config, files, findings, ret_tls);
	if (failed)
		rb_log_error("%s:%u: %s: cannot read '%s': %s", failed->named_in, failed->line,
			     failed->directive, failed->path, rb_file_strerror(err));
	return err;
}

void rb_tls_state_renew(const struct rb_config *config, struct rb_tls_state *state,
			SSL_CTX **ret_former)
{
	struct rb_tls_findings findings = {0};
	SSL_CTX *tls = NULL;
	int err;

	*ret_former = NULL;
	if (!state->files.count || !is_settled(state))
		return;
	rb_tls_files_free(&state->files);
	state->files = state->seen;
	state->seen = (struct rb_tls_files){0};
	err = read_again(&state->files, config, &findings, &tls);
	rb_tls_files_forget(&state->files);
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
