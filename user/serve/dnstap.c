/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that sends to dnstap. */
#include "serve/dnstap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve/dnstap_dial.h"
#include "serve/dnstap_stream.h"
#include "serve/dnstap_tls.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define BATCH_BYTES (512UL << 10)
#define RETRY_MAX_S 16

struct batch {
	size_t len, count;
	uint8_t bytes[BATCH_BYTES];
};

struct rb_dnstap {
	struct rb_dnstap_target target;
	char *name; /* of the target, for the log */
	char *server_name, *identity, *version;
	uint32_t kinds; /* 1 << enum rb_tapped_kind for each that is wanted */
	unsigned int sample_rate;
	_Atomic uint64_t seen, lost;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	/* Under the lock: */
	bool stopping;
	struct batch *filled;
	/* The thread's: */
	struct batch *sent;
	struct rb_dnstap_stream *stream; /* NULL: not connected */
	bool told;                       /* the log says that there is no receiver */
	struct batch batches[2];
};

static void freep(struct rb_dnstap **dnstap)
{
	if (!*dnstap)
		return;
	SSL_CTX_free((*dnstap)->target.tls);
	free((*dnstap)->name);
	free((*dnstap)->server_name);
	free((*dnstap)->identity);
	free((*dnstap)->version);
	free(*dnstap);
}

/* --- what workers do --- */

static bool is_sampled(struct rb_dnstap *dnstap)
{
	uint64_t seen = atomic_fetch_add_explicit(&dnstap->seen, 1, memory_order_relaxed);

	return dnstap->sample_rate < 2 || seen % dnstap->sample_rate == 0;
}

void rb_dnstap_put(struct rb_dnstap *dnstap, const struct rb_tapped *given)
{
	struct rb_tapped tapped = *given;
	struct batch *batch;

	if (!dnstap || !(dnstap->kinds >> given->kind & 1) ||
	    (!given->is_sampled && !is_sampled(dnstap)))
		return;
	tapped.identity = dnstap->identity;
	tapped.version = dnstap->version;
	if (!given->query_ns && rb_tapped_is_query(given->kind))
		tapped.query_ns = rb_clock_wall_ns();
	else if (!given->response_ns && !rb_tapped_is_query(given->kind))
		tapped.response_ns = rb_clock_wall_ns();
	pthread_mutex_lock(&dnstap->lock);
	batch = dnstap->filled;
	if (batch->len + RB_TAPPED_BYTES(tapped.len) <= BATCH_BYTES) {
		batch->len += rb_tapped_write(&tapped, batch->bytes + batch->len);
		batch->count++;
		pthread_cond_signal(&dnstap->wanted);
	} else {
		atomic_fetch_add_explicit(&dnstap->lost, 1, memory_order_relaxed);
	}
	pthread_mutex_unlock(&dnstap->lock);
}

uint64_t rb_dnstap_lost(const struct rb_dnstap *dnstap)
{
	return dnstap ? atomic_load_explicit(&dnstap->lost, memory_order_relaxed) : 0;
}

/* --- the stream --- */

static void hang_up(struct rb_dnstap *dnstap)
{
	rb_dnstap_stream_close(TAKE_PTR(dnstap->stream));
}

static void lost_count(struct rb_dnstap *dnstap, size_t count)
{
	atomic_fetch_add_explicit(&dnstap->lost, count, memory_order_relaxed);
}

/* Whether there is a connection to a receiver. */
static bool connected(struct rb_dnstap *dnstap)
{
	const char *why = NULL;
	int err = dnstap->stream ? 0
				 : rb_dnstap_stream_open(&dnstap->target, &dnstap->stream, &why);

	if (err && !dnstap->told)
		rb_log_warn("dnstap: %s: nobody takes what clients ask (%s); tried again for ever",
			    dnstap->name, why ?: strerror(-err));
	else if (!err && dnstap->told)
		rb_log_notice("dnstap: %s: taken again", dnstap->name);
	dnstap->told = err;
	return !err;
}

/* --- the thread --- */

/* Wait for something to send or for the end; without a receiver, for rest_s. */
static bool batch_take(struct rb_dnstap *dnstap, unsigned int rest_s)
{
	struct timespec until;
	struct batch *batch;
	bool stopping;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += rest_s;
	pthread_mutex_lock(&dnstap->lock);
	while (!dnstap->stopping && (rest_s || !dnstap->filled->len))
		if (!rest_s)
			pthread_cond_wait(&dnstap->wanted, &dnstap->lock);
		else if (pthread_cond_timedwait(&dnstap->wanted, &dnstap->lock, &until))
			break;
	batch = dnstap->filled;
	dnstap->filled = dnstap->sent;
	dnstap->sent = batch;
	stopping = dnstap->stopping;
	pthread_mutex_unlock(&dnstap->lock);
	return !stopping || batch->len;
}

