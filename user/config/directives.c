/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every directive of Unbound 1.17 and of runbound: one line each, so that one line changes when
 * runbound learns to do something. A few of newer versions are here where files already use them.
 */
#include "config/directives.h"

#include "config/config.h"
#include "config/handlers.h"
#include "util/cleanup.h"

/* What the values look like. */
#define TEXT            .kinds = {RB_VALUE_TEXT}
#define TEXT2           .kinds = {RB_VALUE_TEXT, RB_VALUE_TEXT}
#define TEXT3           .kinds = {RB_VALUE_TEXT, RB_VALUE_TEXT, RB_VALUE_TEXT}
#define YESNO           .kinds = {RB_VALUE_YESNO}
#define NUMBER          .kinds = {RB_VALUE_NUMBER}, .max = INT32_MAX
#define RANGE(low, top) .kinds = {RB_VALUE_NUMBER}, .min = (low), .max = (top)
#define POSITIVE        RANGE(1, INT32_MAX)
#define PORT            RANGE(1, UINT16_MAX)
#define PORTS           .kinds = {RB_VALUE_PORTS}
#define SIZE            .kinds = {RB_VALUE_SIZE}
#define SIZE_MIN(low)   .kinds = {RB_VALUE_SIZE}, .min = (low)
#define ADDRESS         .kinds = {RB_VALUE_ADDRESS}
#define NETBLOCK        .kinds = {RB_VALUE_NETBLOCK}
#define BLOCK_TEXT      .kinds = {RB_VALUE_NETBLOCK, RB_VALUE_TEXT}
#define DOMAIN          .kinds = {RB_VALUE_DOMAIN}
#define DOMAIN_TEXT     .kinds = {RB_VALUE_DOMAIN, RB_VALUE_TEXT}
#define DOMAIN_NUMBER   .kinds = {RB_VALUE_DOMAIN, RB_VALUE_NUMBER}, .max = INT32_MAX
#define HOST            .kinds = {RB_VALUE_HOST}
#define FILE_NAME       .kinds = {RB_VALUE_FILE}
#define PATH            .kinds = {RB_VALUE_PATH}

/* What we do with it. */
#define FIELD(name)                                                                                \
	.offset = offsetof(struct rb_config, name),                                                \
	.width = sizeof(((struct rb_config *)NULL)->name)
#define OURS(field)         .effect = RB_EFFECT_HANDLED, FIELD(field)
#define BOTH(field)         .effect = RB_EFFECT_HANDLED, FIELD(field), .passed = true
#define PASSED              .effect = RB_EFFECT_HANDLED, .passed = true
#define SHARED              .effect = RB_EFFECT_HANDLED, .shared = true
#define CALL(function)      .effect = RB_EFFECT_HANDLED, .handle = (function)
#define CALL_PASS(function) CALL(function), .passed = true
#define OTHER_PORT(what)    CALL(rb_handle_other_port), .note = (what)
#define NOTHING             .effect = RB_EFFECT_NONE
#define IGNORED(asks_nothing, what)                                                                \
	.effect = RB_EFFECT_IGNORED, .inert = (asks_nothing), .note = (what)
#define REFUSED(asks_nothing, why)                                                                 \
	.effect = RB_EFFECT_REFUSED, .inert = (asks_nothing), .note = (why)

/* Notes that several lines share. */
#define LOGS        "runbound logs to its standard error, and no queries"
#define STATISTICS  "there are no periodic statistics in the log"
#define TLS_SERVER  "runbound does not serve DNS over TLS"
#define DOT         "clients speak DNS over TLS there"
#define HTTPS       "runbound does not serve DNS over HTTPS"
#define TAGS        "tags are not supported, every client gets the same local zones"
#define VIEWS       "views are not supported, every client gets the same answers"
#define RESPONSE_IP "addresses in answers cannot be acted upon"
#define SUBNET      "client subnets are not sent, and would be needed to tell the answers apart"
#define CLIENTS     "queries of clients are not rate-limited"
#define IPSEC       "there is no ipsecmod"
#define SOCKETS     "the system's settings for sockets stay as they are"
#define NEWER       "it is newer than Unbound 1.17"
#define CHAOS       "queries of class CHAOS are not answered"

