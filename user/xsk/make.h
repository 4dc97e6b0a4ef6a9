/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An AF_XDP socket and the memory of its frames, made by who may, for a process that needs no
 * privilege to use them: that maps both by xsk.h, and only then is the socket bound to its queue
 * (Linux before 6.4 maps the rings of no socket that is bound).
 *
 * Thread: any. Units: lengths in bytes. Errors: 0 or -errno; ret_ arguments untouched on failure.
 * Never logs.
 */
#ifndef RB_XSK_MAKE_H
#define RB_XSK_MAKE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RB_XSK_FRAME_BYTES 4096 /* of the UMEM; a frame's room for growing its packet */

struct rb_xsk_opts {
	const char *ifname;
	uint32_t queue;
	uint32_t ring_size; /* entries of each ring, a power of two */
	uint32_t frames;    /* of the UMEM, a power of two, at least twice ring_size */
	uint32_t mtu;       /* of the device, and of each VLAN on it that is answered */
	bool zero_copy;     /* where the driver can; else copies, see rb_xsk_stats() */
	bool busy_poll;     /* the worker runs the driver; needs CAP_NET_ADMIN */
};

/* What its user has to know. */
struct rb_xsk_form {
	char ifname[IF_NAMESIZE];
	uint32_t ifindex;
	uint32_t queue, ring_size, frames, mtu;
	uint32_t busy_polled; /* the kernel took it */
};

struct rb_xsk_parts {
	struct rb_xsk_form form;
	bool zero_copy; /* is asked for */
	int fd;         /* of the socket */
	int memory_fd;  /* of the frames; its size cannot be changed */
};

/*
 * -EPERM: no CAP_NET_RAW. -EPERM, -ENOBUFS: RLIMIT_MEMLOCK is too small. -EINVAL: opts make no
 * sense.
 */
int rb_xsk_make(const struct rb_xsk_opts *opts, struct rb_xsk_parts *ret_parts);
void rb_xsk_unmake(struct rb_xsk_parts *parts);

/*
 * After it has been mapped. -EBUSY: the queue has another socket; a socket that was closed keeps
 * its queue for a moment.
 */
int rb_xsk_bind(const struct rb_xsk_parts *parts);

/* What the kernel says of a bound socket. */
bool rb_xsk_is_zero_copy(int fd);

/* Memory that a socket locks. */
size_t rb_xsk_bytes(const struct rb_xsk_opts *opts);

#endif
