/* SPDX-License-Identifier: BSD-2-Clause */
/* A configuration from its defaults to its end. */
#include "config/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/reader.h"
#include "util/blob.h"
#include "util/cleanup.h"
#include "util/clock.h"

/* Of the first rules, before those of the file: only the host itself may ask. */
static const struct {
	const char *netblock;
	enum rb_acl_action action;
} default_acl[] = {
	{"0.0.0.0/0", RB_ACL_REFUSE},
	{"127.0.0.0/8", RB_ACL_ALLOW},
	{"::0/0", RB_ACL_REFUSE},
	{"::1", RB_ACL_ALLOW},
};

static const struct rb_config defaults = {
	.port = 53,
	.do_ip4 = true,
	.do_ip6 = true,
	.do_udp = true,
	.do_tcp = true,
	.ip_freebind = true, /* unlike Unbound: a network that is late is no mistake */
	.num_threads = 1,
	.verbosity = 1,
	.edns_buffer_size = 1232,
	.max_udp_size = 1232,
	.incoming_num_tcp = 10,
	.tcp_idle_timeout_ms = 30000,
	.edns_tcp_keepalive_timeout_ms = 120000,
	.outgoing_range = 1024,
	.outgoing_num_tcp = 10,
	.num_queries_per_thread = 1024,
	.jostle_timeout_ms = 200,
	.ip_ratelimit_factor = 10,
	.ip_ratelimit_bytes = (size_t)4 << 20,
	.cache_max_ttl_s = 86400,
	.cache_max_negative_ttl_s = 3600,
	.rrset_roundrobin = true,
	.tls_use_sni = true,
	.pad_queries = true,
	.pad_queries_block_size = 128,
	.do_not_query_localhost = true,
	.root_key_sentinel = true,
	.log_sample = 1,
	.log_prefix_ipv4 = 32,
	.log_prefix_ipv6 = 128,
	.statistics_inhibit_zero = true,
	.serve_expired_reply_ttl_s = 30,
	.val_sig_skew_min_s = 3600,
	.val_sig_skew_max_s = 86400,
	.cache_file_interval_s = 300,
	.secure = {.pad_responses = true,
		   .pad_block_bytes = 468,
		   .http_max_streams = 100,
		   .http_query_bytes = (size_t)4 << 20,
		   .http_response_bytes = (size_t)4 << 20,
		   .http_nodelay = true},
	.dnstap = {.bidirectional = true, .tls = true},
	.discovery = {.minimises = true},
	.remote = {.use_cert = true, .port = RB_REMOTE_PORT},
	.xdp = true,
	.xdp_ring_size = RB_XDP_RING_SIZE,
	.hot_cache_bytes = (size_t)64 << 20,
};

static int config_new(struct rb_config **ret_config)
{
	_cleanup_(rb_config_freep) struct rb_config *config = calloc(1, sizeof(*config));
	size_t i;

	if (!config)
		return -ENOMEM;
	*config = defaults;
	config->pin_dir = strdup(RB_PIN_DIR);
	config->state_directory = strdup(RB_STATE_DIRECTORY);
	config->control_socket = strdup(RB_CONTROL_SOCKET);
	config->secure.http_endpoint = strdup("/dns-query");
	if (!config->pin_dir || !config->state_directory || !config->control_socket ||
	    !config->secure.http_endpoint)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(default_acl); i++) {
		/* In Unbound strangers have no rule at all, and an interface's may let them in. */
		struct rb_acl_rule rule = {
			.action = default_acl[i].action,
			.open = default_acl[i].action == RB_ACL_REFUSE,
		};
		int err;

		rb_value_netblock(default_acl[i].netblock, rule.addr, &rule.prefix);
		err = rb_array_append(&config->acl, &config->acl_count, sizeof(rule), &rule);
		if (err)
			return err;
	}
	*ret_config = TAKE_PTR(config);
	return 0;
}

void rb_config_free(struct rb_config *config)
{
	size_t i;

	if (!config)
		return;
	for (i = 0; i < config->listen_count; i++)
		free(config->listens[i].text);
	for (i = 0; i < config->message_count; i++)
		free(config->messages[i].text);
	for (i = 0; i < config->file_count; i++)
		free(config->files[i]);
	for (i = 0; i < config->tls_server_count; i++) {
		free(config->tls_servers[i].text);
		free(config->tls_servers[i].name);
		free(config->tls_servers[i].host);
	}
	for (i = 0; i < config->transfer_count; i++)
		rb_transfer_free(&config->transfers[i]);
	free(config->transfers);
	free(config->tls_servers);
	free(config->tls_sources);
	free(config->not_queried);
	free(config->tls_authorities);
	free(config->tls_cert_bundle);
	free(config->tls_ciphers);
	free(config->tls_ciphersuites);
	free(config->listens);
	free(config->messages);
	free(config->files);
	free(config->acl);
	free(config->acl_interfaces);
	free(config->proxy_allow);
	free(config->connection_limits);
	free(config->wait_limits);
	rb_local_free(&config->local);
	rb_remote_free(&config->remote);
	rb_config_dnstap_free(&config->dnstap);
	rb_policy_images_unref(&config->policy);
	rb_secure_free(&config->secure);
	rb_discovery_free(&config->discovery);
	free(config->pin_dir);
	free(config->directory);
	free(config->state_directory);
	free(config->cache_file);
	free(config->xdp_interfaces);
	free(config->control_socket);
	free(config->username);
	free(config->identity);
	free(config->nsid);
	free(config->version);
	free(config->log_file);
	free(config->log_identity);
	free(config->pidfile);
	free(config->resolver_username);
	free(config->metrics_interface);
	free(config->metrics_token);
	free(config->resolver_text);
	free(config->cd_modules);
	rb_anchors_free(&config->anchors);
	free(config->resolver_runs);
	free(config->newer);
	free(config);
}

