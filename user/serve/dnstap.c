/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that sends to dnstap. */
#include "serve/dnstap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "config/values.h"
#include "dns/bytes.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/privileges.h"

#define BATCH_BYTES (512UL << 10)
#define PATIENCE_MS 5000 /* for who connects, and then does not take anything */
#define RETRY_MAX_S 16
#define STOP_MS     1000

/* Control frames of Frame Streams: an escape, their length, their type, a field. */
enum control {
	CONTROL_ACCEPT = 1,
	CONTROL_START = 2,
	CONTROL_STOP = 3,
	CONTROL_READY = 4,
	CONTROL_FINISH = 5,
};

#define FIELD_CONTENT_TYPE 1
#define CONTROL_MAX        512

/* Without an end of its own. */
static const char content_type[22] = "protobuf:dnstap.Dnstap";

struct batch {
	size_t len, count;
	uint8_t bytes[BATCH_BYTES];
};

struct rb_dnstap {
	struct sockaddr_storage addr;
	socklen_t addr_len;
	char *name; /* of the place, for the log */
	char *identity, *version;
	bool bidirectional, queries, responses;
	unsigned int sample_rate;
	_Atomic uint64_t seen, lost;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	/* Under the lock: */
	bool stopping;
	struct batch *filled;
	/* The thread's: */
	struct batch *sent;
	int fd;    /* -1: not connected */
	bool told; /* that nobody listens */
	struct batch batches[2];
};

static void freep(struct rb_dnstap **dnstap)
{
	if (!*dnstap)
		return;
	free((*dnstap)->name);
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
	bool is_wanted = dnstap && (given->kind == RB_TAPPED_CLIENT_QUERY ? dnstap->queries
									  : dnstap->responses);
	struct batch *batch;

	if (!is_wanted || !is_sampled(dnstap))
		return;
	tapped.identity = dnstap->identity;
	tapped.version = dnstap->version;
	tapped.wall_ns = rb_clock_wall_ns();
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

static int wait_for(int fd, short events, int patience_ms)
{
	struct pollfd ready = {.fd = fd, .events = events};
	int count = poll(&ready, 1, patience_ms);

	return count > 0 ? 0 : count ? -errno : -ETIMEDOUT;
}

static int bytes_send(int fd, const uint8_t *bytes, size_t len)
{
	while (len) {
		ssize_t some = send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		int err = some < 0 && errno == EAGAIN ? wait_for(fd, POLLOUT, PATIENCE_MS)
			  : some < 0                  ? -errno
						      : 0;

		if (err)
			return err;
		if (some > 0) {
			bytes += some;
			len -= (size_t)some;
		}
	}
	return 0;
}

static int control_send(int fd, enum control type)
{
	uint8_t frame[64] = {0};
	size_t content = sizeof(content_type), len = 4;

	rb_bytes_put32(frame + 8, type);
	if (type != CONTROL_STOP) {
		rb_bytes_put32(frame + 12, FIELD_CONTENT_TYPE);
		rb_bytes_put32(frame + 16, (uint32_t)content);
		memcpy(frame + 20, content_type, content);
		len += 8 + content;
	}
	rb_bytes_put32(frame + 4, (uint32_t)len);
	return bytes_send(fd, frame, 8 + len);
}

static int bytes_receive(int fd, uint8_t *bytes, size_t len, int patience_ms)
{
	while (len) {
		int err = wait_for(fd, POLLIN, patience_ms);
		ssize_t some = err ? 0 : recv(fd, bytes, len, MSG_DONTWAIT);

		if (err)
			return err;
		if (some <= 0)
			return some ? -errno : -ECONNRESET;
		bytes += some;
		len -= (size_t)some;
	}
	return 0;
}

/* What it may hold besides is not looked at. */
static int control_receive(int fd, enum control type, int patience_ms)
{
	uint8_t head[8], frame[CONTROL_MAX];
	uint32_t len;
	int err = bytes_receive(fd, head, sizeof(head), patience_ms);

	if (err)
		return err;
	len = rb_bytes_get32(head + 4);
	if (rb_bytes_get32(head) || len < 4 || len > sizeof(frame))
		return -EPROTO;
	err = bytes_receive(fd, frame, len, patience_ms);
	if (err)
		return err;
	return rb_bytes_get32(frame) == type ? 0 : -EPROTO;
}

static int shake_hands(const struct rb_dnstap *dnstap, int fd)
{
	int err = 0;

	if (dnstap->bidirectional) {
		err = control_send(fd, CONTROL_READY);
		if (!err)
			err = control_receive(fd, CONTROL_ACCEPT, PATIENCE_MS);
	}
	return err ? err : control_send(fd, CONTROL_START);
}

static int dial(const struct rb_dnstap *dnstap, int *ret_fd)
{
	_cleanup_close_ int fd =
		socket(dnstap->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t len = sizeof(int);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&dnstap->addr, dnstap->addr_len)) {
		err = errno == EINPROGRESS ? wait_for(fd, POLLOUT, PATIENCE_MS) : -errno;
		if (!err && getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
			err = errno;
		err = err > 0 ? -err : err;
	}
	if (!err)
		err = shake_hands(dnstap, fd);
	if (!err)
		*ret_fd = TAKE_FD(fd);
	return err;
}

static void hang_up(struct rb_dnstap *dnstap)
{
	rb_closep(&dnstap->fd);
	dnstap->fd = -1;
}

static void lost_count(struct rb_dnstap *dnstap, size_t count)
{
	atomic_fetch_add_explicit(&dnstap->lost, count, memory_order_relaxed);
}

/* Whether there is somebody who listens. */
static bool connected(struct rb_dnstap *dnstap)
{
	int err = dnstap->fd < 0 ? dial(dnstap, &dnstap->fd) : 0;

	if (err && !dnstap->told)
		rb_log_warn("dnstap: %s: nobody takes what clients ask (%s); tried again for ever",
			    dnstap->name, strerror(-err));
	else if (!err && dnstap->told)
		rb_log_notice("dnstap: %s: taken again", dnstap->name);
	dnstap->told = err;
	return !err;
}

/* --- the thread --- */

/* Until there is something to send, or the end; or for so long, where nobody listens. */
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
	(void)rb_privileges_drop();
	while (batch_take(dnstap, rest_s)) {
		struct batch *batch = dnstap->sent;
		bool sent = connected(dnstap) && !bytes_send(dnstap->fd, batch->bytes, batch->len);

		if (!sent) {
			lost_count(dnstap, batch->count);
			hang_up(dnstap);
		}
		rest_s = sent ? 0 : rest_s < RETRY_MAX_S ? rest_s * 2 + 1 : rest_s;
		batch->len = batch->count = 0;
	}
	if (dnstap->fd >= 0 && !control_send(dnstap->fd, CONTROL_STOP) && dnstap->bidirectional)
		(void)control_receive(dnstap->fd, CONTROL_FINISH, STOP_MS);
	hang_up(dnstap);
	return NULL;
}

