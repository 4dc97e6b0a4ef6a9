/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The datapath on real devices: attaching, replies that really arrive, stepping down, adoption,
 * detaching, AF_XDP. Server and client are two network namespaces without names that end with this
 * process. Everybody is refused by access-control, so that the XDP program has an answer to any
 * question; nobody listens on the sockets, so that an answer is the XDP program's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "datapath/caps.h"
#include "datapath/xdp.h"
#include "netif/rtnl.h"
#include "skel/pass.skel.h"
#include "util/cleanup.h"

#define SERVER4 "192.0.2.53"
#define CLIENT4 "192.0.2.99"
#define SERVER6 "2001:db8::53"
#define CLIENT6 "2001:db8::99"
#define REFUSED 5
#define SILENCE (-1)

/* What the program is to do with questions. */
enum access {
	REFUSE_ALL, /* answer REFUSED from XDP */
	ALLOW_ALL,  /* the table is empty: hand over */
};

struct lab {
	int server_ns, client_ns;
	char pin_dir[64];
	struct rb_listen listens[2];
	struct rb_config config;
	struct rb_table *table;
	struct rb_acl *acl;
	struct rb_xdp *xdp;
	unsigned int workers;
};

/* --- the lab ---------------------------------------------------------------------------------- */

static void enter(int ns)
{
	assert_int_equal(setns(ns, CLONE_NEWNET), 0);
}

static __attribute__((format(printf, 1, 2))) void run(const char *format, ...)
{
	char command[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command))
		fail_msg("%s", command);
}

static struct rb_listen listen_on(const char *text)
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

/* The datapath as a daemon opens it. */
static void start(struct lab *lab, enum access access)
{
	struct rb_acl_rule everybody = {.action = access == ALLOW_ALL ? RB_ACL_ALLOW
								      : RB_ACL_REFUSE};

	assert_int_equal(rb_table_open(lab->pin_dir, RB_TABLE_WRITE, 1 << 20, &lab->table), 0);
	assert_int_equal(rb_acl_new(&everybody, 1, &lab->acl), 0);
	assert_int_equal(rb_xdp_open(&lab->config, lab->table, lab->acl, lab->workers, &lab->xdp),
			 0);
	assert_int_equal(rb_xdp_attach(lab->xdp), 0);
}

/* As SIGKILL leaves it: this process's part is gone, the pinned one is not. */
static void die(struct lab *lab)
{
	rb_xdp_close(lab->xdp);
	lab->xdp = NULL;
	rb_table_close(lab->table);
	lab->table = NULL;
	rb_acl_free(lab->acl);
	lab->acl = NULL;
}

static void stop(struct lab *lab)
{
	rb_xdp_detach(lab->xdp);
	die(lab);
}

/* A veth between server (rbdp0) and client (rbdp1), whose GRO is as given. */
static void veth(const struct lab *lab, const char *gro)
{
	run("ip link add rbdp0 type veth peer name rbdp1 && "
	    "ip link set rbdp1 netns /proc/$PPID/fd/%d && ip link set rbdp0 up && "
	    "ip addr add " SERVER4 "/24 dev rbdp0 && ip addr add " SERVER6 "/64 dev rbdp0 nodad",
	    lab->client_ns);
	enter(lab->client_ns);
	/* In this order: see user/datapath/probe.c. */
	run("ip link set rbdp1 up && ethtool -K rbdp1 gro %s && "
	    "ip addr add " CLIENT4 "/24 dev rbdp1 && ip addr add " CLIENT6 "/64 dev rbdp1 nodad",
	    gro);
	enter(lab->server_ns);
}

static void client_gro(const struct lab *lab, const char *gro)
{
	enter(lab->client_ns);
	run("ethtool -K rbdp1 gro %s", gro);
	enter(lab->server_ns);
}

static int socket_to(const struct lab *lab, const char *server)
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