static void *run(void *context)
{
	struct rb_dnstap *dnstap = context;
	unsigned int rest_s = 0;

	pthread_setname_np(pthread_self(), "rb-dnstap");
	while (batch_take(dnstap, rest_s)) {
		struct batch *batch = dnstap->sent;
		bool sent = connected(dnstap) &&
			    !rb_dnstap_stream_send(dnstap->stream, batch->bytes, batch->len);

		if (!sent) {
			lost_count(dnstap, batch->count);
			hang_up(dnstap);
		}
		rest_s = sent ? 0 : rest_s < RETRY_MAX_S ? rest_s * 2 + 1 : rest_s;
		batch->len = batch->count = 0;
	}
	if (dnstap->stream)
		rb_dnstap_stream_finish(dnstap->stream);
	hang_up(dnstap);
	return NULL;
}

static int place_find(const struct rb_config_dnstap *config, const struct rb_opener *opener,
		      struct rb_dnstap *dnstap)
{
	struct rb_dnstap_target *target = &dnstap->target;

	target->opener = opener;
	target->bidirectional = config->bidirectional;
	dnstap->name = strdup(rb_dnstap_dial_text(config));
	if (!dnstap->name)
		return -ENOMEM;
	if (!rb_dnstap_dial_uses_tls(config))
		return 0;
	dnstap->server_name = strdup(config->tls_server_name ?: "");
	target->server_name = dnstap->server_name;
	return dnstap->server_name ? rb_dnstap_tls_new(config, &target->tls) : -ENOMEM;
}

/* The identity and version in messages, as in answers of class CH. */
static int names_find(const struct rb_config *config, struct rb_dnstap *dnstap)
{
	const struct rb_config_dnstap *from = &config->dnstap;
	const char *identity = from->identity && *from->identity ? from->identity
								 : config->identity;
	const char *version = from->version && *from->version ? from->version : config->version;
	char host[256] = "";

	if ((!identity || !*identity) && !gethostname(host, sizeof(host) - 1))
		identity = host;
	if (from->send_identity)
		dnstap->identity = strdup(identity ?: "");
	if (from->send_version)
		dnstap->version = strdup(version && *version ? version : "runbound " RB_VERSION);
	return (from->send_identity && !dnstap->identity) ||
			       (from->send_version && !dnstap->version)
		       ? -ENOMEM
		       : 0;
}

static uint32_t kinds_of(const struct rb_config_dnstap *config)
{
	return (uint32_t)config->queries << RB_TAPPED_CLIENT_QUERY |
	       (uint32_t)config->responses << RB_TAPPED_CLIENT_RESPONSE |
	       (uint32_t)config->resolver_queries << RB_TAPPED_RESOLVER_QUERY |
	       (uint32_t)config->resolver_responses << RB_TAPPED_RESOLVER_RESPONSE |
	       (uint32_t)config->forwarder_queries << RB_TAPPED_FORWARDER_QUERY |
	       (uint32_t)config->forwarder_responses << RB_TAPPED_FORWARDER_RESPONSE;
}

int rb_dnstap_new(const struct rb_config *config, const struct rb_opener *opener,
		  struct rb_dnstap **ret_dnstap)
{
	const struct rb_config_dnstap *from = &config->dnstap;
	_cleanup_(freep) struct rb_dnstap *dnstap = NULL;
	int err;

	if (!rb_config_is_tapped(config) && !rb_config_taps_upstreams(config))
		return 0;
	dnstap = calloc(1, sizeof(*dnstap));
	if (!dnstap)
		return -ENOMEM;
	dnstap->kinds = kinds_of(from);
	dnstap->sample_rate = from->sample_rate;
	dnstap->filled = &dnstap->batches[0];
	dnstap->sent = &dnstap->batches[1];
	pthread_mutex_init(&dnstap->lock, NULL);
	pthread_cond_init(&dnstap->wanted, NULL);
	err = place_find(from, opener, dnstap);
	if (!err)
		err = names_find(config, dnstap);
	if (!err)
		*ret_dnstap = TAKE_PTR(dnstap);
	return err;
}

int rb_dnstap_start(struct rb_dnstap *dnstap)
{
	sigset_t all, before;
	int err;

	if (!dnstap)
		return 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = -pthread_create(&dnstap->thread, NULL, run, dnstap);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	dnstap->started = !err;
	return err;
}

void rb_dnstap_stop(struct rb_dnstap *dnstap)
{
	if (!dnstap)
		return;
	pthread_mutex_lock(&dnstap->lock);
	dnstap->stopping = true;
	pthread_cond_signal(&dnstap->wanted);
	pthread_mutex_unlock(&dnstap->lock);
	if (dnstap->started)
		pthread_join(dnstap->thread, NULL);
	freep(&dnstap);
}
