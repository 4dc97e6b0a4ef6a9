/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the configuration for the daemon: logs its messages, and applies the command line. */
#include <errno.h>
#include <string.h>

#include "control/unbound/listen.h"
#include "daemon/daemon.h"
#include "daemon/descriptors.h"
#include "datapath/sockets.h"
#include "policy/attach.h"
#include "resolve/newer.h"
#include "resolve/trial.h"
#include "serve/tls.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/log.h"
#include "util/log_sink.h"

/* Log the messages from number i on. */
static void log_messages(const struct rb_config *config, size_t i)
{
	for (; i < config->message_count; i++)
		rb_log(config->messages[i].kind == RB_MESSAGE_ERROR ? RB_LOG_ERROR : RB_LOG_WARN,
		       "%s", config->messages[i].text);
}

int rb_daemon_config_read(const struct rb_daemon_opts *opts, const char *set,
			  const struct rb_config *in_force, struct rb_config **ret_config)
{
	_cleanup_(rb_config_freep) struct rb_config *config = NULL;
	int err = rb_config_read(opts->file, set, in_force, &config);

	if (!err)
		err = rb_newer_drop_unknown(config);
	if (!err)
		err = rb_policy_attach(config, in_force);
	if (!err)
		err = rb_tls_check(config);
	if (config)
		log_messages(config, 0);
	if (err == -EINVAL)
		rb_log_error("%s: not used, because of the errors above", opts->file);
	else if (err)
		rb_log_error("%s: %s", opts->file, rb_file_strerror(err));
	if (err || !config)
		return err ?: -EINVAL;
	if (opts->no_xdp)
		config->xdp = false;
	err = rb_descriptors_fit(config, rb_sockets_workers(config));
	if (err)
		return err;
	*ret_config = TAKE_PTR(config);
	return 0;
}

int rb_daemon_config_try(struct rb_config *config)
{
	size_t known = config->message_count;
	int err = rb_trial_run(config);

	log_messages(config, known);
	return err ?: rb_remote_check(config);
}

void rb_daemon_log_open(const struct rb_config *config)
{
	const struct rb_log_sink_opts opts = {
		.file = config->log_file && *config->log_file ? config->log_file : NULL,
		.syslog = config->use_syslog,
		.identity = config->log_identity,
		.time = config->log_time_iso     ? RB_LOG_TIME_ISO
			: config->log_time_ascii ? RB_LOG_TIME_ASCII
						 : RB_LOG_TIME_EPOCH,
		.thread_id = config->log_thread_id,
	};
	int err = rb_log_sink_open(&opts);

	if (err)
		rb_log_error("logfile: %s: cannot be opened (%s); the log stays where it was",
			     config->log_file, strerror(-err));
}
