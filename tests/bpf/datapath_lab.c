/* SPDX-License-Identifier: BSD-2-Clause */
/* Two network namespaces, devices between them, and the datapath in one of them. */
#include "datapath_lab.h"

#include <bpf/bpf.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <sched.h>
#include <unistd.h>

#include "skel/pass.skel.h"
#include "util/clock.h"

#define TRY_MS    100
#define MOMENT_US 10000

/* What the daemon's clock is ahead of the kernel's. */
static time_t ahead_s;

/* In place of the C library's. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
	int (*real)(clockid_t, struct timespec *) =
		(int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	int err = real(clock, now);

	if (!err && clock == CLOCK_BOOTTIME)
		now->tv_sec += ahead_s;
	return err;
}

void enter(int ns)
{
	assert_int_equal(setns(ns, CLONE_NEWNET), 0);
}

void run(const char *format, ...)
{
	char command[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command))
		fail_msg("%s", command);
}

struct rb_listen listen_on(const char *text)
{
	struct rb_listen listen = {.text = (char *)text};
	struct sockaddr_in *in4 = (struct sockaddr_in *)&listen.addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&listen.addr;

	if (inet_pton(AF_INET, text, &in4->sin_addr) == 1) {
		in4->sin_family = AF_INET;
		in4->sin_port = htons(53);
	} else {
		inet_pton(AF_INET6, text, &in6->sin6_addr);
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(53);
	}
	return listen;
}

void start(struct lab *lab, enum access access)
{
	struct rb_acl_rule everybody = {.action = access == ALLOW_ALL ? RB_ACL_ALLOW
								      : RB_ACL_REFUSE};

	assert_int_equal(rb_table_open(lab->pin_dir, RB_TABLE_WRITE, 1 << 20, &lab->table), 0);
	assert_int_equal(rb_acl_new(&everybody, 1, &lab->acl), 0);
	assert_int_equal(rb_xdp_open(&lab->config, lab->table, lab->acl, &lab->xdp), 0);
	server_comes(lab);
}

static int give(void *context, uint32_t id, const struct rb_xsk_parts *parts)
{
	struct lab_server *server = context;
	int err = server->err;

	assert_true(server->said_count < ARRAY_SIZE(server->said));
	if (!err) {
		assert_true(server->count < ARRAY_SIZE(server->sockets));
		err = rb_xsk_map(&parts->form, fcntl(parts->fd, F_DUPFD_CLOEXEC, 0),
				 fcntl(parts->memory_fd, F_DUPFD_CLOEXEC, 0),
				 &server->sockets[server->count]);
		assert_int_equal(err, 0);
		server->ids[server->count++] = id;
	}
	server->said[server->said_count].id = id;
	server->said[server->said_count++].result = err;
	return 0;
}

static void take(void *context, uint32_t id)
{
	struct lab_server *server = context;
	size_t i;

	for (i = 0; i < server->count && server->ids[i] != id;)
		i++;
	assert_true(i < server->count);
	rb_xsk_close(server->sockets[i]);
	server->sockets[i] = server->sockets[--server->count];
	server->ids[i] = server->ids[server->count];
}

static void set_mtu(void *context, uint32_t id, uint32_t mtu)
{
	struct lab_server *server = context;

	for (size_t i = 0; i < server->count; i++)
		if (server->ids[i] == id)
			rb_xsk_set_mtu(server->sockets[i], mtu);
}

/* A queue that was given up a moment ago is free a moment later. */
static void hear(struct lab *lab)
{
	struct lab_server *server = &lab->server;

	while (server->said_count) {
		size_t i = --server->said_count;

		rb_xdp_mapped(lab->xdp, server->said[i].id, server->said[i].result);
	}
	while (rb_xdp_patience_ms(lab->xdp) >= 0) {
		usleep((useconds_t)rb_xdp_patience_ms(lab->xdp) * 1000);
		rb_xdp_go_on(lab->xdp);
	}
}

