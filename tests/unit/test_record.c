/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records as operators write them in local-data: of every type, in every spelling. What libunbound
 * takes we take, and make the same data of it, but for what is no record.
 */
#include "unit/config_fixture.h"

#include <unbound.h>

#include "dns/name.h"

/* clang-format off: tables */
/* Both take them, and read the same. */
static const char *const taken[] = {
	"a.x. A 192.0.2.1",
	"a.x. 60 A 192.0.2.1",
	"a.x. IN A 192.0.2.1",
	"a.x. 60 IN A 192.0.2.1",
	"a.x. 1h IN A 192.0.2.1",
	"a.x. 1h30m A 192.0.2.1",
	"a.x. 1w2d A 192.0.2.1",
	"a.x. CLASS1 A 192.0.2.1",
	"a.x. CH A 192.0.2.1",
	"a.x. CH TXT \"x\"",
	"a.x. HS A 192.0.2.1",
	"a.x. CLASS3 TXT \"x\"",
	"a.x. CLASS5 A 192.0.2.1",
	"a.x. in a 192.0.2.1",
	"a.x. In aAaA 2001:db8::1",
	"a.x. TYPE1 192.0.2.1",
	"a.x. TYPE1 \\# 4 c0000201",
	"a.x. A \\# 4 c0000201",
	"a.x. A \\# 4 c0 00 02 01",
	"a.x. TYPE65534 \\# 0",
	"a.x. TYPE65534 \\# 2 abcd",
	"a.x. TYPE65534 \\# 2 ab cd",
	"a.x. TYPE65534 \\# 2 a bcd",
	"a.x. TYPE65534 \\# 2 ABCD",
	"a.x. TYPE65534 \\# 02 abcd",
	"a.x. TYPE65 1 . alpn=h2",
	"a.x. TYPE65 \\# 3 000100",
	"a.x. TYPE64 1 . alpn=h2",
	"a.x. type65 \\# 3 000100",
	"a.x. HTTPS 1 .",
	"a.x. HTTPS 1 . alpn=h2,h3",
	"a.x. HTTPS 1 . alpn=\"h2,h3\" port=8443",
	"a.x. HTTPS 1 . alpn=h2 ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1",
	"a.x. HTTPS 0 b.x.",
	"a.x. HTTPS 1 b.x. mandatory=alpn alpn=h2 no-default-alpn",
	"a.x. HTTPS 1 . ech=AEX+DQ==",
	"a.x. HTTPS 1 . ech=\"AEX+DQ==\"",
	"a.x. HTTPS 1 . key65000=abc",
	"a.x. HTTPS 1 . key65000",
	"a.x. HTTPS 1 . port=53 port=54",
	"a.x. HTTPS 1 . mandatory=port",
	"a.x. HTTPS \\# 3 000100",
	"a.x. SVCB 1 . port=53",
	"a.x. SVCB 0 b.x.",
	"a.x. TXT x",
	"a.x. TXT \"x\" \"y\"",
	"a.x. TXT \"x y\" z",
	"a.x. TXT \"\"",
	"a.x. TXT \\# 2 0178",
	"a.x. TXT \"a\\\"b\"",
	"a.x. TXT \"a\\065b\"",
	"a.x. TXT \"a;b\"",
	"a.x. TXT a;b",
	"a.x. TXT x ; comment",
	"a.x. TXT ( x y )",
	"a.x. TXT \"unterminated",
	"a.x. SPF \"v=spf1 -all\"",
	"a.x. MX 10 b.x.",
	"a.x. MX 10 b",
	"a.x. MX 10 @",
	"a.x. MX 70000 b.x.",
	"a.x. MX \\# 3 000a00",
	"a.x. NS b.x.",
	"a.x. CNAME b.x.",
	"a.x. DNAME b.x.",
	"a.x. PTR b.x.",
	"a.x. PTR \\# 5 0162017800",
	"a.x. CNAME \\# 5 0162017800",
	"a.x. MB b.x.",
	"a.x. MG b.x.",
	"a.x. MR b.x.",
	"a.x. MINFO b.x. c.x.",
	"a.x. MD b.x.",
	"a.x. MF b.x.",
	"a.x. NULL \\# 2 abcd",
	"a.x. WKS 192.0.2.1 tcp 25",
	"a.x. WKS 192.0.2.1 6 25 53",
	"a.x. WKS 192.0.2.1 tcp smtp domain",
	"a.x. WKS 192.0.2.1 udp 53",
	"a.x. HINFO PC Linux",
	"a.x. HINFO \"PC AT\" \"Linux\"",
	"a.x. RP b.x. c.x.",
	"a.x. AFSDB 1 b.x.",
	"a.x. X25 311061700956",
	"a.x. X25 \"311061700956\"",
	"a.x. ISDN 150862028003217 004",
	"a.x. ISDN \"150862028003217\"",
	"a.x. RT 2 b.x.",
	"a.x. NSAP 0x47.0005.80.005a00.0000.0001.e133.ffffff000161.00",
	"a.x. NSAP 0x47000580005a0000000001e133ffffff00016100",
	"a.x. NSAP-PTR b.x.",
	"a.x. SIG A 8 2 60 20300101000000 20200101000000 1 x. AAAA",
	"a.x. KEY 256 3 8 AQPSKmynfzW4kyBv015MUG2DeIQ3",
	"a.x. PX 10 b.x. c.x.",
	"a.x. GPOS -32.6882 116.8652 10.0",
	"a.x. AAAA 2001:db8::1",
	"a.x. AAAA ::ffff:192.0.2.1",
	"a.x. AAAA \\# 16 20010db8000000000000000000000001",
	"a.x. LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m",
	"a.x. LOC 52 N 4 E 10m",
	"a.x. LOC 52 22 N 4 53 E 10",
	"a.x. LOC 52 22 23.000 N 4 53 32.000 E -2.00m 30m",
	"a.x. LOC 52 22 23 N 4 53 32 E 0",
	"a.x. LOC 0 N 0 E 0m",
	"a.x. LOC 90 N 180 E 42849672.95m",
	"a.x. LOC 91 N 180 E 1m",
	"a.x. LOC 42 21 54.5 N 71 06 18 W -24m 30m",
	"a.x. EID 0102",
	"a.x. EID \\# 2 0102",
	"a.x. NIMLOC 0102",
	"a.x. SRV 0 5 5060 b.x.",
	"a.x. SRV 0 5 70000 b.x.",
	"a.x. ATMA 0102",
	"a.x. ATMA \\# 2 0102",
	"a.x. NAPTR 100 10 \"S\" \"SIP+D2U\" \"!^.*$!sip:info@x!\" b.x.",
	"a.x. NAPTR 100 10 \"\" \"\" \"\" .",
	"a.x. NAPTR 100 10 U E2U+sip !^.*$!sip:info@x! .",
	"a.x. KX 10 b.x.",
	"a.x. CERT PGP 1 2 AQID",
	"a.x. CERT 1 0 0 AQID",
	"a.x. CERT PKIX 1 RSASHA256 AQID",
	"a.x. APL 1:192.0.2.0/24",
	"a.x. APL 1:192.0.2.0/24 !1:192.0.2.64/28 2:2001:db8::/32",
	"a.x. APL",
	"a.x. APL !1:192.0.2.64/28",
	"a.x. DS 12345 13 2 49FD46E6C4B45C55D4AC",
	"a.x. DS 12345 13 2 49FD46E6 C4B45C55D4AC69CBD3CD34AC1AFE51DE5AFE51DE5AFE51DE5AFE51DE5AFE51DE",
	"a.x. DS 12345 ECDSAP256SHA256 2 49FD",
	"a.x. SSHFP 1 1 dd465c09cfa51fb45020cc83316fff21b9ec74ac",
	"a.x. SSHFP 4 2 dd46",
	"a.x. IPSECKEY 10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
	"a.x. IPSECKEY 10 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
	"a.x. IPSECKEY 10 3 2 b.x. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
	"a.x. IPSECKEY 10 2 2 2001:db8::1 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
	"a.x. RRSIG A 8 2 60 20300101000000 20200101000000 1 x. AAAA",
	"a.x. RRSIG TYPE65534 8 2 60 20300101000000 20200101000000 1 x. AAAA",
	"a.x. RRSIG A 8 2 60 1893456000 1577836800 1 x. AAAA",
	"a.x. NSEC b.x. A MX RRSIG NSEC TYPE1234",
	"a.x. NSEC b.x.",
	"a.x. DNSKEY 256 3 8 AQPSKmynfzW4kyBv015MUG2DeIQ3",
	"a.x. DNSKEY 257 3 ECDSAP256SHA256 AQPSKmynfzW4kyBv015MUG2DeIQ3",
	"a.x. DNSKEY 257 3 13 AQPSKmyn fzW4kyBv015MUG2DeIQ3",
	"a.x. DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
	"a.x. NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG",
	"a.x. NSEC3 1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr",
	"a.x. NSEC3PARAM 1 0 12 aabbccdd",
	"a.x. NSEC3PARAM 1 0 0 -",
	"a.x. TLSA 3 1 1 d2abde240d7cd3ee6b4b28c54df034b9",
	"a.x. TLSA 3 1 1 d2abde24 0d7cd3ee6b4b28c54df034b9",
	"a.x. SMIMEA 3 1 1 d2abde24",
	"a.x. HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D rvs.x.",
	"a.x. HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOF",
	"a.x. TALINK a. b.",
	"a.x. CDS 12345 13 2 49FD46E6",
	"a.x. CDS 0 0 0 00",
	"a.x. CDNSKEY 257 3 13 AQPSKmynfzW4kyBv015MUG2DeIQ3",
	"a.x. CDNSKEY 0 3 0 AA==",
	"a.x. OPENPGPKEY AQIDBA==",
	"a.x. CSYNC 66 3 A NS AAAA",
	"a.x. ZONEMD 2018031900 1 1 c68090d90a7aed716bc459f9340e3d7c1370d4d24b7e2fc3a1ddc0b9a87153b9a9713b3c9ae5cc27777f98b8e730044c",
	"a.x. ZONEMD 2018 1 240 e2d523f654b9422a96c5a8f44607bbee",
	"a.x. NID 10 0014:4fff:ff20:ee64",
	"a.x. L32 10 10.1.2.0",
	"a.x. L64 10 2001:0DB8:1140:1000",
	"a.x. LP 10 b.x.",
	"a.x. EUI48 00-00-5e-00-53-2a",
	"a.x. EUI64 00-00-5e-ef-10-00-00-2a",
	"a.x. URI 10 1 \"ftp://ftp.example/x\"",
	"a.x. URI 10 1 ftp://ftp.example/x",
	"a.x. CAA 0 issue \"ca.example\"",
	"a.x. CAA 128 issuewild \";\"",
	"a.x. CAA 0 iodef \"mailto:a@x\"",
	"a.x. CAA 0 issue ca.example",
	"a.x. CAA 0 TBS \"Unknown\"",
	"a.x. DLV 12345 13 2 49FD46E6",
	"a.x. SOA b.x. c.x. 1 2 3 4 5",
	"a.x. SOA b.x. c.x. 1 1h 1d 1w 5",
	"a.x. SOA ( b.x. c.x. 1 2 3 4 5 )",
	"a.x. SOA b.x. c\\.d.x. 1 2 3 4 5",
	"a A 192.0.2.1",
	"a.x A 192.0.2.1",
	"* A 192.0.2.1",
	"*.a.x A 192.0.2.1",
	". A 192.0.2.1",
	"@ A 192.0.2.1",
	"a\\.b.x. A 192.0.2.1",
	"a\\032b.x. A 192.0.2.1",
	"a\\ b.x. A 192.0.2.1",
	"\"a.x.\" A 192.0.2.1",
	"_a._b.x. A 192.0.2.1",
	"a.x. A 192.0.2.1 ; comment",
	"a.x. 0 A 192.0.2.1",
	"a.x. 4294967295 A 192.0.2.1",
	"a.x. A ( 192.0.2.1 )",
	"a.x. HTTPS 1 . key65000=\\001b",
	"a.x. HTTPS 1 . key65000=\"a\\\"b\"",
	"a.x. HTTPS 1 . key65000=\"a\\\\b\"",
	"a.x. HTTPS 1 . key65000=a\\032b",
	"a.x. APL \\# 0",
	"a.x. CAA \\# 5 0001616263",
	"a.x. MX \\# 5 000a016200",
	"a.x. SOA \\# 22 00000000000100000002000000030000000400000005",
	"a.x. NSEC \\# 3 000001",
	"a.x. TXT \"\\# 2\"",
	"a.x. 2147483647 A 192.0.2.1",
	"a.x. 2147483648 A 192.0.2.1",
	"a.x. SVCB 16 foo.x. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",
	"a.x. CSYNC 66 3",
	"a.x. A 192.0.2.1 extra",
	"a.x. HTTPS 1 . alpn=\"f\\\\,o\"",
	"a.x. HTTPS 1 . alpn=\"f\\\\\\,o\"",
	"a.x. HTTPS 1 . alpn=f\\\\\\044o,h2",
	"a.x. HTTPS 1 . alpn=\"f\\044o\"",
	"a.x. HTTPS 1 . alpn=\"f\\.o\"",
	"a.x. URI 10 1 \"a\" \"b\"",
	"a.x. CAA 0 issue a b",
	"a.x. HTTPS 1 . alpn=\\\"dot\\\" port=853",
	"a.x. TXT a ;b c",
	"a.x. TXT \"a;b\" c;d",
	"a.x. TXT \"a\"\"b\"",
	"a.x. TXT a\\;b",
	"a.x. MX 10 b.x. ; c",
	"a.x. CAA 0 issue",
	"a.x. CAA 0 issue ; c",
	"a.x. URI 10 1",
	"a.x. IPSECKEY 10 0 0 .",
	"a.x. IPSECKEY 10 0 2 . AQNR",
	"a.x. IPSECKEY 10 1 0 192.0.2.1",
	"a.x. IPSECKEY 10 1 2 192.0.2.1",
	"a.x. IPSECKEY 10 1 2 ( 192.0.2.1 AQ NR ) ; c",
	"a.x. IPSECKEY 10 2 0 2001:db8::1",
	"a.x. IPSECKEY 10 2 2 2001:db8::1 AQNR",
	"a.x. IPSECKEY 10 3 0 g.x.",
	"a.x. IPSECKEY 10 3 2 g.x. AQNR",
	"a.x. IPSECKEY 10 3 2 g AQNR",
	"a.x. IPSECKEY 300 259 0 g.x.",
	"a.x. IPSECKEY \\# 3 0a0000",
};

