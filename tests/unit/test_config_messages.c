/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said about mistakes in a configuration, and about what has no effect. */
#include "unit/config_fixture.h"

#define S "server:\n"

static const struct message_case {
	const char *name;
	const char *text;
	enum rb_message_kind kind;
	const char *expected;
} message_cases[] = {
#define ERROR(name, text, expected)                                                                \
	{                                                                                          \
		name, text, RB_MESSAGE_ERROR, "t.conf:" expected                                   \
	}
#define WARNING(name, text, expected)                                                              \
	{                                                                                          \
		name, text, RB_MESSAGE_WARNING, "t.conf:" expected                                 \
	}
	ERROR("typing_error", S "\n\tinterfac: ::1\n",
	      "3: unknown directive 'interfac', did you mean 'interface'?"),
	ERROR("typing_error_of_a_clause", "sever:\n",
	      "1: unknown directive 'sever', did you mean 'server'?"),
	ERROR("typing_error_in_a_zone", "forward-zone:\nforwardaddr: 1.1.1.1\n",
	      "2: unknown directive 'forwardaddr', did you mean 'forward-addr'?"),
	ERROR("nothing_alike", S "zzzzzzzzzzzz: 1", "2: unknown directive 'zzzzzzzzzzzz'"),
	ERROR("case_matters", S "Port: 1", "2: unknown directive 'Port', did you mean 'port'?"),
	ERROR("wrong_clause", S "forward-addr: 192.0.2.1",
	      "2: directive 'forward-addr' does not belong to 'server:' but to 'forward-zone:'"),
	ERROR("no_clause", "port: 53",
	      "1: directive 'port' outside of a clause, it belongs to 'server:'"),
	ERROR("ring_of_an_odd_size", S "xdp-ring-size: 1000",
	      "2: xdp-ring-size: expected a power of two, such as 512 or 1024, not '1000'"),
	ERROR("ring_too_small", S "xdp-ring-size: 32",
	      "2: xdp-ring-size: expected a number from 64 to 32768, not '32'"),
	ERROR("frames_of_an_odd_number", S "xdp-frames: 3000",
	      "2: xdp-frames: expected a power of two, such as 2048 or 4096, not '3000'"),
	ERROR("too_few_frames", S "xdp-frames: 1024\nport: 5353",
	      "2: xdp-frames: 1024 are too few for xdp-ring-size: 1024, which takes 2048"),
	ERROR("not_yes_or_no", S "prefetch: true",
	      "2: prefetch: expected 'yes' or 'no', not 'true'"),
	ERROR("no_date", S "val-override-date: \"20201301000000\"",
	      "2: val-override-date: expected YYYYMMDDHHMMSS, seconds since 1970, 0 (today) or -1 "
	      "(any date), not '20201301000000'"),
	ERROR("not_a_number", S "port: dns",
	      "2: port: expected a number from 1 to 65535, not 'dns'"),
	ERROR("number_too_big", S "port: 65536",
	      "2: port: expected a number from 1 to 65535, not '65536'"),
	ERROR("number_beyond_everything", S "port: 99999999999999999999999",
	      "2: port: expected a number from 1 to 65535, not '99999999999999999999999'"),
	ERROR("number_with_a_tail", S "num-threads: 4x",
	      "2: num-threads: expected a number from 1 to 64, not '4x'"),
	ERROR("not_a_size", S "msg-cache-size: lots",
	      "2: msg-cache-size: expected a size in bytes, such as 4096, 50m or 1g, not 'lots'"),
	ERROR("size_too_small", S "hot-cache-size: 1k",
	      "2: hot-cache-size: expected a size of at least 1048576 bytes, such as 64m, not '1k'"),
	ERROR("not_a_netblock", S "access-control: 10.0.0.0/33 allow",
	      "2: access-control: expected an address or a netblock, such as 192.0.2.0/24 or "
	      "2001:db8::/32, not '10.0.0.0/33'"),
	ERROR("not_an_action", S "access-control: 10.0.0.0/8 permit",
	      "2: access-control: expected deny, refuse, allow, allow_setrd, allow_snoop, "
	      "deny_non_local or refuse_non_local, not 'permit'"),
	ERROR("not_a_number_of_connections", S "tcp-connection-limit: 10.0.0.0/8 many",
	      "2: tcp-connection-limit: 'many' is no number of connections"),
	ERROR("cookies_as_a_condition", S "access-control: 10.0.0.0/8 allow_cookie",
	      "2: access-control: allow_cookie is not supported: clients are not asked for DNS "
	      "cookies; use allow"),
	ERROR("no_such_interface", S "interface: nosuchif0",
	      "2: interface: 'nosuchif0' is neither an address nor an interface of this host"),
	ERROR("bad_port_of_an_interface", S "interface: 192.0.2.1@0",
	      "2: interface: expected an address and a port, such as 192.0.2.1@5353, not "
	      "'192.0.2.1@0'"),
	ERROR("bad_upstream", "forward-zone:\n name: .\n forward-addr: ns.example\n",
	      "3: forward-addr: expected an address, such as 192.0.2.1, 192.0.2.1@5353 or "
	      "192.0.2.1@853#dns.example, not 'ns.example'"),
	ERROR("bad_domain", S "private-domain: a..b",
	      "2: private-domain: expected a domain name, not 'a..b'"),
	ERROR("bad_ports", S "outgoing-port-permit: 2-1",
	      "2: outgoing-port-permit: expected a port or a range of ports, such as 1024-65535, "
	      "not '2-1'"),
	ERROR("bad_reverse_data", S "local-data-ptr: \"host 192.0.2.1\"",
	      "2: local-data-ptr: expected an address and a name, such as \"192.0.2.1 "
	      "host.example\", not 'host 192.0.2.1'"),
	ERROR("no_such_user_of_resolvers", S "resolver-username: nobody-of-that-name",
	      "2: resolver-username: there is no user 'nobody-of-that-name'"),
	ERROR("more_than_there_is", S "hot-cache-size: 1000000g",
	      "2: hot-cache-size: this machine has "),
	ERROR("no_such_user", S "username: nobody-of-that-name",
	      "2: username: there is no user 'nobody-of-that-name'"),
	ERROR("not_numbers", S "target-fetch-policy: \"3 2 x\"",
	      "2: target-fetch-policy: expected numbers with blanks between them, such as "
	      "'3 2 1 0 0', not '3 2 x'"),
	ERROR("no_numbers", S "target-fetch-policy: \" \"",
	      "2: target-fetch-policy: expected numbers with blanks"),
	ERROR("not_all_numbers", S "val-nsec3-keysize-iterations: \"1024 x\"",
	      "2: val-nsec3-keysize-iterations: expected numbers with blanks"),
	ERROR("size_without_iterations", S "val-nsec3-keysize-iterations: \"1024 150 2048\"",
	      "2: val-nsec3-keysize-iterations: expected pairs of a key's size, ascending, and "
	      "iterations, such as '1024 150 2048 150', not '1024 150 2048'"),
	ERROR("sizes_out_of_order", S "val-nsec3-keysize-iterations: \"2048 150 1024 150\"",
	      "2: val-nsec3-keysize-iterations: expected pairs"),
	ERROR("outgoing_interface_twice",
	      S "outgoing-interface: 192.0.2.1\noutgoing-interface: 192.0.2.1\n",
	      "3: outgoing-interface: 192.0.2.1 is there already, by t.conf:2"),
	ERROR("no_outgoing_port", S "outgoing-port-permit: 5\noutgoing-port-avoid: 0-65535\n",
	      "3: no port is left to ask upstreams from, see outgoing-port-permit: and "
	      "outgoing-port-avoid:"),
	ERROR("relative_control_socket", S "control-socket: sock",
	      "2: control-socket: expected a path that begins with '/', or \"\" for no socket"),
	ERROR("nsid_odd", S "nsid: abc", "2: nsid: expected ascii_ and a text, or pairs of"),
	ERROR("nsid_word", S "nsid: zz", "2: nsid: expected ascii_ and a text, or pairs of"),
	ERROR("metrics_interface", S "metrics-interface: eth0",
	      "2: metrics-interface: expected an address"),
	ERROR("relative_pin_dir", S "pin-dir: runbound",
	      "2: pin-dir: expected a path that begins with '/', not 'runbound'"),
	ERROR("open_quote", S "identity: \"me\nport: 1\n",
	      "2: identity: the quote \" is not closed on its line"),
	ERROR("open_quote_at_the_end", S "identity: 'me", "2: identity: the quote ' is not closed"),
	ERROR("no_value", S "identity:\nport: 1\n", "2: identity: its value is missing"),
	ERROR("no_second_value", S "access-control: ::1",
	      "2: access-control: its value is missing"),
	ERROR("a_value_too_many", S "port: 53 54\n", "2: expected 'attribute: value', found '54'"),
	ERROR("no_colon", S "port 53\n", "2: expected 'attribute: value', found 'port'"),
	ERROR("stray_quote", S "\"port: 53\n", "2: expected 'attribute: value', found '\"'"),
	ERROR("zone_without_name", "\nforward-zone:\n forward-addr: 192.0.2.1\n",
	      "2: forward-zone: name: is missing"),
	ERROR("view_without_name", "view:\n view-first: yes\n", "1: view: name: is missing"),
	ERROR("view_twice", "view:\n name: v\nview:\n name: v\n",
	      "3: view: there is another one of the name 'v'"),
	ERROR("blocklist_without_file", "blocklist:\n action: null\n",
	      "1: blocklist: file: or url: is missing"),
	ERROR("blocklist_of_both",
	      "blocklist:\n name: a\n file: b\n url: 'http://lists.example/'\n",
	      "1: blocklist: file: and url: do not go together"),
	ERROR("blocklist_url_without_name", "blocklist:\n url: 'http://lists.example/'\n",
	      "1: blocklist: name: is missing"),
	ERROR("blocklist_url", "blocklist:\n url: 'ftp://lists.example/'\n",
	      "2: url: expected a URL that begins with https:// or http://"),
	ERROR("blocklists_of_one_name",
	      "blocklist:\n name: a\n url: 'http://lists.example/'\n"
	      "blocklist:\n name: a\n url: 'http://lists.example/b'\n",
	      "4: blocklist: name: a: another one with a url: has the same"),
	ERROR("blocklist_refresh", "blocklist:\n refresh: 5\n", "2: refresh: expected"),
	ERROR("blocklist_action", "blocklist:\n action: block\n",
	      "2: action: expected nxdomain, nodata, null, refuse, allow, or an "
	      "address (one of each family), not 'block'"),
	ERROR("blocklist_format", "blocklist:\n format: zone\n", "2: format: expected auto, hosts"),
	ERROR("blocklist_two_addresses", "blocklist:\n action: '192.0.2.1 192.0.2.2'\n",
	      "2: action: expected nxdomain"),
	ERROR("blocklist_name", "blocklist:\n name: 'a b'\n", "2: name: expected a word"),
	ERROR("blocklist_whose_file_is_not_there", "blocklist:\n file: /nowhere\n",
	      "1: blocklist: cannot read '/nowhere': No such file"),
	ERROR("rpz_without_file", "rpz:\n name: x\n rpz-log: yes\n",
	      "1: rpz: zonefile:, primary: or url: is missing"),
	ERROR("rpz_without_name", "rpz:\n zonefile: /dev/null\n", "1: rpz: name: is missing"),
	ERROR("rpz_whose_file_is_not_there", "rpz:\n name: x\n zonefile: /nowhere\n",
	      "1: rpz: zonefile: cannot read '/nowhere': No such file"),
	ERROR("rpz_primary_over_tls", "rpz:\n name: x\n primary: 192.0.2.1#a.example\n",
	      "3: primary: zones are not transferred over TLS"),
	ERROR("rpz_url", "rpz:\n name: x\n url: 'ftp://lists.example/'\n",
	      "3: url: expected a URL that begins with https:// or http://"),
	ERROR("rpz_override", "rpz:\n name: x\n rpz-action-override: nx\n",
	      "3: rpz-action-override: expected nxdomain, nodata"),
	ERROR("rpz_override_without_target",
	      "rpz:\n name: x\n zonefile: /dev/null\n rpz-action-override: cname\n",
	      "1: rpz: rpz-action-override: cname asks for rpz-cname-override"),
	ERROR("unknown_in_rpz", "rpz:\n\n rpz-lgo: yes\n",
	      "3: unknown directive 'rpz-lgo', did you mean 'rpz-log'?"),
	ERROR("view_that_is_not_there", S "access-control-view: 10.0.0.0/8 v",
	      "2: access-control-view: there is no view of the name 'v'"),
	ERROR("tag_that_is_not_defined", S "access-control-tag: 10.0.0.0/8 \"a b\"",
	      "2: access-control-tag: unknown tag 'a'; define-tag: names tags, above their use"),
	ERROR("tag_of_no_zone", S "define-tag: a\nlocal-zone-tag: example a",
	      "3: local-zone-tag: there is no local-zone of this name"),
	ERROR("local_data_that_is_no_record", S "local-data: \"pi.hole IN A 192.168.x.x\"",
	      "2: local-data: expected a resource record"),
	ERROR("local_data_without_type", S "local-data: \"x. nonsense\"",
	      "2: local-data: expected a resource record"),
	ERROR("local_data_without_data", S "local-data: \"x. IN A\"",
	      "2: local-data: expected a resource record"),
	ERROR("local_data_without_rdata", S "local-data: \"foo. IN MX nonsense\"",
	      "2: local-data: expected a resource record"),
	ERROR("local_zone_type", S "local-zone: example sttic",
	      "2: local-zone: expected static, deny, refuse"),
	ERROR("response_ip", S "response-ip: 192.0.2.0/24 static",
	      "2: response-ip: expected deny, redirect, inform"),
	ERROR("response_ip_netblock", S "response-ip: 192.0.2.0/33 deny",
	      "2: response-ip: expected"),
	ERROR("python_module", S "module-config: \"python validator iterator\"",
	      "2: module-config: module python is not supported: it would change answers"),
	ERROR("unknown_module", S "module-config: \"validator itreator\"",
	      "2: module-config: unknown module 'itreator', known are validator, iterator and "
	      "dns64"),
	ERROR("no_iterator", S "module-config: \"validator\"",
	      "2: module-config: expected modules of which iterator is the last, not 'validator'"),
	ERROR("zone_primary", "auth-zone:\n name: z\n primary: 192.0.2.0/24\n",
	      "3: primary: expected an address or a name"),
	ERROR("auth_zone_without_file", "auth-zone:\n name: z\n",
	      "1: auth-zone: zonefile:, primary: or url: is missing"),
	ERROR("missing_file", S "root-hints: /nonexistent/hints",
	      "2: root-hints: cannot read '/nonexistent/hints': No such file or directory"),
	ERROR("bad_local_zone", S "local-zone: a.example nxdomain",
	      "2: local-zone: expected static, deny,"),
	WARNING("zonemd_below_an_anchor",
		"server:\n trust-anchor: 'z. DS 1 8 2 "
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'\n"
		"auth-zone:\n name: a.z\n primary: 192.0.2.1\n zonemd-check: yes\n",
		"6: zonemd-check: a.z is below a trust anchor: its digest is not verified. With "
		"'domain-insecure: a.z' it would be"),
	WARNING("interface_twice", S "interface: 192.0.2.1\ninterface: 192.0.2.1@53\n",
		"3: interface: 192.0.2.1@53 is there already, by t.conf:2"),
	WARNING("interface_twice_in_other_words",
		S "interface: 2001:db8::1\nip-address: 2001:db8:0::1\n",
		"3: interface: 2001:db8:0::1 is there already, by t.conf:2"),
	WARNING("interface_by_name_and_address", S "interface: lo\ninterface: 127.0.0.1\n",
		"3: interface: 127.0.0.1 is there already, by t.conf:2"),
	WARNING("chroot", S "chroot: /var/x", "2: chroot: ignored: runbound does not change its"),
	WARNING("ip_ratelimit", S "ip-ratelimit: 100",
		"2: ip-ratelimit: what the kernel answers from the hot table is not counted"),
	WARNING("answer_cookie", S "answer-cookie: yes",
		"2: answer-cookie: ignored: clients are not asked for cookies, and get none"),
	ERROR("wait_limit_netblock", S "wait-limit-netblock: 10.0.0.0/8 some",
	      "2: wait-limit-netblock: 'some' is no number of queries"),
	WARNING("wait_limit_netblock_twice",
		S "wait-limit-netblock: 10.0.0.0/8 -1\nwait-limit-netblock: 10.0.0.0/8 5",
		"3: wait-limit-netblock: 10.0.0.0/8 has a limit already, which counts"),
	WARNING("connection_limit_twice",
		S "tcp-connection-limit: 10.0.0.0/8 5\ntcp-connection-limit: 10.1.2.3/8 6\n",
		"3: tcp-connection-limit: 10.1.2.3/8 has a limit already, which counts"),
	WARNING("cachedb", "cachedb:\n\n backend: redis\n redis-timeout: 100\n",
		"3: cachedb: ignored: there is no cache but runbound's own"),
	WARNING("tls_port", S "interface: 127.0.0.1\ninterface: 127.0.0.1@853\n",
		"3: interface 127.0.0.1@853: not served: tls-port: takes "
		"tls-service-key: and tls-service-pem:"),
	WARNING("name_of_an_upstream_without_tls",
		"forward-zone:\n name: .\n forward-addr: 192.0.2.1#dns.example\n",
		"3: forward-addr: '192.0.2.1#dns.example' is asked in clear text: without "
		"forward-tls-upstream: yes there is no TLS"),
	WARNING("port_of_an_upstream_without_tls",
		"stub-zone:\n name: a.example\n stub-host: ns.example@853\n",
		"3: stub-host: 'ns.example@853' is asked in clear text"),
	WARNING("allow_notify_by_name",
		"auth-zone:\n name: z\n primary: 192.0.2.1\n allow-notify: ns.example\n",
		"4: allow-notify: 'ns.example': NOTIFY is taken from addresses and netblocks"),
};