/* clang-format off: a table */
static const struct rb_directive server[] = {
	/* runbound's own */
	{"xdp", YESNO, OURS(xdp)},
	{"xdp-interface", TEXT, CALL(rb_handle_xdp_interface)},
	{"xdp-steer", YESNO, OURS(xdp_steer)},
	{"xdp-zero-copy", YESNO, OURS(xdp_zero_copy)},
	{"xdp-busy-poll", YESNO, OURS(xdp_busy_poll)},
	{"xdp-ring-size", RANGE(64, 32768), CALL(rb_handle_power_of_two), FIELD(xdp_ring_size)},
	{"xdp-frames", RANGE(128, 65536), CALL(rb_handle_xdp_frames), FIELD(xdp_frames)},
	{"hot-cache-size", SIZE_MIN(1 << 20), OURS(hot_cache_bytes)},
	{"pin-dir", PATH, OURS(pin_dir)},
	{"cache-file", PATH, OURS(cache_file)},
	{"cache-file-interval", RANGE(1, INT32_MAX), OURS(cache_file_interval_s)},
	{"control-socket", TEXT, CALL(rb_handle_control_socket)},
	{"metrics-interface", ADDRESS, OURS(metrics_interface)},

	/* threads and addresses */
	{"num-threads", RANGE(1, RB_SHARDS), CALL(rb_handle_num_threads), FIELD(num_threads)},
	{"port", PORT, OURS(port)},
	{"interface", TEXT, CALL(rb_handle_interface)},
	{"ip-address", TEXT, CALL(rb_handle_interface)},
	{"interface-automatic", YESNO, CALL(rb_handle_interface_automatic)},
	{"interface-automatic-ports", TEXT, CALL(rb_handle_automatic_ports)},
	{"do-ip4", YESNO, BOTH(do_ip4)},
	{"do-ip6", YESNO, BOTH(do_ip6)},
	{"do-udp", YESNO, BOTH(do_udp)},
	{"do-tcp", YESNO, BOTH(do_tcp)},
	{"so-rcvbuf", SIZE, OURS(so_rcvbuf_bytes)},
	{"so-sndbuf", SIZE, OURS(so_sndbuf_bytes)},
	{"so-reuseport", YESNO, NOTHING},
	{"ip-transparent", YESNO, OURS(ip_transparent)},
	{"ip-freebind", YESNO, OURS(ip_freebind)},
	{"ip-dscp", RANGE(0, 63), PASSED},
	{"use-systemd", YESNO, IGNORED("no", "sockets of systemd are not taken over")},
	{"do-daemonize", YESNO, NOTHING},
	{"proxy-protocol-port", PORT, OTHER_PORT("clients speak the PROXY protocol there")},

	/* clients */
	{"access-control", BLOCK_TEXT, CALL(rb_handle_access_control)},
	{"access-control-view", BLOCK_TEXT, REFUSED(NULL, VIEWS)},
	{"access-control-tag", BLOCK_TEXT, REFUSED(NULL, TAGS)},
	{"access-control-tag-action", TEXT3, REFUSED(NULL, TAGS)},
	{"access-control-tag-data", TEXT3, REFUSED(NULL, TAGS)},
	{"interface-action", TEXT2,
	 REFUSED(NULL, "access is decided by the client's address alone, with access-control:")},
	{"interface-view", TEXT2, REFUSED(NULL, VIEWS)},
	{"interface-tag", TEXT2, REFUSED(NULL, TAGS)},
	{"interface-tag-action", TEXT3, REFUSED(NULL, TAGS)},
	{"interface-tag-data", TEXT3, REFUSED(NULL, TAGS)},
	{"define-tag", TEXT, IGNORED("", TAGS)},
	{"deny-any", YESNO, IGNORED("no", "queries of type ANY are resolved")},
	{"ip-ratelimit", NUMBER, IGNORED("0", CLIENTS)},
	{"ip-ratelimit-cookie", NUMBER, IGNORED("0", CLIENTS)},
	{"ip-ratelimit-size", SIZE, NOTHING},
	{"ip-ratelimit-slabs", NUMBER, NOTHING},
	{"ip-ratelimit-factor", NUMBER, NOTHING},
	{"ip-ratelimit-backoff", YESNO, NOTHING},
	{"tcp-connection-limit", BLOCK_TEXT,
	 IGNORED(NULL, "incoming-num-tcp limits them all alike")},
	{"wait-limit", NUMBER, IGNORED("0", "num-queries-per-thread limits all clients alike")},
	{"wait-limit-netblock", BLOCK_TEXT,
	 IGNORED(NULL, "num-queries-per-thread limits all clients alike")},
	{"wait-limit-cookie", NUMBER, IGNORED("0", NEWER)},
	{"wait-limit-cookie-netblock", BLOCK_TEXT, IGNORED(NULL, NEWER)},
	{"discard-timeout", NUMBER, IGNORED("0", "clients get their answers however late")},
	{"answer-cookie", YESNO, IGNORED("no", "cookies are not answered")},
	{"cookie-secret", TEXT, IGNORED("", NEWER)},
	{"cookie-secret-file", TEXT, IGNORED("", NEWER)},

	/* messages and connections */
	{"edns-buffer-size", RANGE(512, 65535), BOTH(edns_buffer_size)},
	{"max-udp-size", RANGE(512, 65536), OURS(max_udp_size)},
	{"msg-buffer-size", RANGE(4096, INT32_MAX), PASSED},
	{"incoming-num-tcp", NUMBER, OURS(incoming_num_tcp)},
	{"tcp-idle-timeout", NUMBER, OURS(tcp_idle_timeout_ms)},
	{"tcp-mss", NUMBER, IGNORED("0", SOCKETS)},
	{"edns-tcp-keepalive", YESNO,
	 IGNORED("no", "clients are not told how long connections last")},
	{"edns-tcp-keepalive-timeout", NUMBER, NOTHING},
	{"stream-wait-size", SIZE, NOTHING},
	{"sock-queue-timeout", NUMBER, IGNORED("0", NEWER)},
	{"minimal-responses", YESNO, BOTH(minimal_responses)},
	{"rrset-roundrobin", YESNO, OURS(rrset_roundrobin)},
	{"ede", YESNO, NOTHING}, /* always: RFC 8914 is for every client with EDNS */
	{"ede-serve-expired", YESNO, NOTHING},
	{"dns-error-reporting", YESNO, IGNORED("no", NEWER)},
	{"nsid", TEXT, IGNORED("", "no NSID is sent")},
	{"identity", TEXT, IGNORED("", CHAOS)},
	{"version", TEXT, IGNORED("", CHAOS)},
	{"hide-identity", YESNO, NOTHING},
	{"hide-version", YESNO, NOTHING},
	{"hide-trustanchor", YESNO, NOTHING},
	{"hide-http-user-agent", YESNO, NOTHING},
	{"http-user-agent", TEXT, NOTHING},

	/* DNS over TLS, HTTPS and QUIC for clients */
	{"tls-service-key", TEXT, IGNORED("", TLS_SERVER)},
	{"ssl-service-key", TEXT, IGNORED("", TLS_SERVER)},
	{"tls-service-pem", TEXT, NOTHING},
	{"ssl-service-pem", TEXT, NOTHING},
	{"tls-port", PORT, OTHER_PORT(DOT)},
	{"ssl-port", PORT, OTHER_PORT(DOT)},
	{"tls-additional-port", PORT, OTHER_PORT(DOT)},
	{"tls-additional-ports", PORT, OTHER_PORT(DOT)},
	{"additional-tls-port", PORT, OTHER_PORT(DOT)},
	{"additional-ssl-port", PORT, OTHER_PORT(DOT)},
	{"tls-session-ticket-keys", TEXT, NOTHING},
	{"tls-ciphers", TEXT, NOTHING},
	{"tls-ciphersuites", TEXT, NOTHING},
	{"tls-use-system-policy-versions", YESNO, IGNORED("no", NEWER)},
	{"pad-responses", YESNO, NOTHING},
	{"pad-responses-block-size", NUMBER, NOTHING},
	{"https-port", PORT, OTHER_PORT("clients speak DNS over HTTPS there")},
	{"http-endpoint", TEXT, NOTHING},
	{"http-max-streams", NUMBER, NOTHING},
	{"http-query-buffer-size", SIZE, NOTHING},
	{"http-response-buffer-size", SIZE, NOTHING},
	{"http-nodelay", YESNO, NOTHING},
	{"http-notls-downstream", YESNO, IGNORED("no", HTTPS)},
	{"quic-port", PORT, OTHER_PORT("clients speak DNS over QUIC there")},
	{"quic-size", SIZE, NOTHING},

	/* TLS towards upstreams */
	{"tls-upstream", YESNO, CALL_PASS(rb_handle_tls_upstream)},
	{"ssl-upstream", YESNO, CALL_PASS(rb_handle_tls_upstream)},
	{"tls-cert-bundle", FILE_NAME, CALL(rb_handle_file)},
	{"ssl-cert-bundle", FILE_NAME, CALL(rb_handle_file)},
	{"tls-system-cert", YESNO, PASSED},
	{"tls-win-cert", YESNO, NOTHING},
	{"tls-use-sni", YESNO, PASSED},
	{"pad-queries", YESNO, PASSED},
	{"pad-queries-block-size", POSITIVE, PASSED},

	/* the process */
	{"directory", TEXT, CALL(rb_handle_directory)},
	{"chroot", TEXT,
	 IGNORED("", "runbound does not change its root, file names are those of the system")},
	{"username", TEXT, OURS(username)},
	{"pidfile", TEXT, IGNORED("", "no pid file is written")},
	{"logfile", TEXT, IGNORED("", LOGS)},
	{"use-syslog", YESNO, IGNORED("no", LOGS)},
	{"log-identity", TEXT, IGNORED("", LOGS)},
	{"log-time-ascii", YESNO, IGNORED("no", LOGS)},
	{"log-time-iso", YESNO, IGNORED("no", LOGS)},
	{"log-thread-id", YESNO, IGNORED("no", LOGS)},
	{"log-queries", YESNO, IGNORED("no", LOGS)},
	{"log-replies", YESNO, IGNORED("no", LOGS)},
	{"log-tag-queryreply", YESNO, IGNORED("no", LOGS)},
	{"log-local-actions", YESNO, IGNORED("no", LOGS)},
	{"log-servfail", YESNO, IGNORED("no", LOGS)},
	{"log-destaddr", YESNO, IGNORED("no", LOGS)},
	{"val-log-level", NUMBER, IGNORED("0", LOGS)},
	{"verbosity", NUMBER, BOTH(verbosity)},
	{"statistics-interval", TEXT, IGNORED("0", STATISTICS)},
	{"statistics-cumulative", YESNO, IGNORED("no", STATISTICS)},
	{"statistics-inhibit-zero", YESNO, NOTHING},
	{"extended-statistics", YESNO, IGNORED("no", STATISTICS)},
	{"shm-enable", YESNO, IGNORED("no", STATISTICS)},
	{"shm-key", TEXT, NOTHING},

	/* caches; slabs spread locks over threads, and no cache here has more than one thread */
	{"msg-cache-size", SIZE, SHARED},
	{"rrset-cache-size", SIZE, SHARED},
	{"key-cache-size", SIZE, SHARED},
	{"neg-cache-size", SIZE, SHARED},
	{"infra-cache-numhosts", POSITIVE, SHARED},
	{"msg-cache-slabs", NUMBER, NOTHING},
	{"rrset-cache-slabs", NUMBER, NOTHING},
	{"key-cache-slabs", NUMBER, NOTHING},
	{"infra-cache-slabs", NUMBER, NOTHING},
	{"ratelimit-slabs", NUMBER, NOTHING},
	{"cache-max-ttl", NUMBER, BOTH(cache_max_ttl_s)},
	{"cache-min-ttl", NUMBER, BOTH(cache_min_ttl_s)},
	{"cache-max-negative-ttl", NUMBER, BOTH(cache_max_negative_ttl_s)},
	{"infra-host-ttl", NUMBER, PASSED},
	{"infra-lame-ttl", NUMBER, NOTHING},
	{"infra-cache-lame-size", SIZE, NOTHING},
	{"infra-cache-min-rtt", NUMBER, PASSED},
	{"infra-cache-max-rtt", NUMBER, PASSED},
	{"infra-keep-probing", YESNO, PASSED},
	{"prefetch", YESNO, OURS(prefetch)},
	{"prefetch-key", YESNO, PASSED},
	{"serve-expired", YESNO, OURS(serve_expired)},
	{"serve-expired-ttl", NUMBER, OURS(serve_expired_ttl_s)},
	{"serve-expired-reply-ttl", NUMBER, OURS(serve_expired_reply_ttl_s)},
	{"serve-expired-client-timeout", NUMBER, OURS(serve_expired_client_timeout_ms)},
	{"serve-expired-ttl-reset", YESNO,
	 IGNORED("no", "serve-expired-ttl counts from the expiry")},
	{"serve-original-ttl", YESNO, IGNORED("no", "TTLs count down")},

	/* asking upstreams */
	{"outgoing-interface", NETBLOCK, PASSED},
	{"outgoing-range", RANGE(1, UINT16_MAX), PASSED},
	{"outgoing-port-permit", PORTS, PASSED},
	{"outgoing-port-avoid", PORTS, PASSED},
	{"outgoing-num-tcp", NUMBER, PASSED},
	{"outgoing-tcp-mss", NUMBER, PASSED},
	{"num-queries-per-thread", POSITIVE, BOTH(num_queries_per_thread)},
	{"jostle-timeout", NUMBER, OURS(jostle_timeout_ms)},
	{"delay-close", NUMBER, IGNORED("0", "late answers of upstreams meet closed ports")},
	{"udp-connect", YESNO, PASSED},
	{"unknown-server-time-limit", NUMBER, PASSED},
	{"prefer-ip4", YESNO, PASSED},
	{"prefer-ip6", YESNO, PASSED},
	{"tcp-upstream", YESNO, PASSED},
	{"udp-upstream-without-downstream", YESNO, PASSED},
	{"tcp-reuse-timeout", POSITIVE, PASSED},
	{"max-reuse-tcp-queries", POSITIVE, PASSED},
	{"tcp-auth-query-timeout", POSITIVE, PASSED},
	{"root-hints", FILE_NAME, CALL(rb_handle_file)},
	{"target-fetch-policy", TEXT, PASSED},
	{"use-caps-for-id", YESNO, PASSED},
	{"caps-exempt", DOMAIN, PASSED},
	{"caps-whitelist", DOMAIN, PASSED},
	{"qname-minimisation", YESNO, PASSED},
	{"qname-minimisation-strict", YESNO, PASSED},
	{"unwanted-reply-threshold", NUMBER, PASSED},
	{"do-not-query-address", NETBLOCK, PASSED},
	{"do-not-query-localhost", YESNO, PASSED},
	{"outbound-msg-retry", NUMBER, PASSED},
	{"max-sent-count", NUMBER, PASSED},
	{"max-query-restarts", NUMBER, PASSED},
	{"max-global-quota", NUMBER, IGNORED(NULL, NEWER)},
	{"iter-scrub-promiscuous", YESNO, IGNORED("yes", NEWER)},
	{"iter-scrub-ns", NUMBER, IGNORED(NULL, NEWER)},
	{"iter-scrub-cname", NUMBER, IGNORED(NULL, NEWER)},
	{"fast-server-permil", RANGE(0, 1000), PASSED},
	{"fast-server-num", POSITIVE, PASSED},
	{"low-rtt-permil", RANGE(0, 1000), PASSED},
	{"low-rtt-pct", NUMBER, NOTHING},
	{"low-rtt", NUMBER, NOTHING},
	{"edns-client-string", BLOCK_TEXT, PASSED},
	{"edns-client-string-opcode", RANGE(0, UINT16_MAX), PASSED},
	{"ratelimit", NUMBER, SHARED},
	{"ratelimit-size", SIZE, SHARED},
	{"ratelimit-factor", NUMBER, PASSED},
	{"ratelimit-backoff", YESNO, PASSED},
	{"ratelimit-for-domain", DOMAIN_NUMBER, SHARED},
	{"ratelimit-below-domain", DOMAIN_NUMBER, SHARED},
	{"module-config", TEXT, CALL(rb_handle_module_config)},
	{"dns64-prefix", NETBLOCK, PASSED},
	{"dns64-synthall", YESNO, PASSED},
	{"dns64-ignore-aaaa", DOMAIN, PASSED},
	{"do-nat64", YESNO, IGNORED("no", NEWER)},
	{"nat64-prefix", NETBLOCK, IGNORED(NULL, NEWER)},

	/* validation and hardening */
	{"harden-short-bufsize", YESNO, PASSED},
	{"harden-large-queries", YESNO, PASSED},
	{"harden-glue", YESNO, PASSED},
	{"harden-unverified-glue", YESNO, IGNORED("no", NEWER)},
	{"harden-dnssec-stripped", YESNO, PASSED},
	{"harden-below-nxdomain", YESNO, PASSED},
	{"harden-referral-path", YESNO, PASSED},
	{"harden-algo-downgrade", YESNO, PASSED},
	{"harden-unknown-additional", YESNO, IGNORED("no", NEWER)},
	{"aggressive-nsec", YESNO, PASSED},
	{"private-address", NETBLOCK, PASSED},
	{"private-domain", DOMAIN, PASSED},
	{"domain-insecure", DOMAIN, PASSED},
	{"disable-dnssec-lame-check", YESNO, PASSED},
	{"disable-edns-do", YESNO, IGNORED("no", NEWER)},
	{"trust-anchor-file", FILE_NAME, CALL(rb_handle_file)},
	{"auto-trust-anchor-file", FILE_NAME, CALL(rb_handle_file)},
	{"trusted-keys-file", FILE_NAME, CALL(rb_handle_file)},
	{"trust-anchor", TEXT, PASSED},
	{"trust-anchor-signaling", YESNO, PASSED},
	{"root-key-sentinel", YESNO, PASSED},
	{"dlv-anchor", TEXT, NOTHING},
	{"dlv-anchor-file", TEXT, NOTHING},
	{"val-override-date", TEXT, PASSED},
	{"val-sig-skew-min", NUMBER, PASSED},
	{"val-sig-skew-max", NUMBER, PASSED},
	{"val-max-restart", NUMBER, PASSED},
	{"val-bogus-ttl", NUMBER, PASSED},
	{"val-clean-additional", YESNO, PASSED},
	{"val-permissive-mode", YESNO, PASSED},
	{"val-nsec3-keysize-iterations", TEXT, PASSED},
	{"ignore-cd-flag", YESNO, BOTH(ignore_cd_flag)},
	{"zonemd-permissive-mode", YESNO, PASSED},
	{"add-holddown", NUMBER, PASSED},
	{"del-holddown", NUMBER, PASSED},
	{"keep-missing", NUMBER, PASSED},
	{"permit-small-holddown", YESNO, PASSED},
	{"fake-dsa", YESNO, REFUSED("no", "it accepts signatures without a check")},
	{"fake-sha1", YESNO, REFUSED("no", "it accepts signatures without a check")},

	/* answers of our own */
	{"local-zone", DOMAIN_TEXT, CALL_PASS(rb_handle_local_zone)},
	{"local-data", TEXT, PASSED},
	{"local-data-ptr", TEXT, CALL_PASS(rb_handle_local_data_ptr)},
	{"local-zone-tag", DOMAIN_TEXT, REFUSED(NULL, TAGS)},
	{"local-zone-override", TEXT3, REFUSED(NULL, "every client gets the same local zones")},
	{"unblock-lan-zones", YESNO, PASSED},
	{"insecure-lan-zones", YESNO, PASSED},
	{"response-ip", BLOCK_TEXT, REFUSED(NULL, RESPONSE_IP)},
	{"response-ip-data", BLOCK_TEXT, REFUSED(NULL, RESPONSE_IP)},
	{"response-ip-tag", BLOCK_TEXT, REFUSED(NULL, RESPONSE_IP)},

	/* modules that libunbound does not have */
	{"send-client-subnet", NETBLOCK, REFUSED(NULL, SUBNET)},
	{"client-subnet-zone", DOMAIN, REFUSED(NULL, SUBNET)},
	{"client-subnet-always-forward", YESNO, REFUSED("no", SUBNET)},
	{"client-subnet-opcode", NUMBER, NOTHING},
	{"max-client-subnet-ipv4", NUMBER, NOTHING},
	{"max-client-subnet-ipv6", NUMBER, NOTHING},
	{"min-client-subnet-ipv4", NUMBER, NOTHING},
	{"min-client-subnet-ipv6", NUMBER, NOTHING},
	{"max-ecs-tree-size-ipv4", NUMBER, NOTHING},
	{"max-ecs-tree-size-ipv6", NUMBER, NOTHING},
	{"ipsecmod-enabled", YESNO, IGNORED("no", IPSEC)},
	{"ipsecmod-hook", TEXT, IGNORED("", IPSEC)},
	{"ipsecmod-strict", YESNO, IGNORED("no", IPSEC)},
	{"ipsecmod-max-ttl", NUMBER, NOTHING},
	{"ipsecmod-ignore-bogus", YESNO, NOTHING},
	{"ipsecmod-allow", TEXT, NOTHING},
	{"ipsecmod-whitelist", TEXT, NOTHING},
};