/* Neither does. */
static const char *const refused[] = {
	"a.x. IN 60 A 192.0.2.1",
	"a.x. A \\# 4 c00002",
	"a.x. TYPE65534 \\# 2 ab",
	"a.x. TYPE65534 \\# 2 abcdef",
	"a.x. TYPE65534 abcd",
	"a.x. MX b.x.",
	"a.x. NULL abcd",
	"a.x. NSAP_PTR b.x.",
	"a.x. AAAA 2001:db8::1%eth0",
	"a.x. NXT b.x. A MX",
	"a.x. A6 0 2001:db8::1",
	"a.x. DS 1 13 2 ZZZZ",
	"a.x. NINFO \"x\"",
	"a.x. RKEY 256 3 8 AQPS",
	"a.x. UINFO \"x\"",
	"a.x. UID 1",
	"a.x. GID 1",
	"a.x. UNSPEC 01",
	"a.x. AVC \"x\"",
	"a.x. DOA 1 2 3 \"\" AQID",
	"a.x. AMTRELAY 10 0 1 203.0.113.15",
	"a.x. TA 12345 13 2 49FD46E6",
	"a.x. ANY 1",
	"a.x. AXFR 1",
	"a.x. TYPE65536 \\# 0",
	"a..x. A 192.0.2.1",
	".x. A 192.0.2.1",
	" a.x. A 192.0.2.1",
	"\ta.x. \t60\tIN\tA\t192.0.2.1  ",
	"a.x. A 192.0.2",
	"a.x. A 192.0.2.256",
	"a.x. A 192.0.2.01",
	"a.x. A 0xc0.0.2.1",
	"a.x. -1 A 192.0.2.1",
	"a.x. 4294967296 A 192.0.2.1",
	"a.x. 60 60 A 192.0.2.1",
	"a.x. IN IN A 192.0.2.1",
	"a.x. FOO 1",
	"a.x.",
	"$TTL 60",
	"a.x. TXT \\# 3 0178",
	"a.x. TYPE65534 \\#",
	"a.x. TYPE65534 \\# 2",
	"a.x. TYPE65534 \\# 3 abc",
	"a.x. CAA 0",
	"a.x. IPSECKEY 10 0 0",
	"a.x. IPSECKEY 10 0 0 g.x.",
	"a.x. IPSECKEY 10 1 0",
	"a.x. IPSECKEY 10 1 0 2001:db8::1",
	"a.x. IPSECKEY 10 4 0 .",
};

