/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs of others, crashes, restarts and ends: who is attached where, and what is left behind.
 */
#include "datapath_lab.h"

#include <bpf/bpf.h>
#include <limits.h>
#include <signal.h>
#include <sys/capability.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "daemon/loader.h"
#include "datapath/caps.h"

/* Otherwise: starting runbound disables somebody's firewall. */
static void a_foreign_program_is_left_alone(void **state)
{
	struct lab *lab = *state;
	int foreign, id;

	veth(lab, "on");
	foreign = foreign_program("rbdp0");
	id = link_of("rbdp0").xdp_prog_id;
	start(lab, REFUSE_ALL);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, id);
	expect_silence(lab);
	stop(lab);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, id);
	close(foreign);
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
	return rb_xdp_open(&lab->config, lab->table, lab->acl, &lab->xdp) == -EPERM ? 0 : 5;
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

/* In a child that has only what the unit file grants: 0 where XDP is native with AF_XDP. */
static int with_least_privileges(struct lab *lab)
{
	static const cap_value_t grants[] = {CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN, CAP_NET_RAW};
	struct rb_acl_rule everybody = {.action = RB_ACL_REFUSE};
	struct rb_rtnl_link link;
	cap_t caps = cap_init();

	if (cap_set_flag(caps, CAP_PERMITTED, ARRAY_SIZE(grants), grants, CAP_SET) ||
	    cap_set_flag(caps, CAP_EFFECTIVE, ARRAY_SIZE(grants), grants, CAP_SET) ||
	    cap_set_proc(caps))
		return 2;
	cap_free(caps);
	if (rb_table_open(lab->pin_dir, RB_TABLE_WRITE, 1 << 20, &lab->table) ||
	    rb_acl_new(&everybody, 1, &lab->acl) ||
	    rb_xdp_open(&lab->config, lab->table, lab->acl, &lab->xdp))
		return 3;
	server_comes(lab);
	watch(lab);
	if (rb_rtnl_link((int)if_nametoindex("rbdp0"), &link) || !link.xdp_native)
		return 4;
	return lab->server.count == 1 ? 0 : 5;
}

/* Otherwise: the kernel writes more into a reader's memory than there is, after an upgrade. */
static void counters_of_another_version_are_not_read(void **state)
{
	struct lab *lab = *state;
	uint64_t counters[RB_COUNTER_COUNT];
	char path[PATH_MAX];
	int fd = bpf_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "newer", 4, sizeof(struct rb_cpu) + 8, 1,
				NULL);

	assert_true(fd >= 0);
	assert_true(!mkdir(lab->pin_dir, 0700) || errno == EEXIST);
	snprintf(path, sizeof(path), "%s/%s", lab->pin_dir, RB_PIN_COUNTERS);
	assert_int_equal(bpf_obj_pin(fd, path), 0);
	close(fd);
	assert_int_equal(rb_xdp_counters(lab->pin_dir, counters), -ESTALE);
	veth(lab, "on");
	start(lab, REFUSE_ALL);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(rb_xdp_counters(lab->pin_dir, counters), 0);
	assert_true(counters[RB_REFUSED] > 0);
	stop(lab);
}

/* Otherwise: the service must run with all of root's power. */
static void four_capabilities_suffice(void **state)
{
	struct lab *lab = *state;
	int status;
	pid_t child;

	veth(lab, "on");
	child = fork();
	if (!child)
		_exit(with_least_privileges(lab));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

static uint32_t program_id(int fd)
{
	struct bpf_prog_info info = {0};
	__u32 info_bytes = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &info_bytes), 0);
	return info.id;
}

enum loader_end { LOADER_LOADS, LOADER_IS_KILLED };

static void serve_with_loader(struct lab *lab, enum loader_end end)
{
	struct rb_acl_rule everybody = {.action = RB_ACL_REFUSE};
	struct rb_xdp_loaded loaded;
	struct rb_process *loader;
	uint32_t id = 0;

	assert_int_equal(rb_table_open(lab->pin_dir, RB_TABLE_WRITE, 1 << 20, &lab->table), 0);
	assert_int_equal(rb_acl_new(&everybody, 1, &lab->acl), 0);
	assert_int_equal(rb_xdp_open(&lab->config, lab->table, lab->acl, &lab->xdp), 0);
	assert_int_equal(rb_loader_start(lab->xdp, &loader), 0);
	if (end == LOADER_IS_KILLED)
		rb_process_kill(loader, SIGKILL);
	assert_int_equal(rb_loader_finish(loader, lab->xdp), 0);
	rb_process_free(loader);
	assert_true(rb_xdp_loaded(lab->xdp, 0, &loaded));
	if (end == LOADER_LOADS)
		id = program_id(loaded.program_fd);
	server_comes(lab);
	assert_int_equal(lab->server.count, 1);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_true(rb_xdp_loaded(lab->xdp, 0, &loaded));
	if (end == LOADER_LOADS)
		assert_int_equal(program_id(loaded.program_fd), id);
	assert_false(rb_xdp_loaded(lab->xdp, 1, &loaded));
	stop(lab);
}

/* Otherwise: the keeper would have the verifier look at each program twice. */
static void what_the_loader_has_loaded_is_attached(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	serve_with_loader(lab, LOADER_LOADS);
}

/* Otherwise: the kernel would never answer, because a helper process was killed. */
static void without_the_loader_programs_are_loaded_all_the_same(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	serve_with_loader(lab, LOADER_IS_KILLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		datapath_test(a_foreign_program_is_left_alone),
		datapath_test(a_killed_daemon_s_program_answers_on_and_is_taken_over),
		datapath_test(a_restart_brings_its_own_access_rules),
		datapath_test(a_link_of_a_device_that_was_made_anew_is_dropped),
		datapath_test(a_link_of_an_interface_that_is_no_longer_served_is_dropped),
		datapath_test(a_stop_leaves_neither_program_nor_pins),
		datapath_test(detaching_by_hand_finds_everything),
		datapath_test(an_interface_with_a_dot_in_its_name_is_served),
		datapath_test(counters_of_another_version_are_not_read),
		datapath_test(missing_capabilities_are_named),
		datapath_test(four_capabilities_suffice),
		datapath_test(what_the_loader_has_loaded_is_attached),
		datapath_test(without_the_loader_programs_are_loaded_all_the_same),
	};

	return cmocka_run_group_tests_name("datapath_life", tests, lab_open, lab_close);
}
