/* SPDX-License-Identifier: BSD-2-Clause */
/* The kind of file that production machines have. */
#include "unit/config_fixture.h"

/* Of the kind that pi-hole, OPNsense and distributions' how-tos leave on machines. */
static const char production[] = "# Unbound on the office's router\n"
				 "server:\n"
				 "    # process\n"
				 "    username: \"unbound\"\n"
				 "    directory: \"@@\"\n"
				 "    chroot: \"\"\n"
				 "    pidfile: \"/run/unbound.pid\"\n"
				 "    logfile: \"\"\n"
				 "    use-syslog: yes\n"
				 "    verbosity: 1\n"
				 "    log-queries: no\n"
				 "    log-replies: no\n"
				 "    log-servfail: no\n"
				 "    extended-statistics: yes\n"
				 "    statistics-interval: 0\n"
				 "    statistics-cumulative: yes\n"
				 "    num-threads: 4\n"
				 "    # addresses\n"
				 "    interface: 127.0.0.1\n"
				 "    interface: ::1\n"
				 "    interface: 192.0.2.53\n"
				 "    interface: 192.0.2.53@853\n"
				 "    port: 5335\n"
				 "    do-ip4: yes\n"
				 "    do-ip6: yes\n"
				 "    do-udp: yes\n"
				 "    do-tcp: yes\n"
				 "    prefer-ip6: no\n"
				 "    so-rcvbuf: 4m\n"
				 "    so-sndbuf: 4m\n"
				 "    so-reuseport: yes\n"
				 "    ip-transparent: no\n"
				 "    interface-automatic: no\n"
				 "    # clients\n"
				 "    access-control: 0.0.0.0/0 refuse\n"
				 "    access-control: 127.0.0.0/8 allow\n"
				 "    access-control: 192.0.2.0/24 allow\n"
				 "    access-control: ::0/0 refuse\n"
				 "    access-control: ::1 allow\n"
				 "    access-control: ::ffff:127.0.0.1 allow\n"
				 "    # caches\n"
				 "    msg-cache-slabs: 8\n"
				 "    rrset-cache-slabs: 8\n"
				 "    infra-cache-slabs: 8\n"
				 "    key-cache-slabs: 8\n"
				 "    msg-cache-size: 50m\n"
				 "    rrset-cache-size: 100m\n"
				 "    key-cache-size: 8m\n"
				 "    neg-cache-size: 4m\n"
				 "    infra-cache-numhosts: 20000\n"
				 "    infra-host-ttl: 900\n"
				 "    cache-min-ttl: 0\n"
				 "    cache-max-ttl: 86400\n"
				 "    cache-max-negative-ttl: 3600\n"
				 "    outgoing-range: 4096\n"
				 "    num-queries-per-thread: 2048\n"
				 "    jostle-timeout: 200\n"
				 "    outgoing-num-tcp: 20\n"
				 "    incoming-num-tcp: 50\n"
				 "    tcp-idle-timeout: 10000\n"
				 "    edns-buffer-size: 1232\n"
				 "    max-udp-size: 3072\n"
				 "    msg-buffer-size: 65552\n"
				 "    prefetch: yes\n"
				 "    prefetch-key: yes\n"
				 "    serve-expired: yes\n"
				 "    serve-expired-ttl: 3600\n"
				 "    rrset-roundrobin: yes\n"
				 "    minimal-responses: yes\n"
				 "    # hardening\n"
				 "    hide-identity: yes\n"
				 "    hide-version: yes\n"
				 "    harden-short-bufsize: yes\n"
				 "    harden-large-queries: yes\n"
				 "    harden-glue: yes\n"
				 "    harden-dnssec-stripped: yes\n"
				 "    harden-below-nxdomain: yes\n"
				 "    harden-referral-path: no\n"
				 "    harden-algo-downgrade: yes\n"
				 "    use-caps-for-id: no\n"
				 "    qname-minimisation: yes\n"
				 "    aggressive-nsec: yes\n"
				 "    unwanted-reply-threshold: 10000000\n"
				 "    do-not-query-localhost: no\n"
				 "    deny-any: yes\n"
				 "    private-address: 10.0.0.0/8\n"
				 "    private-address: 172.16.0.0/12\n"
				 "    private-address: 192.168.0.0/16\n"
				 "    private-address: fd00::/8\n"
				 "    private-address: fe80::/10\n"
				 "    private-domain: \"office.example\"\n"
				 "    domain-insecure: \"office.example\"\n"
				 "    # trust\n"
				 "    module-config: \"subnetcache validator iterator\"\n"
				 "    root-hints: \"root.hints\"\n"
				 "    trust-anchor-file: \"root.key\"\n"
				 "    val-clean-additional: yes\n"
				 "    val-log-level: 1\n"
				 "    tls-cert-bundle: \"/etc/ssl/certs/ca-certificates.crt\"\n"
				 "    ratelimit: 1000\n"
				 "    ip-ratelimit: 100\n"
				 "    # local names\n"
				 "    unblock-lan-zones: yes\n"
				 "    insecure-lan-zones: yes\n"
				 "    local-zone: \"office.example.\" static\n"
				 "    local-data: \"router.office.example. 3600 IN A 192.0.2.53\"\n"
				 "    local-data-ptr: \"192.0.2.53 router.office.example\"\n"
				 "    local-data: 'txt.office.example. TXT \"v=spf1 -all\"'\n"
				 "    include: \"@@/*.block\"\n"
				 "remote-control:\n"
				 "    control-enable: yes\n"
				 "    control-interface: 127.0.0.1\n"
				 "    control-port: 8953\n"
				 "    server-key-file: \"/etc/unbound/unbound_server.key\"\n"
				 "forward-zone:\n"
				 "    name: \".\"\n"
				 "    forward-tls-upstream: no\n"
				 "    forward-addr: 192.0.2.1\n"
				 "    forward-addr: 2001:db8::1@5353\n"
				 "stub-zone:\n"
				 "    name: \"2.0.192.in-addr.arpa\"\n"
				 "    stub-addr: 192.0.2.10@5300\n"
				 "    stub-prime: no\n";

