/* SPDX-License-Identifier: BSD-2-Clause */
/* From the channels to libunbound, and back. */
#include "resolve/asker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unbound-event.h>

#include "keeper/process.h"
#include "util/cleanup.h"

/* A question inside libunbound. */
struct asked {
	struct rb_asker *asker;
	struct rb_asker_lane *lane;
	uint64_t id;
};

struct rb_late_response {
	TAILQ_ENTRY(rb_late_response) entry;
	struct rb_response response;
	uint8_t bytes[]; /* packet, then why */
};

int rb_asker_init(struct rb_asker *asker, struct rb_exchange *exchange)
{
	asker->lanes = calloc(exchange->workers, sizeof(*asker->lanes));
	if (!asker->lanes)
		return -ENOMEM;
	asker->lane_count = exchange->workers;
	for (unsigned int i = 0; i < asker->lane_count; i++) {
		struct rb_asker_lane *lane = &asker->lanes[i];

		rb_channel_reader_init(rb_exchange_questions(exchange, i), RB_QUESTIONS_BYTES,
				       &lane->requests);
		rb_channel_writer_init(rb_exchange_responses(exchange, i), RB_RESPONSES_BYTES,
				       &lane->responses);
		TAILQ_INIT(&lane->late);
		lane->wake_fd = RB_PROCESS_FD(RB_FD_RESPONSES + i);
	}
	return 0;
}

/* Keep it until there is room. A process without memory for that ends, and another takes over. */
static void keep(struct rb_asker *asker, struct rb_asker_lane *lane,
		 const struct rb_response *response)
{
	size_t why_len = response->why_bogus ? strnlen(response->why_bogus, RB_WHY_BYTES) : 0;
	struct rb_late_response *late = malloc(sizeof(*late) + response->packet_len + why_len + 1);

	if (!late)
		abort();
	late->response = *response;
	if (response->packet_len)
		memcpy(late->bytes, response->packet, response->packet_len);
	late->response.packet = late->bytes;
	if (response->why_bogus) {
		memcpy(late->bytes + response->packet_len, response->why_bogus, why_len);
		late->bytes[response->packet_len + why_len] = '\0';
		late->response.why_bogus = (const char *)late->bytes + response->packet_len;
	}
	TAILQ_INSERT_TAIL(&lane->late, late, entry);
	asker->late++;
}

static void respond(struct rb_asker *asker, struct rb_asker_lane *lane,
		    const struct rb_response *response)
{
	lane->unrung = true;
	if (!TAILQ_EMPTY(&lane->late) || rb_response_put(&lane->responses, response))
		keep(asker, lane, response);
}

/* From inside the event loop and from inside ub_resolve_event(). */
static void resolved(void *arg, int rcode, void *packet, int len, int security, char *why_bogus,
		     int was_ratelimited)
{
	_cleanup_free_ struct asked *asked = arg;
	const struct rb_response response = {
		.id = asked->id,
		.rcode = rcode,
		.security = (uint32_t)security,
		.why_bogus = why_bogus,
		.packet = packet,
		/* Where it has failed itself the library may give the room that it has instead. */
		.packet_len = len > 0 && len <= RB_MESSAGE_MAX ? (size_t)len : 0,
	};

	(void)was_ratelimited;
	asked->asker->outstanding--;
	respond(asked->asker, asked->lane, &response);
}

static void ask(struct rb_asker *asker, struct rb_asker_lane *lane,
		const struct rb_request *request)
{
	struct ub_ctx *context = asker->contexts[request->context]
					 ?: asker->contexts[RB_CONTEXT_FIRST];
	const struct rb_response failure = {.id = request->id, .rcode = RB_RCODE_SERVFAIL};
	struct asked *asked = malloc(sizeof(*asked));
	char name[RB_NAME_TEXT_MAX];

	if (!asked) {
		respond(asker, lane, &failure);
		return;
	}
	*asked = (struct asked){.asker = asker, .lane = lane, .id = request->id};
	rb_name_to_text(request->qname, request->qname_len, name);
	asker->outstanding++;
	if (ub_resolve_event(context, name, request->qtype, request->qclass, asked, resolved,
			     NULL)) {
		asker->outstanding--;
		free(asked);
		respond(asker, lane, &failure);
	}
}

int rb_asker_take(struct rb_asker *asker, int max)
{
	struct rb_request request;
	int found = 0;

	for (unsigned int i = 0; i < asker->lane_count; i++) {
		struct rb_asker_lane *lane = &asker->lanes[i];

		/* A worker that does not take its responses gets no more of them. */
		for (int n = 0; n < max && TAILQ_EMPTY(&lane->late); n++) {
			int err = rb_request_get(&lane->requests, &request);

			if (err == -EAGAIN)
				break;
			if (err)
				return err;
			ask(asker, lane, &request);
			found++;
		}
	}
	return found;
}

void rb_asker_arm(struct rb_asker *asker)
{
	for (unsigned int i = 0; i < asker->lane_count; i++)
		rb_channel_arm(&asker->lanes[i].requests);
}

/* Put those late responses into the channel that now have room. */
static int put_late(struct rb_asker *asker, struct rb_asker_lane *lane)
{
	struct rb_late_response *late;

	while ((late = TAILQ_FIRST(&lane->late))) {
		int err = rb_response_put(&lane->responses, &late->response);

		if (err)
			return err == -EAGAIN ? 0 : err;
		TAILQ_REMOVE(&lane->late, late, entry);
		free(late);
		asker->late--;
		lane->unrung = true;
	}
	return 0;
}

int rb_asker_wake(struct rb_asker *asker)
{
	int err = 0;

	for (unsigned int i = 0; i < asker->lane_count && !err; i++) {
		struct rb_asker_lane *lane = &asker->lanes[i];

		err = put_late(asker, lane);
		if (!lane->unrung)
			continue;
		lane->unrung = false;
		if (rb_channel_wakes(&lane->responses))
			eventfd_write(lane->wake_fd, 1);
	}
	return err;
}