static const struct rb_directive forward_zone[] = {
	{"name", DOMAIN, CALL(rb_handle_zone_name)},
	{"forward-addr", ADDRESS, PASSED},
	{"forward-host", HOST, PASSED},
	{"forward-first", YESNO, PASSED},
	{"forward-no-cache", YESNO,
	 IGNORED("no", "answers are cached as long as their TTL allows")},
	{"forward-tcp-upstream", YESNO, PASSED},
	{"forward-tls-upstream", YESNO, CALL_PASS(rb_handle_tls_upstream)},
	{"forward-ssl-upstream", YESNO, CALL_PASS(rb_handle_tls_upstream)},
};

static const struct rb_directive stub_zone[] = {
	{"name", DOMAIN, CALL(rb_handle_zone_name)},
	{"stub-addr", ADDRESS, PASSED},
	{"stub-host", HOST, PASSED},
	{"stub-prime", YESNO, PASSED},
	{"stub-first", YESNO, PASSED},
	{"stub-no-cache", YESNO, IGNORED("no", "answers are cached as long as their TTL allows")},
	{"stub-tcp-upstream", YESNO, PASSED},
	{"stub-tls-upstream", YESNO, CALL_PASS(rb_handle_tls_upstream)},
	{"stub-ssl-upstream", YESNO, CALL_PASS(rb_handle_tls_upstream)},
};