static const uint8_t question[] = {0x12, 0x34, 1,   0,   0,   1,   0,   0, 0,   0,
				   0,    0,    4,   'r', 'b', 'd', 'p', 7, 'e', 'x',
				   'a',  'm',  'p', 'l', 'e', 0,   0,   1, 0,   1};

/* Ask again and again: the first reply's rcode, or SILENCE. */
static int ask_times(const struct lab *lab, const char *server, int times)
{
	_cleanup_close_ int fd = socket_to(lab, server);
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	uint8_t reply[512];

	while (times--) {
		ssize_t got = send(fd, question, sizeof(question), 0);

		/* The server's stack says "port unreachable" to what reaches it. */
		if (got < 0 && errno != ECONNREFUSED)
			fail_msg("send: %s", strerror(errno));
		if (poll(&poll_fd, 1, 100) <= 0)
			continue;
		got = recv(fd, reply, sizeof(reply), MSG_DONTWAIT);
		if (got >= 12 && reply[0] == question[0] && reply[1] == question[1])
			return reply[3] & 0xf;
	}
	return SILENCE;
}

/* The first packets may be lost to neighbour discovery, which tries again after a second. */
static int ask(const struct lab *lab, const char *server)
{
	return ask_times(lab, server, 40);
}

static void expect_silence(const struct lab *lab)
{
	assert_int_equal(ask_times(lab, SERVER4, 5), SILENCE);
}

static struct rb_rtnl_link link_of(const char *ifname)
{
	struct rb_rtnl_link link;

	assert_int_equal(rb_rtnl_link((int)if_nametoindex(ifname), &link), 0);
	return link;
}

static uint64_t counter(const struct lab *lab, unsigned int index)
{
	uint64_t counters[RB_COUNTER_COUNT];

	assert_int_equal(rb_xdp_counters(lab->pin_dir, counters), 0);
	return counters[index];
}

static uint32_t pinned_link_id(const struct lab *lab, const char *name)
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

/* Somebody else's XDP program on an interface, for as long as the descriptor is open. */
static int foreign_program(const char *ifname, struct rb_pass_bpf **ret_pass)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_DRV_MODE);
	int fd;

	*ret_pass = rb_pass_bpf__open_and_load();
	assert_non_null(*ret_pass);
	fd = bpf_link_create(bpf_program__fd((*ret_pass)->progs.rb_pass),
			     (int)if_nametoindex(ifname), BPF_XDP, &opts);
	assert_true(fd >= 0);
	return fd;
}

static int lab_open(void **state)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	if (!lab)
		return -1;
	snprintf(lab->pin_dir, sizeof(lab->pin_dir), "/sys/fs/bpf/rbdp%d", (int)getpid());
	lab->listens[0] = listen_on(SERVER4);
	lab->listens[1] = listen_on(SERVER6);
	lab->config = (struct rb_config){
		.listens = lab->listens,
		.listen_count = 2,
		.do_ip4 = true,
		.do_ip6 = true,
		.do_udp = true,
		.edns_buffer_size = 1232,
		.max_udp_size = 1232,
		.pin_dir = lab->pin_dir,
	};
	lab->workers = 1;
	if (unshare(CLONE_NEWNET))
		return -1;
	lab->client_ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (unshare(CLONE_NEWNET))
		return -1;
	lab->server_ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	*state = lab;
	return 0;
}

static int lab_close(void **state)
{
	struct lab *lab = *state;

	close(lab->client_ns);
	close(lab->server_ns);
	free(lab);
	return 0;
}

/* After each test, passed or failed: nothing attached, nothing pinned, no devices. */
static int lab_clear(void **state)
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

/* --- replies arrive --------------------------------------------------------------------------- */

/* Otherwise: in a container whose host turned GRO on, every answer of the kernel is lost. */
static void replies_arrive_where_the_peer_elsewhere_has_gro(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(ask(lab, SERVER6), REFUSED);
	assert_true(counter(lab, RB_REFUSED) >= 2);
}