/*
 * libunbound takes them. They lack data, have too much or are of no type: clients would call what it
 * makes of them malformed. Of a SINK it
 * keeps one byte.
 */
static const char *const stricter[] = {
	"a.x. A \\# 3 c00002",
	"a.x. A \\# 5 c000020101",
	"a.x. A \\# 0",
	"a.x. TXT",
	"a.x. MX \\# 4 000a0100",
	"a.x. KEY 256 3 8 AwEAAc",
	"a.x. SINK 1 2 3",
	"a.x. OPT \\# 0",
	"a.x. SOA b.x. c.x. 1 2 3 4",
	"a.x. TKEY \\# 0",
	"a.x. TYPE0 \\# 0",
	"a.x. TYPE255 \\# 0",
	"a.x. A",
	"a.x. CAA \\# 0",
	"a.x. MX \\# 6 000a01620000",
	"a.x. SOA \\# 21 000000000001000000020000000300000004000000",
	"a.x. TXT \\# 0",
	"a.x. TXT \\# 2 0178 79",
	"a.x. TXT \\# x",
	"a.x. TYPE65534 \\# 0 ab",
};

/* libunbound 1.17 does not know these forms. */
static const char *const wider[] = {
	"a.x. HTTPS 1 . key65000=\"a b\"",
	"a.x. HTTPS 1 . dohpath=/q{?dns}",
	"a.x. TLSA PKIX-TA CERT SHA2-256 d2ab",
};
/* clang-format on */