/* Otherwise: the operator searches a file of a thousand lines for a mistake without a hint. */
static void message_names_place_and_cure(void **state)
{
	const struct message_case *c = *state;
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_text(c->text, c->kind == RB_MESSAGE_ERROR ? -EINVAL : 0);
	const char *text = message_of(config, c->kind, 0);

	assert_non_null(text);
	if (strncmp(text, c->expected, strlen(c->expected)) != 0)
		assert_string_equal(text, c->expected);
}

/* Otherwise: the operator repairs a file error by error, a restart for each. */
static void all_errors_are_found_at_once(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_text(S "prot: 53\n"
			    "prefetch: maybe\n"
			    "garbage\n"
			    "num-threads: 0\n"
			    "forward-zone:\n"
			    "  forward-addr: x\n"
			    "server:\n"
			    "access-control: 10.0.0.0/8\n",
			  -EINVAL);
	static const char *const locations[] = {"t.conf:2:", "t.conf:3:", "t.conf:4:", "t.conf:5:",
						"t.conf:7:", "t.conf:6:", "t.conf:9:"};
	size_t i;

	(void)state;
	assert_int_equal(config->message_count, ARRAY_SIZE(locations));
	for (i = 0; i < ARRAY_SIZE(locations); i++)
		assert_memory_equal(config->messages[i].text, locations[i], strlen(locations[i]));
}

