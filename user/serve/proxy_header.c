/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads headers of the PROXY protocol, version 2. */
#include "serve/proxy_header.h"

#include <errno.h>
#include <string.h>

#include "dns/bytes.h"

#define SIGNATURE       "\r\n\r\n\0\r\nQUIT\n"
#define SIGNATURE_BYTES 12

enum {
	VERSION_AND_COMMAND = SIGNATURE_BYTES,
	FAMILY_AND_PROTOCOL,
	LENGTH,
	LOCAL = 0x20,
	PROXY = 0x21,
	UNSPECIFIED = 0,
	IPV4 = 1,
	IPV6 = 2,
	STREAM = 1,
	DATAGRAM = 2,
	IPV4_BYTES = 12, /* both addresses, both ports */
	IPV6_BYTES = 36,
};

/* The client's address and port, which come first. The TLVs behind them are ignored. */
static int source_read(const uint8_t *addresses, size_t len, uint8_t kind,
		       struct rb_proxy_header *header)
{
	static const uint8_t mapped[12] = {[10] = 0xff, 0xff};
	uint8_t family = kind >> 4, protocol = kind & 0xf;

	if (family == UNSPECIFIED || protocol == UNSPECIFIED) {
		header->is_own = true;
		return 0;
	}
	if (protocol != STREAM && protocol != DATAGRAM)
		return -EBADMSG;
	if (family == IPV4 && len >= IPV4_BYTES) {
		memcpy(header->addr, mapped, sizeof(mapped));
		memcpy(header->addr + sizeof(mapped), addresses, 4);
		header->port = rb_bytes_get16(addresses + 8);
		return 0;
	}
	if (family == IPV6 && len >= IPV6_BYTES) {
		memcpy(header->addr, addresses, sizeof(header->addr));
		header->port = rb_bytes_get16(addresses + 32);
		return 0;
	}
	return -EBADMSG;
}

int rb_proxy_header_parse(const uint8_t *bytes, size_t len, struct rb_proxy_header *ret_header)
{
	struct rb_proxy_header header = {0};
	size_t seen = len < SIGNATURE_BYTES ? len : SIGNATURE_BYTES;
	int err = 0;

	if (memcmp(bytes, SIGNATURE, seen) != 0)
		return -EBADMSG;
	if (len < RB_PROXY_FIXED_BYTES)
		return 0;
	header.len = RB_PROXY_FIXED_BYTES + (size_t)rb_bytes_get16(bytes + LENGTH);
	if (header.len > RB_PROXY_BYTES_MAX)
		return -EBADMSG;
	if (len < header.len)
		return 0;
	if (bytes[VERSION_AND_COMMAND] == LOCAL)
		header.is_own = true;
	else if (bytes[VERSION_AND_COMMAND] == PROXY)
		err = source_read(bytes + RB_PROXY_FIXED_BYTES, header.len - RB_PROXY_FIXED_BYTES,
				  bytes[FAMILY_AND_PROTOCOL], &header);
	else
		err = -EBADMSG;
	if (err)
		return err;
	*ret_header = header;
	return 1;
}
