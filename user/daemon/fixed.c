/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings that a reload cannot change, except those that rb_config_read() keeps. */
#include "daemon/fixed.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/log.h"

#define VALUE(name, member)                                                                        \
	{                                                                                          \
		name, offsetof(struct rb_config, member), sizeof(((struct rb_config *)0)->member)  \
	}
#define TEXT(name, member)                                                                         \
	{                                                                                          \
		name, offsetof(struct rb_config, member), 0                                        \
	}

static const struct {
	const char *directive;
	size_t offset;
	size_t bytes; /* 0: a string of its own */
} fixed[] = {
	VALUE("incoming-num-tcp", incoming_num_tcp),
	VALUE("tcp-mss", tcp_mss),
	VALUE("ip-dscp", ip_dscp),
	VALUE("sock-queue-timeout", sock_queue_timeout_s),
	VALUE("so-rcvbuf", so_rcvbuf_bytes),
	VALUE("so-sndbuf", so_sndbuf_bytes),
	VALUE("hot-cache-size", hot_cache_bytes),
	VALUE("xdp", xdp),
	VALUE("xdp-steer", xdp_steer),
	VALUE("xdp-zero-copy", xdp_zero_copy),
	VALUE("xdp-busy-poll", xdp_busy_poll),
	VALUE("xdp-ring-size", xdp_ring_size),
	VALUE("xdp-frames", xdp_frames),
	TEXT("pidfile", pidfile),
	VALUE("dnstap-enable", dnstap.enabled),
	VALUE("dnstap-bidirectional", dnstap.bidirectional),
	TEXT("dnstap-socket-path", dnstap.socket_path),
	TEXT("dnstap-ip", dnstap.ip),
	VALUE("dnstap-send-identity", dnstap.send_identity),
	VALUE("dnstap-send-version", dnstap.send_version),
	TEXT("dnstap-identity", dnstap.identity),
	TEXT("dnstap-version", dnstap.version),
	VALUE("dnstap-sample-rate", dnstap.sample_rate),
	VALUE("dnstap-log-client-query-messages", dnstap.queries),
	VALUE("dnstap-log-client-response-messages", dnstap.responses),
	VALUE("dnstap-log-resolver-query-messages", dnstap.resolver_queries),
	VALUE("dnstap-log-resolver-response-messages", dnstap.resolver_responses),
	VALUE("dnstap-log-forwarder-query-messages", dnstap.forwarder_queries),
	VALUE("dnstap-log-forwarder-response-messages", dnstap.forwarder_responses),
	TEXT("username", username),
	TEXT("resolver-username", resolver_username),
	TEXT("pin-dir", pin_dir),
	TEXT("cache-file", cache_file),
	VALUE("cache-file-interval", cache_file_interval_s),
	TEXT("control-socket", control_socket),
	TEXT("metrics-interface", metrics_interface),
	TEXT("metrics-token", metrics_token),
};

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* *ret_differs: whether the new text is another one. */
static int keep_text(char *const *in_force, char **text, bool *ret_differs)
{
	char *copy = NULL;

	*ret_differs = !same_text(*in_force, *text);
	if (!*ret_differs)
		return 0;
	if (*in_force) {
		copy = strdup(*in_force);
		if (!copy)
			return -ENOMEM;
	}
	free(*text);
	*text = copy;
	return 0;
}

static bool same_remote(const struct rb_remote *a, const struct rb_remote *b)
{
	if (a->enabled != b->enabled || a->use_cert != b->use_cert || a->port != b->port ||
	    a->listen_count != b->listen_count || !same_text(a->key_file, b->key_file) ||
	    !same_text(a->cert_file, b->cert_file))
		return false;
	for (size_t i = 0; i < a->listen_count; i++)
		if (strcmp(a->listens[i].text, b->listens[i].text) != 0)
			return false;
	return true;
}

int rb_fixed_keep(const struct rb_config *in_force, struct rb_config *config)
{
	/* Nobody reads it again. */
	if (!same_remote(&in_force->remote, &config->remote))
		rb_log_warn(
			"remote-control: a change requires a restart; the old values stay in force");
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++) {
		const char *from = (const char *)in_force + fixed[i].offset;
		char *to = (char *)config + fixed[i].offset;
		bool differs;
		int err = 0;

		if (fixed[i].bytes) {
			differs = memcmp(from, to, fixed[i].bytes) != 0;
			memcpy(to, from, fixed[i].bytes);
		} else {
			err = keep_text((char *const *)from, (char **)to, &differs);
		}
		if (err)
			return err;
		if (differs)
			rb_log_warn("%s: a change requires a restart; the old value stays in force",
				    fixed[i].directive);
	}
	return 0;
}
