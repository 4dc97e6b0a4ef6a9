/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces and addresses that come, go and change while the datapath runs. */
#include "datapath_lab.h"

#include <bpf/bpf.h>
#include <dirent.h>

static size_t open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void listen_everywhere(struct lab *lab)
{
	lab->listens[0] = listen_on("0.0.0.0");
	lab->listens[1] = listen_on("::");
}

static int teardown(void **state)
{
	struct lab *lab = *state;
	int err = lab_clear(state);

	lab->config.ip_freebind = false;
	lab->listens[0] = listen_on(SERVER4);
	lab->listens[1] = listen_on(SERVER6);
	return err;
}

#define follow_test(function) cmocka_unit_test_teardown(function, teardown)

/* Otherwise: a container whose eth0 is made anew is answered by sockets until somebody notices. */
static void a_device_that_is_made_anew_is_attached_to(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	run("ip link del rbdp0");
	watch(lab);
	veth(lab, "on");
	watch(lab);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(ask(lab, SERVER6), REFUSED);
	stop(lab);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
}

/* Otherwise: the same, where both happen within one look at the interfaces. */
static void a_device_that_is_made_anew_at_once_is_attached_to(void **state)
{
	struct lab *lab = *state;

	bridged_veth(lab);
	start(lab, REFUSE_ALL);
	run("ip link del rbdp0 && ip link del rbdp3 && ip link del rbdpbr");
	bridged_veth(lab);
	watch(lab);
	assert_true(link_of("rbdp0").xdp_native);
	assert_true(link_of("rbdp2").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: misses are handed to AF_XDP sockets that died with the device of that number. */
static void a_device_with_the_number_of_one_before_gets_no_dead_sockets(void **state)
{
	struct lab *lab = *state;
	uint64_t redirected;

	veth_with(lab, "on", "index 7777");
	start(lab, ALLOW_ALL);
	expect_silence(lab);
	assert_true(counter(lab, RB_EVENT_REDIRECTED) > 0);
	run("ip link del rbdp0");
	watch(lab);
	lab->server.err = -ENOMEM;
	veth_with(lab, "on", "index 7777");
	watch(lab);
	lab->server.err = 0;
	assert_true(link_of("rbdp0").xdp_native);
	redirected = counter(lab, RB_EVENT_REDIRECTED);
	expect_silence(lab);
	assert_int_equal(counter(lab, RB_EVENT_REDIRECTED), redirected);
}

/* Otherwise: a host whose containers come and go runs out of descriptors. */
static void devices_that_come_and_go_leave_nothing_behind(void **state)
{
	struct lab *lab = *state;
	size_t before = 0;
	int i;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	for (i = 0; i < 6; i++) {
		run("ip link del rbdp0");
		if (i % 2)
			watch(lab);
		veth(lab, "on");
		watch(lab);
		if (i == 1)
			before = open_files();
	}
	assert_int_equal(open_files(), before);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: what is no longer ours is answered on, or an address that comes back is slow. */
static void an_address_that_goes_and_comes_takes_the_program_along(void **state)
{
	struct lab *lab = *state;

	bridged_veth(lab);
	start(lab, REFUSE_ALL);
	run("ip addr flush dev rbdp0");
	watch(lab);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	assert_int_equal(link_of("rbdp2").xdp_prog_id, 0);
	run("ip addr add " SERVER4 "/24 dev rbdp0");
	watch(lab);
	assert_true(link_of("rbdp0").xdp_native);
	assert_true(link_of("rbdp2").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: an address that is added under a wildcard is never answered by the kernel. */
static void an_address_under_a_wildcard_is_served_when_it_comes(void **state)
{
	struct lab *lab = *state;

	listen_everywhere(lab);
	veth(lab, "on");
	run("ip addr del " SERVER4 "/24 dev rbdp0");
	start(lab, REFUSE_ALL);
	run("ip addr add " SERVER4 "/24 dev rbdp0");
	watch(lab);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(ask(lab, SERVER6), REFUSED);
}

/* Otherwise: a resolver that starts before its network never uses XDP. */
static void an_interface_that_comes_first_after_the_start_is_attached_to(void **state)
{
	struct lab *lab = *state;

	listen_everywhere(lab);
	start(lab, REFUSE_ALL);
	veth(lab, "on");
	watch(lab);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(lab->server.count, 1);
	assert_true(counter(lab, RB_REFUSED) > 0);
}

/* Otherwise: hits are answered and misses run into a closed port, for no socket has the address. */
static void an_address_without_sockets_is_left_alone_when_it_comes(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	run("ip addr del " SERVER4 "/24 dev rbdp0");
	start(lab, REFUSE_ALL);
	run("ip addr add " SERVER4 "/24 dev rbdp0");
	watch(lab);
	assert_int_equal(ask(lab, SERVER6), REFUSED);
	expect_silence(lab);
}

/* Otherwise: a resolver that starts before its network is slow until somebody restarts it. */
static void an_address_that_was_not_there_at_the_start_is_served_when_it_comes(void **state)
{
	struct lab *lab = *state;

	lab->config.ip_freebind = true;
	start(lab, REFUSE_ALL);
	veth(lab, "on");
	watch(lab);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(ask(lab, SERVER6), REFUSED);
}

/* Otherwise: XDP goes on looking for the MAC of before, and answers nothing. */
static void a_new_mac_is_answered(void **state)
{
	struct lab *lab = *state;
	uint64_t before;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	run("ip link set rbdp0 address 02:00:00:00:00:77");
	enter(lab->client_ns);
	run("ip neigh flush dev rbdp1");
	enter(lab->server_ns);
	watch(lab);
	before = counter(lab, RB_REFUSED);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_true(counter(lab, RB_REFUSED) > before);
}

/* Otherwise: after a rename the pin has a name that no restart looks for. */
static void a_renamed_interface_keeps_its_program_and_renames_its_pin(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	run("ip link set rbdp0 down && ip link set rbdp0 name rbdp9 && ip link set rbdp9 up && "
	    "ip addr replace " SERVER6 "/64 dev rbdp9 nodad");
	watch(lab);
	assert_true(link_of("rbdp9").xdp_native);
	assert_true(pinned_link_id(lab, "link_rbdp9") > 0);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	stop(lab);
	assert_int_equal(link_of("rbdp9").xdp_prog_id, 0);
}

/* Otherwise: a cable that is pulled, or a jumbo MTU that is set, ends XDP. */
static void a_link_that_goes_down_and_an_mtu_that_changes_are_survived(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	run("ip link set rbdp0 down");
	watch(lab);
	run("ip link set rbdp0 mtu 9000 up && ip addr replace " SERVER6 "/64 dev rbdp0 nodad");
	watch(lab);
	watch(lab);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(link_of("rbdp0").mtu, 9000);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(ask(lab, SERVER6), REFUSED);
}

/* Otherwise: a veth whose other end was served too loses replies once that end is not. */
static void a_peer_that_is_served_no_more_gets_the_pass_program(void **state)
{
	struct lab *lab = *state;

	listen_everywhere(lab);
	bridged_veth(lab);
	run("ip addr add 198.51.100.1/24 dev rbdp2");
	start(lab, REFUSE_ALL);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	run("ip addr flush dev rbdp2");
	watch(lab);
	assert_true(link_of("rbdp2").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: following changes would fight with the operator who detached us. */
static void who_detached_us_by_hand_is_respected(void **state)
{
	struct lab *lab = *state;
	_cleanup_close_ int fd = -1;
	char path[128];

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	snprintf(path, sizeof(path), "%s/link_rbdp0", lab->pin_dir);
	fd = bpf_obj_get(path);
	assert_int_equal(bpf_link_detach(fd), 0);
	run("ip addr add 192.0.2.54/24 dev rbdp0");
	watch(lab);
	run("ip link set rbdp0 mtu 1400");
	watch(lab);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
}

/* Otherwise: somebody's program on an interface that comes later is thrown off. */
static void a_foreign_program_on_a_new_interface_is_left_alone(void **state)
{
	struct lab *lab = *state;
	int foreign, id;

	start(lab, REFUSE_ALL);
	stop(lab);
	listen_everywhere(lab);
	start(lab, REFUSE_ALL);
	veth(lab, "on");
	foreign = foreign_program("rbdp0");
	id = link_of("rbdp0").xdp_prog_id;
	watch(lab);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, id);
	close(foreign);
	run("ip link set rbdp0 mtu 1400");
	watch(lab);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		follow_test(a_device_that_is_made_anew_is_attached_to),
		follow_test(a_device_that_is_made_anew_at_once_is_attached_to),
		follow_test(a_device_with_the_number_of_one_before_gets_no_dead_sockets),
		follow_test(devices_that_come_and_go_leave_nothing_behind),
		follow_test(an_address_that_goes_and_comes_takes_the_program_along),
		follow_test(an_address_under_a_wildcard_is_served_when_it_comes),
		follow_test(an_interface_that_comes_first_after_the_start_is_attached_to),
		follow_test(an_address_without_sockets_is_left_alone_when_it_comes),
		follow_test(an_address_that_was_not_there_at_the_start_is_served_when_it_comes),
		follow_test(a_new_mac_is_answered),
		follow_test(a_renamed_interface_keeps_its_program_and_renames_its_pin),
		follow_test(a_link_that_goes_down_and_an_mtu_that_changes_are_survived),
		follow_test(a_peer_that_is_served_no_more_gets_the_pass_program),
		follow_test(who_detached_us_by_hand_is_respected),
		follow_test(a_foreign_program_on_a_new_interface_is_left_alone),
	};

	return cmocka_run_group_tests_name("datapath_follow", tests, lab_open, lab_close);
}
