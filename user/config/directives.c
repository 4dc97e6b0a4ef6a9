/* SPDX-License-Identifier: BSD-2-Clause */
/* The clauses of unbound.conf, and the directives of all but server:. */
#include "config/directives.h"

#include "config/blocklist_read.h"
#include "config/config.h"
#include "config/handlers.h"
#include "config/local_read.h"
#include "config/response_read.h"
#include "config/rpz_read.h"
#include "config/table.h"
#include "config/transfer_read.h"
#include "config/upstreams.h"
#include "util/cleanup.h"

/* clang-format off: a table */
static const struct rb_directive forward_zone[] = {
	{"name", DOMAIN, CALL(rb_handle_zone_name)},
	{"forward-addr", ADDRESS, CALL(rb_handle_upstream)},
	{"forward-host", HOST, CALL(rb_handle_upstream)},
	{"forward-first", YESNO, CALL_PASS(rb_handle_zone_first)},
	{"forward-no-cache", YESNO, PASSED},
	{"forward-tcp-upstream", YESNO, CALL(rb_handle_upstream)},
	{"forward-tls-upstream", YESNO, CALL(rb_handle_zone_tls)},
	{"forward-ssl-upstream", YESNO, CALL(rb_handle_zone_tls)},
	END,
};

static const struct rb_directive stub_zone[] = {
	{"name", DOMAIN, CALL(rb_handle_zone_name)},
	{"stub-addr", ADDRESS, CALL(rb_handle_upstream)},
	{"stub-host", HOST, CALL(rb_handle_upstream)},
	{"stub-prime", YESNO, CALL_PASS(rb_handle_zone_prime)},
	{"stub-first", YESNO, CALL_PASS(rb_handle_zone_first)},
	{"stub-no-cache", YESNO, PASSED},
	{"stub-tcp-upstream", YESNO, CALL(rb_handle_upstream)},
	{"stub-tls-upstream", YESNO, CALL(rb_handle_zone_tls)},
	{"stub-ssl-upstream", YESNO, CALL(rb_handle_zone_tls)},
	END,
};

static const struct rb_directive auth_zone[] = {
	{"name", DOMAIN, CALL(rb_handle_zone_name)},
	{"zonefile", TEXT, CALL(rb_handle_zone_file)},
	{"primary", TEXT, CALL(rb_handle_transfer_primary)},
	{"master", TEXT, CALL(rb_handle_transfer_primary)},
	{"url", TEXT, CALL(rb_handle_transfer_url)},
	{"allow-notify", TEXT, CALL(rb_handle_transfer_notify)},
	{"for-downstream", YESNO, PASSED},
	{"for-upstream", YESNO, PASSED},
	{"fallback-enabled", YESNO, PASSED},
	{"zonemd-check", YESNO, CALL_PASS(rb_handle_zonemd)},
	{"zonemd-reject-absence", YESNO, PASSED},
	END,
};

static const struct rb_directive remote_control[] = {
	{"control-enable", YESNO, CALL(rb_handle_control_enable)},
	{"control-interface", TEXT, CALL(rb_handle_control_interface)},
	{"control-port", PORT, OURS(remote.port)},
	{"control-use-cert", YESNO, OURS(remote.use_cert)},
	{"server-key-file", TEXT, CALL(rb_handle_server_key_file)},
	{"server-cert-file", TEXT, CALL(rb_handle_server_cert_file)},
	/* of unbound-control itself */
	{"control-key-file", TEXT, NOTHING},
	{"control-cert-file", TEXT, NOTHING},
	END,
};