void watch(struct lab *lab)
{
	rb_xdp_watch(lab->xdp);
	hear(lab);
}

static void sockets_close(struct lab *lab)
{
	while (lab->server.count)
		rb_xsk_close(lab->server.sockets[--lab->server.count]);
	lab->server.said_count = 0;
}

void server_dies(struct lab *lab)
{
	rb_xdp_unserve(lab->xdp);
	sockets_close(lab);
}

void server_comes(struct lab *lab)
{
	const struct rb_xdp_receiver receiver = {
		.give = give, .take = take, .set_mtu = set_mtu, .context = &lab->server};

	assert_int_equal(rb_xdp_serve(lab->xdp, &receiver), 0);
	hear(lab);
}

void die(struct lab *lab)
{
	server_dies(lab);
	rb_xdp_close(lab->xdp);
	lab->xdp = NULL;
	rb_table_close(lab->table);
	lab->table = NULL;
	rb_acl_free(lab->acl);
	lab->acl = NULL;
}

void watch_later(struct lab *lab)
{
	ahead_s++;
	usleep(MOMENT_US); /* the kernel gives some things back in its own time */
	watch(lab);
}

void stop(struct lab *lab)
{
	rb_xdp_detach(lab->xdp);
	die(lab);
}

void veth_with(const struct lab *lab, const char *gro, const char *attributes)
{
	run("ip link add rbdp0 %s type veth peer name rbdp1 && "
	    "ip link set rbdp1 netns /proc/$PPID/fd/%d && ip link set rbdp0 up && "
	    "ip addr add " SERVER4 "/24 dev rbdp0 && ip addr add " SERVER6 "/64 dev rbdp0 nodad",
	    attributes, lab->client_ns);
	enter(lab->client_ns);
	/* In this order: see user/datapath/probe.c. */
	run("ip link set rbdp1 up && ethtool -K rbdp1 gro %s && "
	    "ip addr add " CLIENT4 "/24 dev rbdp1 && ip addr add " CLIENT6 "/64 dev rbdp1 nodad",
	    gro);
	enter(lab->server_ns);
}

void veth(const struct lab *lab, const char *gro)
{
	veth_with(lab, gro, "");
}

void client_gro(const struct lab *lab, const char *gro)
{
	enter(lab->client_ns);
	run("ethtool -K rbdp1 gro %s", gro);
	enter(lab->server_ns);
}

int socket_to(const struct lab *lab, const char *server)
{
	struct rb_listen to = listen_on(server);
	int fd;

	enter(lab->client_ns);
	fd = socket(to.addr.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to.addr, sizeof(to.addr)), 0);
	enter(lab->server_ns);
	return fd;
}

/* The reply's rcode, or SILENCE when none comes in time. */
static int reply_within(int fd, uint64_t ns)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	uint64_t now_ns = rb_clock_ns(), end_ns = now_ns + ns;
	uint8_t reply[512];

	for (; now_ns < end_ns; now_ns = rb_clock_ns()) {
		ssize_t got;

		if (poll(&poll_fd, 1, (int)((end_ns - now_ns) / RB_NS_PER_MS) + 1) <= 0)
			continue;
		/* The server's stack says "port unreachable" to what reaches it: an error here. */
		got = recv(fd, reply, sizeof(reply), MSG_DONTWAIT);
		if (got >= 12 && reply[0] == question[0] && reply[1] == question[1])
			return reply[3] & 0xf;
	}
	return SILENCE;
}

int ask_times(const struct lab *lab, const char *server, int times)
{
	_cleanup_close_ int fd = socket_to(lab, server);
	int rcode = SILENCE;

	while (times-- && rcode == SILENCE) {
		if (send(fd, question, sizeof(question), 0) < 0 && errno != ECONNREFUSED)
			fail_msg("send: %s", strerror(errno));
		rcode = reply_within(fd, TRY_MS * RB_NS_PER_MS);
	}
	return rcode;
}

int ask(const struct lab *lab, const char *server)
{
	return ask_times(lab, server, 40);
}