/* Otherwise: in any other container (GRO is off by default) they are. */
static void replies_arrive_where_the_peer_elsewhere_has_no_gro(void **state)
{
	struct lab *lab = *state;

	veth(lab, "off");
	start(lab, REFUSE_ALL);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(ask(lab, SERVER6), REFUSED);
	assert_true(counter(lab, RB_REFUSED) >= 2);
	assert_false(link_of("rbdp0").xdp_native);
}

/* Otherwise: next to another XDP user (a CNI, a load generator) replies are lost. */
static void replies_arrive_where_the_peer_elsewhere_has_a_program(void **state)
{
	struct lab *lab = *state;
	struct rb_pass_bpf *pass;
	int foreign;

	veth(lab, "off");
	enter(lab->client_ns);
	foreign = foreign_program("rbdp1", &pass);
	enter(lab->server_ns);
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	close(foreign);
	rb_pass_bpf__destroy(pass);
}

/* The server's veth ends on a bridge of the same namespace, as on a host with its own resolver. */
static void bridged_veth(const struct lab *lab)
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

/* Otherwise: XDP_TX is swallowed by a peer that could have been helped. */
static void a_peer_in_our_namespace_gets_the_pass_program(void **state)
{
	struct lab *lab = *state;

	bridged_veth(lab);
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdp0").xdp_native);
	assert_true(link_of("rbdp2").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(ask(lab, SERVER6), REFUSED);
	stop(lab);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	assert_int_equal(link_of("rbdp2").xdp_prog_id, 0);
}

/* Otherwise: somebody removes his program from the peer, and with it our answers. */
static void a_peer_that_loses_its_program_gets_ours(void **state)
{
	struct lab *lab = *state;
	struct rb_pass_bpf *pass;
	int foreign;

	bridged_veth(lab);
	foreign = foreign_program("rbdp2", &pass);
	start(lab, REFUSE_ALL);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	close(foreign);
	rb_pass_bpf__destroy(pass);
	assert_int_equal(link_of("rbdp2").xdp_prog_id, 0);
	expect_silence(lab);
	rb_xdp_watch(lab->xdp);
	assert_true(link_of("rbdp2").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: a host that changes GRO at run time costs us DNS until somebody restarts runbound. */
static void replies_that_stop_arriving_step_down_and_up_again(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	rb_xdp_watch(lab->xdp);
	rb_xdp_watch(lab->xdp);
	assert_true(link_of("rbdp0").xdp_native);
	client_gro(lab, "off");
	expect_silence(lab);
	rb_xdp_watch(lab->xdp);
	assert_false(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	client_gro(lab, "on");
	rb_xdp_watch(lab->xdp);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: a container that starts before its network stays slow for as long as it runs. */
static void an_interface_that_comes_up_later_steps_up(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	enter(lab->client_ns);
	run("ip link set rbdp1 down");
	enter(lab->server_ns);
	start(lab, REFUSE_ALL);
	assert_false(link_of("rbdp0").xdp_native);
	rb_xdp_watch(lab->xdp);
	assert_false(link_of("rbdp0").xdp_native);
	enter(lab->client_ns);
	run("ip link set rbdp1 up && ethtool -K rbdp1 gro off && ethtool -K rbdp1 gro on");
	enter(lab->server_ns);
	rb_xdp_watch(lab->xdp);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: jumbo frames cost native XDP (which a program without fragments does). */
static void a_large_mtu_stays_native(void **state)
{
	struct lab *lab = *state;

	bridged_veth(lab);
	run("ip link set rbdp2 mtu 9000 && ip link set rbdp0 mtu 9000");
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(link_of("rbdp0").mtu, 9000);
	assert_int_equal(link_of("rbdp2").mtu, 9000);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* --- generic mode ----------------------------------------------------------------------------- */

/* Otherwise: a resolver on a bridge's address has no XDP, or one whose answers go nowhere. */
static void a_bridge_is_answered_in_generic_mode(void **state)
{
	struct lab *lab = *state;

	bridged_veth(lab);
	run("ip addr flush dev rbdp0 && ip addr add " SERVER4 "/24 dev rbdpbr && "
	    "ip addr add " SERVER6 "/64 dev rbdpbr nodad");
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdpbr").xdp_prog_id && !link_of("rbdpbr").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(ask(lab, SERVER6), REFUSED);
}

/* Otherwise: the same for containers on macvlan. */
static void a_macvlan_is_answered_in_generic_mode(void **state)
{
	struct lab *lab = *state;

	veth(lab, "off");
	run("ip addr flush dev rbdp0 && ip link add link rbdp0 name rbdpmv type macvlan && "
	    "ip link set rbdpmv up && ip addr add " SERVER4 "/24 dev rbdpmv");
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdpmv").xdp_prog_id && !link_of("rbdpmv").xdp_native);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* --- programs of others, crashes, ends -------------------------------------------------------- */

/* Otherwise: starting runbound disables somebody's firewall. */
static void a_foreign_program_is_left_alone(void **state)
{
	struct lab *lab = *state;
	struct rb_pass_bpf *pass;
	int foreign, id;

	veth(lab, "on");
	foreign = foreign_program("rbdp0", &pass);
	id = link_of("rbdp0").xdp_prog_id;
	start(lab, REFUSE_ALL);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, id);
	expect_silence(lab);
	stop(lab);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, id);
	close(foreign);
	rb_pass_bpf__destroy(pass);
}

/* Otherwise: a crash stops DNS, or the restart finds its own interface "busy". */
static void a_killed_daemon_s_program_answers_on_and_is_taken_over(void **state)
{
	struct lab *lab = *state;
	uint32_t link_id;
	uint64_t replies;
	int prog_id;

	bridged_veth(lab);
	start(lab, REFUSE_ALL);
	link_id = pinned_link_id(lab, "link_rbdp0");
	prog_id = link_of("rbdp0").xdp_prog_id;
	die(lab);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	replies = counter(lab, RB_REFUSED);
	assert_true(replies > 0);
	start(lab, REFUSE_ALL);
	assert_int_equal(pinned_link_id(lab, "link_rbdp0"), link_id);
	assert_int_not_equal(link_of("rbdp0").xdp_prog_id, prog_id);
	assert_true(link_of("rbdp0").xdp_native);
	assert_true(counter(lab, RB_REFUSED) >= replies);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	stop(lab);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	assert_int_equal(link_of("rbdp2").xdp_prog_id, 0);
}

/* Otherwise: after a crash, a changed access-control is in force beside the old one. */
static void a_restart_brings_its_own_access_rules(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	die(lab);
	start(lab, ALLOW_ALL);
	expect_silence(lab);
}

/* Otherwise: a container that got a new eth0 between crash and restart stays without XDP. */
static void a_link_of_a_device_that_was_made_anew_is_dropped(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	die(lab);
	run("ip link del rbdp0");
	veth(lab, "on");
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: an interface that is no longer configured answers on, from a table nobody tends. */
static void a_link_of_an_interface_that_is_no_longer_served_is_dropped(void **state)
{
	struct lab *lab = *state;

	bridged_veth(lab);
	start(lab, REFUSE_ALL);
	die(lab);
	run("ip addr flush dev rbdp0 && ip addr add " SERVER4 "/24 dev rbdpbr");
	start(lab, REFUSE_ALL);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	assert_int_equal(link_of("rbdp2").xdp_prog_id, 0);
	assert_int_not_equal(link_of("rbdpbr").xdp_prog_id, 0);
}

/* Otherwise: after 'systemctl stop' the interface stays "busy" for whoever comes next. */
static void a_stop_leaves_neither_program_nor_pins(void **state)
{
	struct lab *lab = *state;
	struct stat info;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	assert_int_not_equal(link_of("rbdp0").xdp_prog_id, 0);
	stop(lab);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	assert_int_equal(stat(lab->pin_dir, &info), -1);
	assert_int_equal(errno, ENOENT);
}

/* Otherwise: what a killed daemon left can only be removed by a reboot. */
static void detaching_by_hand_finds_everything(void **state)
{
	struct lab *lab = *state;
	struct stat info;

	bridged_veth(lab);
	start(lab, REFUSE_ALL);
	die(lab);
	assert_int_equal(rb_xdp_detach_pinned(lab->pin_dir), 2);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	assert_int_equal(link_of("rbdp2").xdp_prog_id, 0);
	assert_int_equal(stat(lab->pin_dir, &info), -1);
	assert_int_equal(rb_xdp_detach_pinned(lab->pin_dir), 0);
}

/* Otherwise: an interface with a dot in its name (eth0.5) gets no XDP. */
static void an_interface_with_a_dot_in_its_name_is_served(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	run("ip link set rbdp0 down && ip link set rbdp0 name rbdp0.5 && ip link set rbdp0.5 up && "
	    "ip addr replace " SERVER6 "/64 dev rbdp0.5 nodad");
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdp0.5").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	stop(lab);
	assert_int_equal(link_of("rbdp0.5").xdp_prog_id, 0);
}

/* --- AF_XDP ----------------------------------------------------------------------------------- */

static bool wait_readable(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	return poll(&poll_fd, 1, 1000) == 1;
}

static uint16_t ip_sum(const struct iphdr *ip)
{
	const uint16_t *words = (const uint16_t *)ip;
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < sizeof(*ip) / 2; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~(sum + (sum >> 16));
}

/* The frame goes back to its sender, marked as a response. */
static void frame_turn(struct rb_xsk_frame *frame)
{
	struct ethhdr *eth = (struct ethhdr *)frame->data;
	struct iphdr *ip = (struct iphdr *)(eth + 1);
	struct udphdr *udp = (struct udphdr *)(ip + 1);
	uint8_t *dns = (uint8_t *)(udp + 1), mac[ETH_ALEN];
	__be32 addr = ip->saddr;
	__be16 port = udp->source;

	memcpy(mac, eth->h_source, ETH_ALEN);
	memcpy(eth->h_source, eth->h_dest, ETH_ALEN);
	memcpy(eth->h_dest, mac, ETH_ALEN);
	ip->saddr = ip->daddr;
	ip->daddr = addr;
	ip->check = 0;
	ip->check = ip_sum(ip);
	udp->source = udp->dest;
	udp->dest = port;
	udp->check = 0; /* IPv4 may do without */
	dns[2] |= 0x80;
	dns[3] = 3;
}

/* One question from the client comes to the worker, and its answer back. */
static void exchange(const struct lab *lab, struct rb_xsk *xsk)
{
	_cleanup_close_ int fd = socket_to(lab, SERVER4);
	struct rb_xsk_frame frame;
	uint8_t reply[512];

	assert_int_equal(send(fd, question, sizeof(question), 0), sizeof(question));
	assert_true(wait_readable(rb_xsk_fd(xsk)));
	assert_int_equal(rb_xsk_recv(xsk, &frame, 1), 1);
	assert_true(frame.room >= 2048);
	assert_memory_equal(frame.data + frame.len - sizeof(question), question, sizeof(question));
	frame_turn(&frame);
	assert_true(rb_xsk_send(xsk, &frame));
	rb_xsk_flush(xsk);
	assert_true(wait_readable(fd));
	assert_int_equal(recv(fd, reply, sizeof(reply), 0), sizeof(question));
	assert_int_equal(reply[3] & 0xf, 3);
}

/*
 * Otherwise: misses are lost on the way to the worker or back, at once or when the frames have all
 * been used (a frame that does not come back makes the socket deaf in the end).
 */
static void misses_go_through_af_xdp_and_frames_come_back(void **state)
{
	struct lab *lab = *state;
	struct rb_xsk **sockets;
	int i;

	veth(lab, "on");
	start(lab, ALLOW_ALL);
	assert_int_equal(rb_xdp_sockets(lab->xdp, 0, &sockets), 1);
	assert_string_equal(rb_xsk_ifname(sockets[0]), "rbdp0");
	assert_int_equal(rb_xsk_queue(sockets[0]), 0);
	for (i = 0; i < 5000; i++)
		exchange(lab, sockets[0]);
	assert_true(counter(lab, RB_EVENT_REDIRECTED) >= 5000);
}

/* Otherwise: of a batch of answers only the first 32 (what one wake-up sends) ever leave. */
static void a_batch_of_answers_leaves_with_one_flush(void **state)
{
	enum { BATCH = 200 };
	struct lab *lab = *state;
	struct rb_xsk_frame first, frame;
	struct rb_xsk **sockets;
	_cleanup_close_ int fd = -1;
	uint8_t reply[512];
	int i;

	veth(lab, "on");
	start(lab, ALLOW_ALL);
	assert_int_equal(rb_xdp_sockets(lab->xdp, 0, &sockets), 1);
	fd = socket_to(lab, SERVER4);
	assert_int_equal(send(fd, question, sizeof(question), 0), sizeof(question));
	assert_true(wait_readable(rb_xsk_fd(sockets[0])));
	assert_int_equal(rb_xsk_recv(sockets[0], &first, 1), 1);
	frame_turn(&first);
	for (i = 0; i < BATCH; i++) {
		assert_true(rb_xsk_take(sockets[0], &frame));
		memcpy(frame.data, first.data, first.len);
		frame.len = first.len;
		assert_true(rb_xsk_send(sockets[0], &frame));
	}
	rb_xsk_release(sockets[0], &first);
	rb_xsk_flush(sockets[0]);
	for (i = 0; i < BATCH; i++) {
		assert_true(wait_readable(fd));
		assert_int_equal(recv(fd, reply, sizeof(reply), 0), sizeof(question));
	}
}

/* Otherwise: on a NIC with many queues, queries of some of them are nobody's. */
static void every_queue_has_a_socket_and_a_worker(void **state)
{
	struct lab *lab = *state;
	struct rb_xsk **first, **second;

	run("ip link add rbdp0 numrxqueues 3 numtxqueues 3 type veth peer name rbdp2 "
	    "numrxqueues 3 numtxqueues 3 && ip link set rbdp0 up && ip link set rbdp2 up && "
	    "ip addr add " SERVER4 "/24 dev rbdp0");
	lab->workers = 2;
	start(lab, ALLOW_ALL);
	lab->workers = 1;
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(rb_xdp_sockets(lab->xdp, 0, &first), 2);
	assert_int_equal(rb_xdp_sockets(lab->xdp, 1, &second), 1);
	assert_int_equal(rb_xdp_sockets(lab->xdp, 2, &second), 0);
	assert_int_equal(rb_xsk_queue(first[0]), 0);
	assert_int_equal(rb_xsk_queue(first[1]), 2);
	assert_int_equal(rb_xsk_queue(second[0]), 1);
}

/* Otherwise: a burst of slow misses leaves no frame to answer with, or one that was lent twice. */
static void frames_are_lent_once_and_some_are_kept_to_send_from(void **state)
{
	struct lab *lab = *state;
	struct rb_xsk_frame frames[65];
	struct rb_xsk *xsk = NULL;
	size_t taken = 0, i, other;

	veth(lab, "on");
	assert_int_equal(rb_xsk_open("rbdp0", 0, 63, &xsk), -EINVAL);
	assert_int_equal(rb_xsk_open("rbdp0", 0, 64, &xsk), 0);
	while (taken < 65 && rb_xsk_take(xsk, &frames[taken]))
		taken++;
	assert_in_range(taken, 16, 48);
	for (i = 0; i < taken; i++) {
		assert_true(frames[i].room >= 2048);
		for (other = 0; other < i; other++)
			assert_ptr_not_equal(frames[i].data, frames[other].data);
	}
	for (i = 0; i < taken; i++)
		rb_xsk_release(xsk, &frames[i]);
	assert_true(rb_xsk_take(xsk, &frames[0]));
	rb_xsk_close(xsk);
}

/* Otherwise: misses that the worker is too slow for, or a dead worker's, vanish instead of passing.
 */
static void misses_pass_to_the_stack_when_the_sockets_are_gone(void **state)
{
	struct lab *lab = *state;
	_cleanup_close_ int server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), fd = -1;
	struct rb_listen address = listen_on(SERVER4);

	veth(lab, "on");
	assert_int_equal(bind(server, (struct sockaddr *)&address.addr, sizeof(struct sockaddr_in)),
			 0);
	start(lab, ALLOW_ALL);
	die(lab);
	fd = socket_to(lab, SERVER4);
	assert_int_equal(send(fd, question, sizeof(question), 0), sizeof(question));
	assert_true(wait_readable(server));
}

/* --- privileges ------------------------------------------------------------------------------- */

/* In a child without privileges: 0 where it is told what is missing, and that XDP is not to be had.
 */
static int without_privileges(struct lab *lab)
{
	char text[RB_CAPS_TEXT];

	if (setgid(65534) || setuid(65534))
		return 2;
	rb_caps_missing(text);
	if (!strstr(text, "CAP_BPF") || !strstr(text, "CAP_NET_ADMIN") ||
	    !strstr(text, "CAP_NET_RAW"))
		return 3;
	if (rb_table_open(NULL, RB_TABLE_WRITE, 1 << 20, &lab->table) ||
	    rb_acl_new(NULL, 0, &lab->acl))
		return 4;
	return rb_xdp_open(&lab->config, lab->table, lab->acl, 1, &lab->xdp) == -EPERM ? 0 : 5;
}

/* Otherwise: who starts runbound without privileges is not told which ones it lacks. */
static void missing_capabilities_are_named(void **state)
{
	char text[RB_CAPS_TEXT];
	int status;
	pid_t child;

	rb_caps_missing(text);
	assert_string_equal(text, "");
	child = fork();
	if (!child)
		_exit(without_privileges(*state));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

#define datapath_test(function) cmocka_unit_test_teardown(function, lab_clear)

int main(void)
{
	const struct CMUnitTest tests[] = {
		datapath_test(replies_arrive_where_the_peer_elsewhere_has_gro),
		datapath_test(replies_arrive_where_the_peer_elsewhere_has_no_gro),
		datapath_test(replies_arrive_where_the_peer_elsewhere_has_a_program),
		datapath_test(a_peer_in_our_namespace_gets_the_pass_program),
		datapath_test(a_peer_that_loses_its_program_gets_ours),
		datapath_test(replies_that_stop_arriving_step_down_and_up_again),
		datapath_test(an_interface_that_comes_up_later_steps_up),
		datapath_test(a_large_mtu_stays_native),
		datapath_test(a_bridge_is_answered_in_generic_mode),
		datapath_test(a_macvlan_is_answered_in_generic_mode),
		datapath_test(a_foreign_program_is_left_alone),
		datapath_test(a_killed_daemon_s_program_answers_on_and_is_taken_over),
		datapath_test(a_restart_brings_its_own_access_rules),
		datapath_test(a_link_of_a_device_that_was_made_anew_is_dropped),
		datapath_test(a_link_of_an_interface_that_is_no_longer_served_is_dropped),
		datapath_test(a_stop_leaves_neither_program_nor_pins),
		datapath_test(detaching_by_hand_finds_everything),
		datapath_test(an_interface_with_a_dot_in_its_name_is_served),
		datapath_test(misses_go_through_af_xdp_and_frames_come_back),
		datapath_test(a_batch_of_answers_leaves_with_one_flush),
		datapath_test(every_queue_has_a_socket_and_a_worker),
		datapath_test(frames_are_lent_once_and_some_are_kept_to_send_from),
		datapath_test(misses_pass_to_the_stack_when_the_sockets_are_gone),
		datapath_test(missing_capabilities_are_named),
	};

	return cmocka_run_group_tests_name("datapath", tests, lab_open, lab_close);
}