static const struct rb_directive rpz[] = {
	{"name", DOMAIN, CALL(rb_handle_rpz_name)},
	{"zonefile", TEXT, CALL(rb_handle_rpz_file)},
	{"primary", TEXT, CALL(rb_handle_transfer_primary)},
	{"master", TEXT, CALL(rb_handle_transfer_primary)},
	{"url", TEXT, CALL(rb_handle_transfer_url)},
	{"allow-notify", TEXT, CALL(rb_handle_transfer_notify)},
	{"tags", TEXT, CALL(rb_handle_rpz_tags)},
	{"for-downstream", YESNO, IGNORED("no", "clients cannot read the zone itself")},
	{"rpz-action-override", TEXT, CALL(rb_handle_rpz_override)},
	{"rpz-cname-override", DOMAIN, CALL(rb_handle_rpz_cname)},
	{"rpz-log", YESNO, CALL(rb_handle_rpz_log)},
	{"rpz-log-name", TEXT, CALL(rb_handle_rpz_log_name)},
	{"rpz-signal-nxdomain-ra", YESNO, CALL(rb_handle_rpz_signal)},
	END,
};

static const struct rb_directive blocklist[] = {
	{"name", TEXT, CALL(rb_handle_blocklist_name)},
	{"file", TEXT, CALL(rb_handle_blocklist_file)},
	{"url", TEXT, CALL(rb_handle_blocklist_url)},
	{"refresh", RANGE(60, 30 * 86400), CALL(rb_handle_blocklist_refresh)},
	{"max-size", SIZE_MIN(1), CALL(rb_handle_blocklist_max_size)},
	{"format", TEXT, CALL(rb_handle_blocklist_format)},
	{"action", TEXT, CALL(rb_handle_blocklist_action)},
	{"tags", TEXT, CALL(rb_handle_blocklist_tags)},
	END,
};

static const struct rb_directive view[] = {
	{"name", TEXT, CALL(rb_handle_view_name)},
	{"view-first", YESNO, CALL(rb_handle_view_first)},
	{"local-zone", DOMAIN_TEXT, CALL(rb_handle_local_zone)},
	{"local-data", TEXT, CALL(rb_handle_local_data)},
	{"local-data-ptr", TEXT, CALL(rb_handle_local_data_ptr)},
	{"response-ip", BLOCK_TEXT, CALL(rb_handle_response_ip)},
	{"response-ip-data", BLOCK_TEXT, CALL(rb_handle_response_ip_data)},
	END,
};

static const struct rb_directive python[] = {{"python-script", TEXT}, END};
static const struct rb_directive dynlib[] = {{"dynlib-file", TEXT}, END};
static const struct rb_directive ipset[] = {{"name-v4", TEXT}, {"name-v6", TEXT}, END};

static const struct rb_directive cachedb[] = {
	{"backend", TEXT},
	{"secret-seed", TEXT},
	{"cachedb-no-store", TEXT},
	{"cachedb-check-when-serve-expired", TEXT},
	{"redis-server-host", TEXT},
	{"redis-server-port", TEXT},
	{"redis-server-path", TEXT},
	{"redis-server-password", TEXT},
	{"redis-timeout", TEXT},
	{"redis-command-timeout", TEXT},
	{"redis-connect-timeout", TEXT},
	{"redis-expire-records", TEXT},
	{"redis-logical-db", TEXT},
	{"redis-replica-server-host", TEXT},
	{"redis-replica-server-port", TEXT},
	{"redis-replica-server-path", TEXT},
	{"redis-replica-server-password", TEXT},
	{"redis-replica-timeout", TEXT},
	{"redis-replica-command-timeout", TEXT},
	{"redis-replica-connect-timeout", TEXT},
	{"redis-replica-logical-db", TEXT},
	END,
};

static const struct rb_directive dnscrypt[] = {
	{"dnscrypt-enable", YESNO, IGNORED("no", "runbound does not speak DNSCrypt")},
	{"dnscrypt-port", PORT, OTHER_PORT("clients speak DNSCrypt there")},
	{"dnscrypt-provider", TEXT, NOTHING},
	{"dnscrypt-secret-key", TEXT, NOTHING},
	{"dnscrypt-provider-cert", TEXT, NOTHING},
	{"dnscrypt-provider-cert-rotated", TEXT, NOTHING},
	{"dnscrypt-shared-secret-cache-size", SIZE, NOTHING},
	{"dnscrypt-shared-secret-cache-slabs", NUMBER, NOTHING},
	{"dnscrypt-nonce-cache-size", SIZE, NOTHING},
	{"dnscrypt-nonce-cache-slabs", NUMBER, NOTHING},
	END,
};