static const struct rb_directive auth_zone[] = {
	{"name", DOMAIN, CALL(rb_handle_zone_name)},
	{"zonefile", TEXT, CALL(rb_handle_zone_file)},
	{"primary", TEXT, CALL(rb_handle_zone_transfer)},
	{"master", TEXT, CALL(rb_handle_zone_transfer)},
	{"url", TEXT, CALL(rb_handle_zone_transfer)},
	{"allow-notify", TEXT, NOTHING},
	{"for-downstream", YESNO, PASSED},
	{"for-upstream", YESNO, PASSED},
	{"fallback-enabled", YESNO, CALL_PASS(rb_handle_zone_fallback)},
	{"zonemd-check", YESNO, PASSED},
	{"zonemd-reject-absence", YESNO, PASSED},
};

static const struct rb_directive remote_control[] = {
	{"control-enable", YESNO,
	 IGNORED("no", "control-socket: names the control socket, and that takes no certificates")},
	{"control-interface", TEXT, NOTHING},
	{"control-port", PORT, NOTHING},
	{"control-use-cert", TEXT, NOTHING},
	{"server-key-file", TEXT, NOTHING},
	{"server-cert-file", TEXT, NOTHING},
	{"control-key-file", TEXT, NOTHING},
	{"control-cert-file", TEXT, NOTHING},
};