void expect_silence(const struct lab *lab)
{
	assert_int_equal(ask_times(lab, SERVER4, 5), SILENCE);
}

struct rb_rtnl_link link_of(const char *ifname)
{
	struct rb_rtnl_link link;

	assert_int_equal(rb_rtnl_link((int)if_nametoindex(ifname), &link), 0);
	return link;
}

uint64_t counter(const struct lab *lab, unsigned int index)
{
	uint64_t counters[RB_COUNTER_COUNT];

	assert_int_equal(rb_xdp_counters(lab->pin_dir, counters), 0);
	return counters[index];
}

uint32_t pinned_link_id(const struct lab *lab, const char *name)
{
	struct bpf_link_info info = {0};
	uint32_t bytes = sizeof(info);
	_cleanup_close_ int fd = -1;
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", lab->pin_dir, name);
	fd = bpf_obj_get(path);
	assert_true(fd >= 0);
	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &bytes), 0);
	return info.id;
}

int foreign_program(const char *ifname)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_DRV_MODE);
	struct rb_pass_bpf *pass = rb_pass_bpf__open_and_load();
	int fd;

	assert_non_null(pass);
	fd = bpf_link_create(bpf_program__fd(pass->progs.rb_pass), (int)if_nametoindex(ifname),
			     BPF_XDP, &opts);
	assert_true(fd >= 0);
	rb_pass_bpf__destroy(pass); /* the link keeps the program */
	return fd;
}

int lab_open(void **state)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	if (!lab)
		return -1;
	pins_name(lab->pin_dir);
	lab->listens[0] = listen_on(SERVER4);
	lab->listens[1] = listen_on(SERVER6);
	lab->config = (struct rb_config){
		.listens = lab->listens,
		.listen_count = 2,
		.plain_count = 2,
		.do_ip4 = true,
		.do_ip6 = true,
		.do_udp = true,
		.edns_buffer_size = 1232,
		.max_udp_size = 1232,
		.pin_dir = lab->pin_dir,
	};
	if (unshare(CLONE_NEWNET))
		return -1;
	lab->client_ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (unshare(CLONE_NEWNET))
		return -1;
	lab->server_ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	/* An interface answers ARP for its own addresses alone, so that queries go where they
	 * should. */
	run("echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore");
	*state = lab;
	return 0;
}

int lab_close(void **state)
{
	struct lab *lab = *state;

	close(lab->client_ns);
	close(lab->server_ns);
	free(lab);
	return 0;
}

int lab_clear(void **state)
{
	static const char clear[] = "for i in $(ip -o link | sed -n 's/^[0-9]*: \\(rbdp[^:@]*\\).*/"
				    "\\1/p'); do ip link del $i 2>/dev/null; done; true";
	struct lab *lab = *state;

	enter(lab->server_ns);
	if (lab->xdp)
		stop(lab);
	else
		rb_xdp_detach_pinned(lab->pin_dir);
	run("%s", clear);
	enter(lab->client_ns);
	run("%s", clear);
	enter(lab->server_ns);
	return 0;
}

void bridged_veth(const struct lab *lab)
{
	run("ip link add rbdp0 type veth peer name rbdp2 && "
	    "ip link add rbdp3 type veth peer name rbdp1 && ip link add rbdpbr type bridge && "
	    "ip link set rbdp2 master rbdpbr && ip link set rbdp3 master rbdpbr && "
	    "ip link set rbdp1 netns /proc/$PPID/fd/%d && "
	    "for i in rbdp0 rbdp2 rbdp3 rbdpbr; do ip link set $i up; done && "
	    "ip addr add " SERVER4 "/24 dev rbdp0 && ip addr add " SERVER6 "/64 dev rbdp0 nodad",
	    lab->client_ns);
	enter(lab->client_ns);
	run("ip link set rbdp1 up && ip addr add " CLIENT4 "/24 dev rbdp1 && "
	    "ip addr add " CLIENT6 "/64 dev rbdp1 nodad");
	enter(lab->server_ns);
}
