/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as what a primary says to the questions of a transfer, and as a zone file of a web
 * server. Instead of its connection, fetch/transfer has these messages: two bytes of length each,
 * which get the identity of the question.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dns/bytes.h"
#include "fetch/lookup.h"
#include "fetch/stream.h"
#include "fetch/transfer.h"
#include "util/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *said;
static size_t said_len;
static uint8_t identity[2];

int rb_fetch_lookup(const struct rb_fetch_order *order, const char *host, uint16_t port,
		    uint64_t deadline_ns, struct rb_fetch_addresses *ret_addresses, char *why)
{
	(void)order, (void)host, (void)port, (void)deadline_ns, (void)why;
	ret_addresses->count = 1;
	return 0;
}

int rb_fetch_connect(const struct sockaddr_storage *addr, const struct sockaddr_storage *source,
		     uint64_t deadline_ns, int *ret_fd)
{
	(void)addr, (void)source, (void)deadline_ns;
	*ret_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return *ret_fd < 0 ? -errno : 0;
}

int rb_fetch_send(int fd, const uint8_t *message, size_t len, uint64_t deadline_ns)
{
	(void)fd, (void)deadline_ns;
	if (len < 12)
		abort();
	memcpy(identity, message, sizeof(identity));
	return 0;
}

int rb_fetch_receive(int fd, uint8_t *message, size_t *ret_len, uint64_t deadline_ns)
{
	size_t len;

	(void)fd, (void)deadline_ns;
	if (said_len < 2)
		return -EPIPE;
	len = rb_bytes_get16(said);
	if (len > said_len - 2)
		len = said_len - 2;
	memcpy(message, said + 2, len);
	memcpy(message, identity, len < sizeof(identity) ? len : sizeof(identity));
	said += 2 + len;
	said_len -= 2 + len;
	*ret_len = len;
	return 0;
}

size_t rb_fetch_question(const uint8_t *name, size_t name_len, uint16_t type, uint16_t flags,
			 uint8_t *out)
{
	memset(out, 0, 12);
	rb_bytes_put16(out, 0x1234);
	rb_bytes_put16(out + 2, flags);
	out[5] = 1;
	memcpy(out + 12, name, name_len);
	rb_bytes_put16(out + 12 + name_len, type);
	rb_bytes_put16(out + 14 + name_len, 1);
	return 16 + name_len;
}

/* A report says what became of it, and has an end. */
static void report_check(const struct rb_fetch_report *report)
{
	if (report->outcome > RB_FETCH_CHANGED || !memchr(report->why, 0, sizeof(report->why)))
		abort();
}

static int file_of(const void *bytes, size_t len)
{
	int fd = memfd_create("fuzzed", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) < 0)
		abort();
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char kept[] = "z. 60 IN SOA ns.z. host.z. 1 2 3 4 5\na.z. 60 IN A 192.0.2.1\n";
	static struct rb_fetch_order order = {
		.kind = RB_FETCH_ZONE,
		.bytes_max = 1 << 20,
		.source = "192.0.2.1",
		.zone = "\1z",
		.zone_len = 3,
		.serial = 1,
	};
	struct rb_fetch_report report = {0};
	_cleanup_close_ int kept_fd = file_of(kept, sizeof(kept) - 1);
	_cleanup_close_ int output_fd = file_of("", 0);
	_cleanup_close_ int zone_fd = file_of(data, size);

	said = data;
	said_len = size;
	order.has_kept = size && data[size - 1] & 1;
	rb_transfer_run(&order, output_fd, kept_fd, UINT64_MAX, &report);
	report_check(&report);
	report = (struct rb_fetch_report){.outcome = RB_FETCH_CHANGED};
	rb_transfer_check(&order, zone_fd, &report);
	report_check(&report);
	return 0;
}