static int place_find(const struct rb_config_dnstap *config, struct rb_dnstap *dnstap)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&dnstap->addr;
	bool has_path = config->socket_path && *config->socket_path;

	dnstap->name = strdup(has_path ? config->socket_path : config->ip);
	if (!dnstap->name)
		return -ENOMEM;
	if (has_path) {
		un->sun_family = AF_UNIX;
		dnstap->addr_len = sizeof(*un);
		if (strlen(config->socket_path) >= sizeof(un->sun_path))
			return -ENAMETOOLONG;
		memcpy(un->sun_path, config->socket_path, strlen(config->socket_path) + 1);
		return 0;
	}
	if (!rb_value_address(config->ip, 0, &dnstap->addr))
		return -EINVAL;
	dnstap->addr_len = dnstap->addr.ss_family == AF_INET ? sizeof(struct sockaddr_in)
							     : sizeof(struct sockaddr_in6);
	return 0;
}

/* What it says of itself, as in answers to questions of class CHAOS. */
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

int rb_dnstap_start(const struct rb_config *config, struct rb_dnstap **ret_dnstap)
{
	const struct rb_config_dnstap *from = &config->dnstap;
	_cleanup_(freep) struct rb_dnstap *dnstap = NULL;
	sigset_t all, before;
	int err;

	if (!from->enabled || (!from->queries && !from->responses))
		return 0;
	dnstap = calloc(1, sizeof(*dnstap));
	if (!dnstap)
		return -ENOMEM;
	dnstap->fd = -1;
	dnstap->bidirectional = from->bidirectional;
	dnstap->queries = from->queries;
	dnstap->responses = from->responses;
	dnstap->sample_rate = from->sample_rate;
	dnstap->filled = &dnstap->batches[0];
	dnstap->sent = &dnstap->batches[1];
	pthread_mutex_init(&dnstap->lock, NULL);
	pthread_cond_init(&dnstap->wanted, NULL);
	err = place_find(from, dnstap);
	if (!err)
		err = names_find(config, dnstap);
	if (err)
		return err;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = -pthread_create(&dnstap->thread, NULL, run, dnstap);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!err)
		*ret_dnstap = TAKE_PTR(dnstap);
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
	pthread_join(dnstap->thread, NULL);
	freep(&dnstap);
}