/* Otherwise: an existing file that asks for nothing special greets its operator with noise. */
static void what_asks_for_nothing_is_not_warned_of(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_text(S "use-syslog: no\nlogfile: \"\"\nlog-queries: no\nchroot: \"\"\n"
			    "statistics-interval: 0\nextended-statistics: no\nso-reuseport: yes\n"
			    "msg-cache-slabs: 8\nhide-identity: yes\nhide-version: yes\n"
			    "do-daemonize: no\nip-ratelimit: 0\ndeny-any: no\n"
			    "client-subnet-always-forward: no\n"
			    "remote-control:\ncontrol-enable: no\npython:\ndynlib:\n",
			  0);

	(void)state;
	assert_int_equal(config->message_count, 0);
}

/* Otherwise: a blocklist's directive fills the log a million times. */
static void a_directive_is_warned_of_once(void **state)
{
	_cleanup_(rb_config_freep) struct rb_config *config = read_text(
		S "answer-cookie: yes\nanswer-cookie: yes\nshm-enable: yes\nanswer-cookie: yes\n",
		0);

	(void)state;
	assert_int_equal(config->message_count, 2);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(message_cases)];
	const struct CMUnitTest single[] = {
		cmocka_unit_test(all_errors_are_found_at_once),
		cmocka_unit_test(what_asks_for_nothing_is_not_warned_of),
		cmocka_unit_test(a_directive_is_warned_of_once),
	};
	size_t i;
	int failed;

	for (i = 0; i < ARRAY_SIZE(message_cases); i++)
		tests[i] = (struct CMUnitTest){message_cases[i].name, message_names_place_and_cure,
					       NULL, NULL, (void *)&message_cases[i]};
	failed = cmocka_run_group_tests_name("config message cases", tests, NULL, NULL);
	return failed + cmocka_run_group_tests_name("config messages", single, NULL, NULL);
}
