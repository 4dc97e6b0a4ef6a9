/* SPDX-License-Identifier: BSD-2-Clause */
/* Every kind of record that the hot table may hold, for the differential test. */
#ifndef RB_TESTS_HOT_NAMES_H
#define RB_TESTS_HOT_NAMES_H

#include "lib/store.h"

#define HOT_WWW "www.example.com."
#define HOT_SOA                                                                                    \
	"example.com. 3600 IN SOA ns1.example.com. hostmaster.example.com. 7 7200 3600 1209600 300"
#define HOT_SIG                                                                                    \
	" 300 IN RRSIG A 13 3 300 20300101000000 20200101000000 4711 example.com. "                \
	"7Zgf2kQyVq4tbVh1p8uNVfbkuSWTwTKXcSeiuuMOPUi9uKyt4b0Cn3bXmLrc0Tz7rSMAHzlKJYo1gO+v4eZkCA=="
#define HOT_NSEC                                                                                   \
	"example.com. 300 IN NSEC a.example.com. NS SOA MX RRSIG NSEC DNSKEY\n"                    \
	"example.com. 300 IN RRSIG NSEC 13 2 300 20300101000000 20200101000000 4711 example.com. " \
	"7Zgf2kQyVq4tbVh1p8uNVfbkuSWTwTKXcSeiuuMOPUi9uKyt4b0Cn3bXmLrc0Tz7rSMAHzlKJYo1gO+v4eZkCA=="