/* Otherwise: people cannot start runbound with the file that they have. */
static void production_file_is_taken_over(void **state)
{
	static const char *const named[] = {
		"ip-ratelimit",
		"interface 192.0.2.53@853",
	};
	struct lab *lab = *state;
	size_t i;

	lab_file(lab, "ads.block", "local-zone: \"ads.example\" always_nxdomain\n");
	lab_file(lab, "root.hints", ". NS a.\na. A 192.0.2.1\n");
	lab_file(lab, "root.key",
		 ". IN DS 20326 8 2 "
		 "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n"
		 ". IN DS 38696 8 2 "
		 "683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16\n");
	{
		_cleanup_(rb_config_freep) struct rb_config *config = read_main(lab, production, 0);

		assert_non_null(config);
		assert_int_equal(config->message_count, ARRAY_SIZE(named));
		for (i = 0; i < ARRAY_SIZE(named); i++)
			assert_non_null(strstr(config->messages[i].text, named[i]));
		assert_int_equal(config->listen_count, 3);
		assert_int_equal(config->port, 5335);
		assert_true(config->remote.enabled && config->remote.use_cert);
		assert_string_equal(config->remote.key_file, "/etc/unbound/unbound_server.key");
		assert_int_equal(config->acl_count, 4 + 5);
		assert_int_equal(config->max_udp_size, 3072);
		assert_int_equal(config->incoming_num_tcp, 50);
		assert_true(config->prefetch && config->serve_expired);
		assert_non_null(strstr(config->resolver_text, "\tmsg-cache-size: 6553600\n"));
		assert_non_null(memmem(config->local.bytes, config->local.bytes_len,
				       "\3ads\7example", sizeof("\3ads\7example")));
		assert_non_null(
			strstr(config->resolver_text, "\tmodule-config: \"validator iterator\"\n"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(production_file_is_taken_over),
	};

	return cmocka_run_group_tests_name("config production", tests, NULL, NULL);
}