void rb_config_freep(struct rb_config **config)
{
	rb_config_free(*config);
}

static int text_read(struct rb_reader *reader, const char *name, const char *text, size_t bytes)
{
	struct rb_config *config = reader->config;
	char *copy = strdup(name);
	int err;

	if (!copy)
		return -ENOMEM;
	err = rb_array_append(&config->files, &config->file_count, sizeof(copy), &copy);
	if (err) {
		free(copy);
		return err;
	}
	reader->text_only = true;
	return rb_reader_text(reader, copy, text, bytes);
}

/* text NULL: name is a file's. set: lines behind it; NULL: none. */
static int read_from(const char *name, const char *text, size_t bytes, const char *set,
		     const struct rb_config *in_force, struct rb_config **ret_config)
{
	_cleanup_(rb_config_freep) struct rb_config *config = NULL;
	struct rb_reader reader;
	int err;

	err = config_new(&config);
	if (err)
		return err;
	err = rb_reader_init(&reader, config, in_force);
	if (!err)
		err = text ? text_read(&reader, name, text, bytes)
			   : rb_reader_file(&reader, name, RB_FILE_OR_PIPE);
	if (!err && set)
		err = text_read(&reader, "set_option", set, strlen(set));
	if (!err)
		err = rb_reader_finish(&reader);
	rb_reader_free(&reader);
	if (err)
		return err;
	err = rb_config_has_errors(config) ? -EINVAL : 0;
	*ret_config = TAKE_PTR(config);
	return err;
}

int rb_config_read(const char *path, const char *set, const struct rb_config *in_force,
		   struct rb_config **ret_config)
{
	return read_from(path, NULL, 0, set, in_force, ret_config);
}

int rb_config_read_text(const char *name, const char *text, size_t bytes,
			struct rb_config **ret_config)
{
	return read_from(name, text, bytes, NULL, NULL, ret_config);
}

unsigned int rb_config_contexts(const struct rb_config *config)
{
	return 1 + (config->prefetch || config->serve_expired) + (config->cd_modules != NULL);
}

bool rb_config_taps_upstreams(const struct rb_config *config)
{
	const struct rb_config_dnstap *dnstap = &config->dnstap;

	return dnstap->enabled && (dnstap->resolver_queries || dnstap->resolver_responses ||
				   dnstap->forwarder_queries || dnstap->forwarder_responses);
}

bool rb_config_is_tapped(const struct rb_config *config)
{
	const struct rb_config_dnstap *dnstap = &config->dnstap;

	return dnstap->enabled && (dnstap->queries || dnstap->responses);
}

unsigned int rb_config_kernel_sample(const struct rb_config *config)
{
	if (config->log_queries || config->log_replies)
		return config->log_sample;
	if (rb_config_is_tapped(config))
		return config->dnstap.sample_rate ?: 1;
	return config->top_sample;
}

uint32_t rb_config_ede_said(const struct rb_config *config)
{
	return (config->ede ? RB_EDE_SAYS : 0) |
	       (config->ede_serve_expired ? RB_EDE_SAYS_STALE : 0);
}

uint64_t rb_config_stale_ns(const struct rb_config *config)
{
	if (!config->serve_expired)
		return 0;
	return config->serve_expired_ttl_s ? config->serve_expired_ttl_s * RB_NS_PER_S : UINT64_MAX;
}

struct rb_location rb_config_resolver_location(const struct rb_config *config, unsigned int line)
{
	const struct rb_source_run *runs = config->resolver_runs;
	size_t low = 0, high = config->resolver_run_count;
	struct rb_location location;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (runs[middle].first <= line)
			low = middle;
		else
			high = middle;
	}
	if (low == high || runs[low].first > line)
		return (struct rb_location){config->files[0], 0};
	location = runs[low].location;
	if (location.line)
		location.line += line - runs[low].first;
	return location;
}

bool rb_config_resolver_drop(struct rb_config *config, unsigned int line)
{
	char *start = config->resolver_text;
	size_t len;

	while (start && --line) {
		start = strchr(start, '\n');
		start = start ? start + 1 : NULL;
	}
	if (!start)
		return false;
	len = strcspn(start, "\n");
	if (strspn(start, " \t") == len)
		return false;
	/* A tab says that it stands in a clause. */
	memset(*start == '\t' ? start + 1 : start, ' ', *start == '\t' ? len - 1 : len);
	return true;
}