/* Fresh in the table: the kernel answers them. */
static const struct store hot_names[] = {
	{.name = HOT_WWW, .type = 1, .answer = HOT_WWW " 300 IN A 192.0.2.80"},
	{.name = HOT_WWW, .type = 28, .answer = HOT_WWW " 300 IN AAAA 2001:db8::80"},
	{.name = "pool.example.com.",
	 .roundrobin = true,
	 .type = 1,
	 .age_s = 10,
	 .answer = "pool.example.com. 300 IN A 192.0.2.1\n"
		   "pool.example.com. 300 IN A 192.0.2.2\n"
		   "pool.example.com. 300 IN A 192.0.2.3"},
	{.name = "pool6.example.com.",
	 .roundrobin = true,
	 .type = 28,
	 .answer = "pool6.example.com. 300 IN AAAA 2001:db8::1\n"
		   "pool6.example.com. 300 IN AAAA 2001:db8::2\n"
		   "pool6.example.com. 300 IN AAAA 2001:db8::3\n"
		   "pool6.example.com. 300 IN AAAA 2001:db8::4\n"
		   "pool6.example.com. 300 IN AAAA 2001:db8::5"},
	{.name = "chain.example.com.",
	 .roundrobin = true,
	 .type = 1,
	 .age_s = 100,
	 .answer = "chain.example.com. 300 IN CNAME edge.cdn.example.net.\n"
		   "edge.cdn.example.net. 600 IN CNAME node7.edge.cdn.example.net.\n"
		   "node7.edge.cdn.example.net. 150 IN A 192.0.2.7\n"
		   "node7.edge.cdn.example.net. 150 IN A 192.0.2.8"},
	{.name = "old.tree.example.com.",
	 .type = 28,
	 .answer = "tree.example.com. 900 IN DNAME new.example.com.\n"
		   "old.tree.example.com. 900 IN CNAME old.new.example.com.\n"
		   "old.new.example.com. 900 IN AAAA 2001:db8::9"},
	{.name = "nodata.example.com.", .type = 28, .authority = HOT_SOA},
	{.name = "nodata-aged.example.com.", .type = 65, .age_s = 290, .authority = HOT_SOA},
	{.name = "gone.example.com.", .type = 1, .rcode = 3, .authority = HOT_SOA},
	{.name = "broken.example.com.", .type = 1, .rcode = 2},
	{.name = "bogus.example.com.", .type = 1, .rcode = 2, .ede = 6 + 1},
	{.name = "blocked.example.com.",
	 .type = 1,
	 .rcode = 3,
	 .ede = 15 + 1,
	 .authority = HOT_SOA},
	{.name = "notauth.example.com.", .type = 1, .rcode = 5, .ede = 18 + 1},
	{.name = "example.com.",
	 .type = 15,
	 .answer = "example.com. 300 IN MX 10 mail.example.com.\n"
		   "example.com. 300 IN MX 20 mail2.example.com.",
	 .additional = "mail.example.com. 300 IN A 192.0.2.25\n"
		       "mail2.example.com. 100 IN AAAA 2001:db8::25"},
	{.name = "example.com.",
	 .type = 2,
	 .age_s = 3000,
	 .answer = "example.com. 3600 IN NS ns1.example.com.\n"
		   "example.com. 3600 IN NS ns2.example.com.",
	 .additional = "ns1.example.com. 3600 IN A 192.0.2.53"},
	/* As the root's: more than 512 bytes with its glue, less without. */
	{.name = "servers.example.com.",
	 .type = 2,
	 .age_s = 10,
	 .answer = "servers.example.com. 3600 IN NS a.root.example.net.\n"
		   "servers.example.com. 3600 IN NS b.root.example.net.\n"
		   "servers.example.com. 3600 IN NS c.root.example.net.\n"
		   "servers.example.com. 3600 IN NS d.root.example.net.\n"
		   "servers.example.com. 3600 IN NS e.root.example.net.\n"
		   "servers.example.com. 3600 IN NS f.root.example.net.\n"
		   "servers.example.com. 3600 IN NS g.root.example.net.\n"
		   "servers.example.com. 3600 IN NS h.root.example.net.\n"
		   "servers.example.com. 3600 IN NS i.root.example.net.\n"
		   "servers.example.com. 3600 IN NS j.root.example.net.\n"
		   "servers.example.com. 3600 IN NS k.root.example.net.\n"
		   "servers.example.com. 3600 IN NS l.root.example.net.\n"
		   "servers.example.com. 3600 IN NS m.root.example.net.",
	 .additional = "a.root.example.net. 3600 IN A 192.0.2.1\n"
		       "a.root.example.net. 3600 IN AAAA 2001:db8::1\n"
		       "b.root.example.net. 3600 IN A 192.0.2.2\n"
		       "b.root.example.net. 3600 IN AAAA 2001:db8::2\n"
		       "c.root.example.net. 3600 IN A 192.0.2.3\n"
		       "c.root.example.net. 3600 IN AAAA 2001:db8::3\n"
		       "d.root.example.net. 3600 IN A 192.0.2.4\n"
		       "d.root.example.net. 3600 IN AAAA 2001:db8::4\n"
		       "e.root.example.net. 3600 IN A 192.0.2.5\n"
		       "e.root.example.net. 3600 IN AAAA 2001:db8::5\n"
		       "f.root.example.net. 3600 IN A 192.0.2.6\n"
		       "f.root.example.net. 3600 IN AAAA 2001:db8::6\n"
		       "g.root.example.net. 3600 IN A 192.0.2.7\n"
		       "g.root.example.net. 3600 IN AAAA 2001:db8::7\n"
		       "h.root.example.net. 3600 IN A 192.0.2.8\n"
		       "h.root.example.net. 3600 IN AAAA 2001:db8::8\n"
		       "i.root.example.net. 3600 IN A 192.0.2.9\n"
		       "i.root.example.net. 3600 IN AAAA 2001:db8::9\n"
		       "j.root.example.net. 3600 IN A 192.0.2.10\n"
		       "j.root.example.net. 3600 IN AAAA 2001:db8::10\n"
		       "k.root.example.net. 3600 IN A 192.0.2.11\n"
		       "k.root.example.net. 3600 IN AAAA 2001:db8::11\n"
		       "l.root.example.net. 3600 IN A 192.0.2.12\n"
		       "l.root.example.net. 3600 IN AAAA 2001:db8::12\n"
		       "m.root.example.net. 3600 IN A 192.0.2.13\n"
		       "m.root.example.net. 3600 IN AAAA 2001:db8::13"},
	{.name = "example.com.", .type = 6, .answer = HOT_SOA},
	{.name = "example.com.",
	 .type = 48,
	 .secure = true,
	 .answer = "example.com. 3600 IN DNSKEY 257 3 13 "
		   "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+"
		   "KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="},
	{.name = "example.com.",
	 .type = 43,
	 .answer = "example.com. 3600 IN DS 12345 13 2 "
		   "49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE99FD46E6C4B45C55D4AC69CB"},
	{.name = "example.com.", .type = 257, .answer = "example.com. 60 IN CAA 0 issue \"ca\""},
	{.name = "_sip._udp.example.com.",
	 .type = 33,
	 .answer = "_sip._udp.example.com. 300 IN SRV 1 2 5060 sip.example.com."},
	{.name = "svc.example.com.",
	 .type = 65,
	 .answer = "svc.example.com. 300 IN TYPE65 \\# 3 000100"},
	{.name = "private.example.com.",
	 .type = 65280,
	 .answer = "private.example.com. 300 IN TYPE65280 \\# 5 0102030405"},
	{.name = ".",
	 .type = 2,
	 .answer = ". 3600 IN NS a.root.example.\n"
		   ". 3600 IN NS b.root.example."},
	{.name = ".", .type = 1, .authority = ". 300 IN SOA a. b. 1 2 3 4 300"},
	{.name = "com.", .type = 6, .answer = "com. 900 IN SOA a. b. 1 2 3 4 5"},
	{.name = "a.b.c.d.e.f.g.h.example.com.",
	 .type = 16,
	 .answer = "a.b.c.d.e.f.g.h.example.com. 300 IN TXT \"x\" \"yz\""},
	{.name = "1.2.0.192.in-addr.arpa.",
	 .type = 12,
	 .answer = "1.2.0.192.in-addr.arpa. 300 IN PTR host.example.com."},
	/* next to the letters, and 0x20 away from a letter's neighbour */
	{.name = "@[`{.example.com.", .type = 1, .answer = "@[`{.example.com. 300 IN A 192.0.2.61"},
	{.name = "\\193\\218\\225\\250.example.com.",
	 .type = 1,
	 .answer = "\\193\\218\\225\\250.example.com. 300 IN A 192.0.2.62"},
	{.name = "dots\\.in\\.label.example.com.",
	 .type = 1,
	 .answer = "dots\\.in\\.label.example.com. 300 IN A 192.0.2.63"},
	/* local data */
	{.name = "local.example.com.",
	 .type = 1,
	 .age_s = 100,
	 .authoritative = true,
	 .answer = "local.example.com. 3600 IN A 192.0.2.10"},
	{.name = "local-none.example.com.",
	 .type = 28,
	 .rcode = 3,
	 .authoritative = true,
	 .authority = HOT_SOA},
	/* signed: one record each for who asks with DO and without, and one without the other */
	{.name = "signed.example.com.",
	 .type = 1,
	 .secure = true,
	 .dnssec_ok = true,
	 .answer = "signed.example.com. 300 IN A 192.0.2.70\nsigned.example.com." HOT_SIG},
	{.name = "signed.example.com.",
	 .type = 1,
	 .secure = true,
	 .age_s = 7,
	 .answer = "signed.example.com. 300 IN A 192.0.2.70\nsigned.example.com." HOT_SIG},
	{.name = "signed-do.example.com.",
	 .type = 1,
	 .secure = true,
	 .dnssec_ok = true,
	 .answer = "signed-do.example.com. 300 IN A 192.0.2.71\nsigned-do.example.com." HOT_SIG},
	{.name = "signed-stub.example.com.",
	 .type = 1,
	 .secure = true,
	 .answer =
		 "signed-stub.example.com. 300 IN A 192.0.2.72\nsigned-stub.example.com." HOT_SIG},
	{.name = "signed-none.example.com.",
	 .type = 1,
	 .rcode = 3,
	 .secure = true,
	 .dnssec_ok = true,
	 .authority = HOT_SOA "\n" HOT_NSEC},
	{.name = "secure.example.com.",
	 .type = 1,
	 .secure = true,
	 .answer = "secure.example.com. 300 IN A 192.0.2.73"},
};

