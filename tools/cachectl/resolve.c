/* SPDX-License-Identifier: BSD-2-Clause */
/* Names resolved through the daemon, over UDP and, where that is too small, TCP: what it finds it
 * publishes itself. */
#include "resolve.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../kern/wire.h"
#include "command.h"
#include "complain.h"
#include "dns/bytes.h"
#include "dns/name.h"
#include "dns_tcp.h"
#include "present.h"
#include "progress.h"
#include "served.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/random.h"

#define IN_FLIGHT_DEFAULT 100
#define IN_FLIGHT_MAX     4096 /* a power of two: the lower bits of an id tell the slot */
#define TRIES             4
#define TIMEOUT_NS        (3 * RB_NS_PER_S) /* a cold name takes the resolver several round trips */
#define UDP_BYTES         1232
#define OPT_BYTES         11

enum transport {
	OVER_UDP,
	OVER_TCP,
};

/* A question that waits for its answer. */
struct slot {
	const struct rb_import_question *question; /* NULL: free */
	uint16_t id;
	bool dnssec_ok;
	enum transport transport;
	unsigned int tries;
	uint64_t deadline_ns;
};

struct work {
	int fd;
	struct dns_tcp tcp;
	const struct rb_import_names *names;
	size_t next; /* of names */
	struct rb_import_problems *problems;
	struct resolve_result result;
	struct progress progress;
	uint64_t next_ns; /* the next deadline is not before */
	size_t slot_count, busy;
	struct slot slots[IN_FLIGHT_MAX];
};

static size_t query_build(const struct slot *slot, uint8_t *out)
{
	static const uint8_t opt[OPT_BYTES] = {0, 0, RB_TYPE_OPT, UDP_BYTES >> 8, UDP_BYTES & 255};
	size_t at = sizeof(struct rb_dns_header);

	memset(out, 0, at);
	rb_bytes_put16(out, slot->id);
	rb_bytes_put16(out + 2, RB_FLAG_RD);
	rb_bytes_put16(out + 4, 1);
	rb_bytes_put16(out + 10, 1);
	memcpy(out + at, slot->question->qname, slot->question->qname_len);
	at += slot->question->qname_len;
	rb_bytes_put16(out + at, slot->question->qtype);
	rb_bytes_put16(out + at + 2, RB_CLASS_IN);
	at += RB_QUESTION_TAIL;
	memcpy(out + at, opt, sizeof(opt));
	if (slot->dnssec_ok)
		out[at + 7] = 0x80;
	return at + sizeof(opt);
}

/* What was asked over it is asked again. */
static void connection_lost(struct work *work)
{
	size_t i;

	for (i = 0; i < work->slot_count; i++)
		if (work->slots[i].transport == OVER_TCP)
			work->slots[i].deadline_ns = 0;
	work->next_ns = 0;
}

/* What the socket cannot take now is sent again when its time is over; so is what a server cannot
 * take that has ended our connection. */
static void query_send(struct work *work, struct slot *slot)
{
	uint8_t query[sizeof(struct rb_dns_header) + RB_NAME_MAX + RB_QUESTION_TAIL + OPT_BYTES];
	uint16_t random = 0;
	size_t len;

	rb_random_bytes(&random, sizeof(random));
	slot->id = (uint16_t)((random & ~(IN_FLIGHT_MAX - 1)) | (slot - work->slots));
	slot->deadline_ns = rb_clock_ns() + TIMEOUT_NS;
	slot->tries++;
	len = query_build(slot, query);
	if (slot->transport == OVER_UDP)
		send(work->fd, query, len, MSG_NOSIGNAL);
	else if (dns_tcp_send(&work->tcp, query, len))
		connection_lost(work);
}

/* From one transport, or one variant, to the next: with all its tries. */
static void slot_go_on(struct work *work, struct slot *slot, enum transport transport)
{
	slot->transport = transport;
	slot->tries = 0;
	query_send(work, slot);
}

static void slot_fill(struct work *work, struct slot *slot)
{
	if (work->next == work->names->count)
		return;
	*slot = (struct slot){.question = &work->names->list[work->next++], .dnssec_ok = true};
	work->busy++;
	query_send(work, slot);
}

static void slot_end(struct work *work, struct slot *slot)
{
	slot->question = NULL;
	work->busy--;
	progress_step(&work->progress);
	slot_fill(work, slot);
}

static void slot_fail(struct work *work, struct slot *slot, const char *why)
{
	char name[RB_NAME_TEXT_MAX];
	_cleanup_free_ char *type = present_type(slot->question->qtype);

	rb_name_to_text(slot->question->qname, slot->question->qname_len, name);
	rb_import_problem(work->problems, slot->question->line, RB_IMPORT_UNRESOLVED, "%s %s: %s",
			  name, type ? type : "", why);
	work->result.failed++;
	slot_end(work, slot);
}

static bool is_answer_to(const struct slot *slot, const uint8_t *reply, size_t len)
{
	size_t question = sizeof(struct rb_dns_header);
	uint16_t qname_len = slot->question ? slot->question->qname_len : 0;

	return qname_len && len >= question + qname_len + RB_QUESTION_TAIL &&
	       rb_bytes_get16(reply) == slot->id && rb_bytes_get16(reply + 2) & RB_FLAG_QR &&
	       rb_name_equal(reply + question, qname_len, slot->question->qname, qname_len) &&
	       rb_bytes_get16(reply + question + qname_len) == slot->question->qtype;
}