static const struct rb_directive dnstap[] = {
	{"dnstap-enable", YESNO, CALL(rb_handle_dnstap_enable)},
	{"dnstap-bidirectional", YESNO, OURS(dnstap.bidirectional)},
	{"dnstap-socket-path", TEXT, OURS(dnstap.socket_path)},
	{"dnstap-ip", TEXT, CALL(rb_handle_dnstap_ip), FIELD(dnstap.ip)},
	{"dnstap-tls", YESNO, OURS(dnstap.tls)},
	{"dnstap-tls-server-name", TEXT, OURS(dnstap.tls_server_name)},
	{"dnstap-tls-cert-bundle", TEXT, CALL(rb_handle_dnstap_file)},
	{"dnstap-tls-client-key-file", TEXT, CALL(rb_handle_dnstap_file)},
	{"dnstap-tls-client-cert-file", TEXT, CALL(rb_handle_dnstap_file)},
	{"dnstap-send-identity", YESNO, OURS(dnstap.send_identity)},
	{"dnstap-send-version", YESNO, OURS(dnstap.send_version)},
	{"dnstap-identity", TEXT, OURS(dnstap.identity)},
	{"dnstap-version", TEXT, OURS(dnstap.version)},
	{"dnstap-sample-rate", NUMBER, OURS(dnstap.sample_rate)},
	{"dnstap-log-resolver-query-messages", YESNO, OURS(dnstap.resolver_queries)},
	{"dnstap-log-resolver-response-messages", YESNO, OURS(dnstap.resolver_responses)},
	{"dnstap-log-client-query-messages", YESNO, OURS(dnstap.queries)},
	{"dnstap-log-client-response-messages", YESNO, OURS(dnstap.responses)},
	{"dnstap-log-forwarder-query-messages", YESNO, OURS(dnstap.forwarder_queries)},
	{"dnstap-log-forwarder-response-messages", YESNO, OURS(dnstap.forwarder_responses)},
	END,
};

const struct rb_clause rb_clauses[] = {
	{"server", RB_CLAUSE_SERVER, RB_EFFECT_HANDLED, NULL, rb_server_directives},
	{"forward-zone", RB_CLAUSE_FORWARD, RB_EFFECT_HANDLED, NULL, forward_zone},
	{"stub-zone", RB_CLAUSE_STUB, RB_EFFECT_HANDLED, NULL, stub_zone},
	{"auth-zone", RB_CLAUSE_AUTH, RB_EFFECT_HANDLED, NULL, auth_zone},
	{"remote-control", RB_CLAUSE_OTHER, RB_EFFECT_HANDLED, NULL, remote_control},
	{"dnscrypt", RB_CLAUSE_OTHER, RB_EFFECT_HANDLED, NULL, dnscrypt},
	{"dnstap", RB_CLAUSE_OTHER, RB_EFFECT_HANDLED, NULL, dnstap},
	{"view", RB_CLAUSE_VIEW, RB_EFFECT_HANDLED, NULL, view},
	{"blocklist", RB_CLAUSE_BLOCKLIST, RB_EFFECT_HANDLED, NULL, blocklist},
	{"rpz", RB_CLAUSE_RPZ, RB_EFFECT_HANDLED, NULL, rpz},
	{"python", RB_CLAUSE_OTHER, RB_EFFECT_IGNORED, "there is no python module", python},
	{"dynlib", RB_CLAUSE_OTHER, RB_EFFECT_IGNORED, "there is no dynlib module", dynlib},
	{"cachedb", RB_CLAUSE_OTHER, RB_EFFECT_IGNORED, "there is no cache but runbound's own",
	 cachedb},
	{"ipset", RB_CLAUSE_OTHER, RB_EFFECT_IGNORED, "no addresses are put into ipsets", ipset},
};
/* clang-format on */

const size_t rb_clause_count = ARRAY_SIZE(rb_clauses);