/* Expired: served only where serve-expired allows it. */
static const struct store expired_names[] = {
	{.name = "expired.example.com.",
	 .type = 1,
	 .age_s = 301,
	 .roundrobin = true,
	 .answer = "expired.example.com. 300 IN A 192.0.2.90\n"
		   "expired.example.com. 200 IN A 192.0.2.91"},
	{.name = "expired-none.example.com.",
	 .type = 1,
	 .rcode = 3,
	 .age_s = 4000,
	 .authority = HOT_SOA},
	{.name = "expired-blocked.example.com.",
	 .type = 1,
	 .rcode = 3,
	 .ede = 15 + 1,
	 .age_s = 400,
	 .authority = HOT_SOA},
	{.name = "expired-chain.example.com.",
	 .type = 28,
	 .age_s = 700,
	 .answer = "expired-chain.example.com. 600 IN CNAME edge.cdn.example.net.\n"
		   "edge.cdn.example.net. 60 IN AAAA 2001:db8::7"},
	{.name = "expired-signed.example.com.",
	 .type = 1,
	 .secure = true,
	 .dnssec_ok = true,
	 .age_s = 3000,
	 .answer = "expired-signed.example.com. 300 IN A 192.0.2.92\n"
		   "expired-signed.example.com." HOT_SIG},
	{.name = "expired-validated.example.com.",
	 .type = 1,
	 .secure = true,
	 .age_s = 400,
	 .signed_s = 400,
	 .answer = "expired-validated.example.com. 300 IN A 192.0.2.94"},
};

/* In the table, but never to be served: too long ago, an error, local data. */
static const struct store cold_names[] = {
	{.name = "gone-stale.example.com.",
	 .type = 1,
	 .age_s = 20000,
	 .answer = "gone-stale.example.com. 300 IN A 192.0.2.93"},
	{.name = "outlived.example.com.",
	 .type = 1,
	 .secure = true,
	 .age_s = 400,
	 .signed_s = 100,
	 .answer = "outlived.example.com. 300 IN A 192.0.2.95"},
	{.name = "broken-stale.example.com.", .type = 1, .rcode = 2, .age_s = 6},
};

/* In the table, of a configuration that is no longer in force. */
static const struct store former_names[] = {
	{.name = "former.example.com.",
	 .type = 1,
	 .answer = "former.example.com. 300 IN A 192.0.2.91"},
};

#endif