/* How we read it; NULL: we do not. */
static struct rb_config *read_record(const char *line)
{
	_cleanup_free_ char *text = NULL;
	struct rb_config *config = NULL;
	int err;

	assert_true(asprintf(&text, "server: local-data: '%s'\n", line) > 0);
	err = rb_config_read_text("t.conf", text, strlen(text), &config);
	if (!err && config->local.rr_count == 1)
		return config;
	assert_int_equal(err, -EINVAL);
	assert_int_equal(config->message_count, 1);
	rb_config_free(config);
	return NULL;
}

/* libunbound's data is this; of a DS, and where there is none, it asks the world instead. */
static void assert_same_data(struct ub_ctx *context, const struct rb_config *config,
			     const char *line)
{
	const struct rb_local_rr *rr = &config->local.rrs[0];
	const uint8_t *rdata = config->local.bytes + rr->rdata;
	char name[RB_NAME_TEXT_MAX];
	struct ub_result *result = NULL;

	if (rr->type == RB_TYPE_DS || !rr->rdata_len)
		return;
	rb_name_to_text(config->local.bytes + rr->owner, rr->owner_len, name);
	assert_int_equal(ub_resolve(context, name, rr->type, rr->qclass, &result), 0);
	if (!result->havedata || result->len[0] != rr->rdata_len ||
	    memcmp(result->data[0], rdata, rr->rdata_len) != 0)
		fail_msg("%s: not the data that libunbound reads", line);
	ub_resolve_free(result);
}

static void record_check(const char *line, bool ours, bool theirs)
{
	_cleanup_(rb_config_freep) struct rb_config *config = read_record(line);
	struct ub_ctx *context = ub_ctx_create();
	int err;

	assert_non_null(context);
	ub_ctx_debugout(context, NULL);
	err = ub_ctx_data_add(context, line);
	if (ours != (config != NULL) || theirs != !err)
		fail_msg("%s: %s by us, %s by libunbound", line, config ? "taken" : "refused",
			 err ? "refused" : "taken");
	if (config && !err)
		assert_same_data(context, config, line);
	ub_ctx_delete(context);
}

/* Otherwise: a line that Unbound takes keeps runbound from starting, or has other data. */
static void records_are_read_as_unbound_reads_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		record_check(taken[i], true, true);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		record_check(refused[i], false, false);
}

/* Otherwise: clients get data that their resolvers call malformed. */
static void what_is_no_record_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stricter); i++)
		record_check(stricter[i], false, true);
	for (size_t i = 0; i < ARRAY_SIZE(wider); i++)
		record_check(wider[i], true, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_read_as_unbound_reads_them),
		cmocka_unit_test(what_is_no_record_is_refused),
	};

	return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