static void reply_take(struct work *work, const uint8_t *reply, size_t len,
		       enum transport transport)
{
	struct slot *slot = &work->slots[rb_bytes_get16(reply) % IN_FLIGHT_MAX];
	uint16_t flags = rb_bytes_get16(reply + 2), rcode = flags & RB_FLAG_RCODE;

	if (!is_answer_to(slot, reply, len) || slot->transport != transport)
		return;
	if (flags & RB_FLAG_TC && transport == OVER_UDP) {
		work->result.truncated++;
		slot_go_on(work, slot, OVER_TCP);
		return;
	}
	if (rcode != RB_RCODE_NOERROR && rcode != RB_RCODE_NXDOMAIN) {
		_cleanup_free_ char *name = present_rcode(rcode);

		slot_fail(work, slot, name ? name : "an error");
		return;
	}
	if (slot->dnssec_ok) {
		slot->dnssec_ok = false;
		slot_go_on(work, slot, OVER_UDP);
		return;
	}
	work->result.resolved++;
	if (!rb_bytes_get16(reply + 6))
		work->result.negative++;
	slot_end(work, slot);
}

static int replies_take(struct work *work)
{
	uint8_t reply[UDP_BYTES];

	for (;;) {
		ssize_t got = recv(work->fd, reply, sizeof(reply), MSG_DONTWAIT);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (got < 0)
			return -errno;
		if ((size_t)got >= sizeof(struct rb_dns_header))
			reply_take(work, reply, (size_t)got, OVER_UDP);
	}
}

static void tcp_replies_take(struct work *work)
{
	const uint8_t *reply;
	size_t len;
	int got;

	while ((got = dns_tcp_receive(&work->tcp, &reply, &len)) > 0)
		if (len >= sizeof(struct rb_dns_header))
			reply_take(work, reply, len, OVER_TCP);
	if (got < 0)
		connection_lost(work);
}

/* The next deadline; what is over is asked again, or given up. */
static uint64_t deadlines_check(struct work *work)
{
	uint64_t now_ns = rb_clock_ns(), next_ns = now_ns + TIMEOUT_NS;
	size_t i;

	for (i = 0; i < work->slot_count; i++) {
		struct slot *slot = &work->slots[i];

		if (!slot->question)
			continue;
		if (slot->deadline_ns <= now_ns && slot->tries == TRIES) {
			slot_fail(work, slot,
				  slot->transport == OVER_UDP
					  ? "no answer"
					  : "truncated, and no answer over TCP");
		} else if (slot->deadline_ns <= now_ns) {
			work->result.retries++;
			query_send(work, slot);
		}
		if (slot->question && slot->deadline_ns < next_ns)
			next_ns = slot->deadline_ns;
	}
	return next_ns;
}

static int work_run(struct work *work)
{
	size_t i;
	int err;

	for (i = 0; i < work->slot_count; i++)
		slot_fill(work, &work->slots[i]);
	while (work->busy) {
		uint64_t now_ns = rb_clock_ns(), left_ns;
		struct pollfd readable[2];

		if (work->next_ns <= now_ns)
			work->next_ns = deadlines_check(work);
		left_ns = work->next_ns > now_ns ? work->next_ns - now_ns : 0;
		readable[0] = (struct pollfd){.fd = work->fd, .events = POLLIN};
		readable[1] = (struct pollfd){.fd = work->tcp.fd, .events = POLLIN};
		poll(readable, ARRAY_SIZE(readable), (int)((left_ns + 999999) / 1000000));
		err = replies_take(work);
		if (err)
			return err;
		tcp_replies_take(work);
	}
	return 0;
}

static bool in_flight_parse(const char *text, size_t *ret_count)
{
	char *end;
	long count = text ? strtol(text, &end, 10) : IN_FLIGHT_DEFAULT;

	if ((text && (*end || end == text)) || count < 1 || count > IN_FLIGHT_MAX)
		return false;
	*ret_count = (size_t)count;
	return true;
}

enum cachectl_exit resolve(const struct cachectl *ctl, const char *server, const char *in_flight,
			   const struct rb_import_names *names, struct rb_import_problems *problems,
			   struct resolve_result *ret_result)
{
	_cleanup_free_ struct work *work = calloc(1, sizeof(*work));
	_cleanup_close_ int fd = -1;
	enum cachectl_exit exit;
	int err;

	if (!work)
		return EXIT_NO_TABLE;
	if (!in_flight_parse(in_flight, &work->slot_count)) {
		complain(ctl->output, "--in-flight: a number from 1 to %d", IN_FLIGHT_MAX);
		return EXIT_USAGE;
	}
	exit = served_connect(ctl, server, &fd);
	if (exit != EXIT_OK)
		return exit;
	work->fd = fd;
	work->names = names;
	work->problems = problems;
	progress_begin(&work->progress, "resolve", names->count);
	err = dns_tcp_begin(&work->tcp, fd);
	if (!err)
		err = work_run(work);
	dns_tcp_close(&work->tcp);
	progress_end(&work->progress);
	if (err) {
		complain(ctl->output, "nobody answers there (%s)", strerror(-err));
		return EXIT_NO_DAEMON;
	}
	*ret_result = work->result;
	return EXIT_OK;
}