static const struct rb_directive rpz[] = {
	{"name", TEXT},
	{"zonefile", TEXT},
	{"primary", TEXT},
	{"master", TEXT},
	{"url", TEXT},
	{"allow-notify", TEXT},
	{"tags", TEXT},
	{"for-downstream", TEXT},
	{"rpz-action-override", TEXT},
	{"rpz-cname-override", TEXT},
	{"rpz-log", TEXT},
	{"rpz-log-name", TEXT},
	{"rpz-signal-nxdomain-ra", TEXT},
};

static const struct rb_directive view[] = {
	{"name", TEXT},
	{"view-first", TEXT},
	{"local-zone", TEXT2},
	{"local-data", TEXT},
	{"local-data-ptr", TEXT},
	{"response-ip", TEXT2},
	{"response-ip-data", TEXT2},
};

static const struct rb_directive python[] = {{"python-script", TEXT}};
static const struct rb_directive dynlib[] = {{"dynlib-file", TEXT}};
static const struct rb_directive ipset[] = {{"name-v4", TEXT}, {"name-v6", TEXT}};

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
};

static const struct rb_directive dnstap[] = {
	{"dnstap-enable", YESNO, IGNORED("no", "nothing is sent to dnstap")},
	{"dnstap-bidirectional", YESNO, NOTHING},
	{"dnstap-socket-path", TEXT, NOTHING},
	{"dnstap-ip", TEXT, NOTHING},
	{"dnstap-tls", YESNO, NOTHING},
	{"dnstap-tls-server-name", TEXT, NOTHING},
	{"dnstap-tls-cert-bundle", TEXT, NOTHING},
	{"dnstap-tls-client-key-file", TEXT, NOTHING},
	{"dnstap-tls-client-cert-file", TEXT, NOTHING},
	{"dnstap-send-identity", YESNO, NOTHING},
	{"dnstap-send-version", YESNO, NOTHING},
	{"dnstap-identity", TEXT, NOTHING},
	{"dnstap-version", TEXT, NOTHING},
	{"dnstap-sample-rate", NUMBER, NOTHING},
	{"dnstap-log-resolver-query-messages", YESNO, NOTHING},
	{"dnstap-log-resolver-response-messages", YESNO, NOTHING},
	{"dnstap-log-client-query-messages", YESNO, NOTHING},
	{"dnstap-log-client-response-messages", YESNO, NOTHING},
	{"dnstap-log-forwarder-query-messages", YESNO, NOTHING},
	{"dnstap-log-forwarder-response-messages", YESNO, NOTHING},
};

#define CLAUSE(clause_name, kind, effect, note, table)                                             \
	{                                                                                          \
		clause_name, kind, effect, note, table, ARRAY_SIZE(table)                          \
	}

const struct rb_clause rb_clauses[] = {
	CLAUSE("server", RB_CLAUSE_SERVER, RB_EFFECT_HANDLED, NULL, server),
	CLAUSE("forward-zone", RB_CLAUSE_FORWARD, RB_EFFECT_HANDLED, NULL, forward_zone),
	CLAUSE("stub-zone", RB_CLAUSE_STUB, RB_EFFECT_HANDLED, NULL, stub_zone),
	CLAUSE("auth-zone", RB_CLAUSE_AUTH, RB_EFFECT_HANDLED, NULL, auth_zone),
	CLAUSE("remote-control", RB_CLAUSE_OTHER, RB_EFFECT_HANDLED, NULL, remote_control),
	CLAUSE("dnscrypt", RB_CLAUSE_OTHER, RB_EFFECT_HANDLED, NULL, dnscrypt),
	CLAUSE("dnstap", RB_CLAUSE_OTHER, RB_EFFECT_HANDLED, NULL, dnstap),
	CLAUSE("view", RB_CLAUSE_OTHER, RB_EFFECT_REFUSED, VIEWS, view),
	CLAUSE("rpz", RB_CLAUSE_OTHER, RB_EFFECT_REFUSED,
	       "response policy zones are not supported, nothing would be blocked", rpz),
	CLAUSE("python", RB_CLAUSE_OTHER, RB_EFFECT_IGNORED, "there is no python module", python),
	CLAUSE("dynlib", RB_CLAUSE_OTHER, RB_EFFECT_IGNORED, "there is no dynlib module", dynlib),
	CLAUSE("cachedb", RB_CLAUSE_OTHER, RB_EFFECT_IGNORED,
	       "there is no cache but runbound's own", cachedb),
	CLAUSE("ipset", RB_CLAUSE_OTHER, RB_EFFECT_IGNORED, "no addresses are put into ipsets",
	       ipset),
};
/* clang-format on */

const size_t rb_clause_count = ARRAY_SIZE(rb_clauses);
