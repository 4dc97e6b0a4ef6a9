/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel refuses for a while is had once it does not: nothing is given up for good. */
#include "datapath_lab.h"

#include <dlfcn.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <sys/syscall.h>

#include "datapath/status.h"

/* bpf() commands that fail, of XDP programs and links alone, until this is cleared. */
static struct {
	enum bpf_cmd cmd;
	int err;            /* 0: nothing fails */
	uint32_t insns_max; /* BPF_PROG_LOAD: of programs that are no longer; 0: of all */
	uint32_t flags;     /* BPF_LINK_CREATE: with one of these */
} fault;

static bool fails(long number, long cmd, const union bpf_attr *attr)
{
	if (number != SYS_bpf || !fault.err || cmd != (long)fault.cmd)
		return false;
	if (fault.cmd == BPF_PROG_LOAD)
		return attr->prog_type == BPF_PROG_TYPE_XDP &&
		       (!fault.insns_max || attr->insn_cnt <= fault.insns_max);
	return attr->link_create.attach_type == BPF_XDP && attr->link_create.flags & fault.flags;
}

/* In place of the C library's, for libbpf. */
long syscall(long number, ...)
{
	long (*real)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	long a[6];
	va_list args;
	int i;

	va_start(args, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (fails(number, a[0], (const union bpf_attr *)a[1])) {
		errno = fault.err;
		return -1;
	}
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void loads_fail(int err)
{
	fault.cmd = BPF_PROG_LOAD;
	fault.insns_max = 0;
	fault.err = err;
}

static void links_fail(int err, uint32_t flags)
{
	fault.cmd = BPF_LINK_CREATE;
	fault.flags = flags;
	fault.err = err;
}

static int teardown(void **state)
{
	struct lab *lab = *state;

	fault.err = 0;
	lab->listens[1] = listen_on(SERVER6);
	lab->config.ip_freebind = false;
	return lab_clear(state);
}

#define retry_test(function) cmocka_unit_test_teardown(function, teardown)

static struct rb_xdp_status status_of(const struct lab *lab, const char *ifname)
{
	struct rb_xdp_status status;
	size_t i;

	for (i = 0; rb_xdp_status(lab->xdp, i, &status); i++) {
		if (!strcmp(status.ifname, ifname))
			return status;
	}
	fail_msg("no status of %s", ifname);
	return status;
}

static void expect_degraded(const struct lab *lab, const char *why)
{
	struct rb_xdp_status status = status_of(lab, "rbdp0");

	assert_int_equal(status.state, RB_PORT_DEGRADED);
	assert_true(time(NULL) - status.since < 60);
	if (!strstr(status.reason, why))
		fail_msg("not '%s': %s", why, status.reason);
}

static void expect_whole(struct lab *lab)
{
	int tries = WATCHES;

	while (status_of(lab, "rbdp0").state != RB_PORT_ATTACHED) {
		assert_true(tries--);
		watch_later(lab);
	}
	assert_int_equal(status_of(lab, "rbdp0").since, 0);
	assert_string_equal(status_of(lab, "rbdp0").reason, "");
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: a signal at the wrong moment costs the fast path until a restart. */
static void a_program_that_cannot_be_loaded_is_tried_again(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	loads_fail(EAGAIN);
	start(lab, REFUSE_ALL);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	expect_degraded(lab, "Resource temporarily unavailable");
	fault.err = 0;
	expect_whole(lab);
}

/* Otherwise: the same of the small program of a veth's other end. */
static void a_peer_s_program_that_cannot_be_loaded_is_tried_again(void **state)
{
	struct lab *lab = *state;

	bridged_veth(lab);
	loads_fail(EAGAIN);
	fault.insns_max = 100;
	start(lab, REFUSE_ALL);
	assert_false(link_of("rbdp0").xdp_native);
	expect_degraded(lab, "native XDP refused (Resource temporarily unavailable)");
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	fault.err = 0;
	expect_whole(lab);
}

/* Otherwise: a moment without memory costs the fast path until a restart. */
static void a_program_that_cannot_be_attached_at_all_is_tried_again(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	links_fail(ENOMEM, XDP_FLAGS_DRV_MODE | XDP_FLAGS_SKB_MODE);
	start(lab, REFUSE_ALL);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	expect_degraded(lab, "Cannot allocate memory");
	fault.err = 0;
	expect_whole(lab);
}

/* Otherwise: who steps down at a bad moment never steps up again. */
static void a_step_down_that_fails_is_tried_again(void **state)
{
	struct lab *lab = *state;
	int tries = WATCHES;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	watch(lab);
	watch(lab);
	client_gro(lab, "off");
	expect_silence(lab);
	links_fail(ENOMEM, XDP_FLAGS_SKB_MODE);
	watch(lab);
	watch(lab);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	expect_degraded(lab, "GRO off");
	fault.err = 0;
	while (!link_of("rbdp0").xdp_prog_id) {
		assert_true(tries--);
		watch_later(lab);
	}
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	client_gro(lab, "on");
	expect_whole(lab);
}

/* Otherwise: a driver that has no native XDP is shut down and up again for ever, or one that has it
 * with another MTU is never asked again. */
static void a_driver_that_refuses_is_asked_again_when_its_interface_has_changed(void **state)
{
	struct lab *lab = *state;
	int prog_id, i;

	bridged_veth(lab);
	links_fail(EOPNOTSUPP, XDP_FLAGS_DRV_MODE);
	start(lab, REFUSE_ALL);
	fault.err = 0;
	expect_degraded(lab, "native XDP refused (Operation not supported); answering in generic");
	prog_id = link_of("rbdp0").xdp_prog_id;
	for (i = 0; i < 20; i++)
		watch_later(lab);
	run("ip addr add 192.0.2.54/24 dev rbdp0");
	watch(lab);
	assert_false(link_of("rbdp0").xdp_native);
	assert_int_not_equal(link_of("rbdp0").xdp_prog_id, prog_id);
	run("ip link set rbdp0 mtu 1400");
	watch(lab);
	expect_whole(lab);
}

/* Otherwise: the kernel answers on for an address that has moved to another host. */
static void a_program_that_is_out_of_date_does_not_stay(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	loads_fail(EAGAIN);
	run("ip addr del " SERVER6 "/64 dev rbdp0");
	watch(lab);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	expect_degraded(lab, "Resource temporarily unavailable");
	fault.err = 0;
	expect_whole(lab);
}

/* Otherwise: an interface below a bridge that is served too has no XDP, or the bridge has none. */
static void a_program_above_gives_way_to_one_below(void **state)
{
	struct lab *lab = *state;

	lab->listens[1] = listen_on("198.51.100.1");
	lab->config.ip_freebind = true;
	bridged_veth(lab);
	run("ip addr flush dev rbdp0 && ip addr add 198.51.100.1/24 dev rbdpbr");
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdpbr").xdp_prog_id > 0);
	run("ip addr add " SERVER4 "/24 dev rbdp0");
	watch(lab);
	expect_whole(lab);
	assert_true(link_of("rbdpbr").xdp_prog_id > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		retry_test(a_program_that_cannot_be_loaded_is_tried_again),
		retry_test(a_peer_s_program_that_cannot_be_loaded_is_tried_again),
		retry_test(a_program_that_cannot_be_attached_at_all_is_tried_again),
		retry_test(a_step_down_that_fails_is_tried_again),
		retry_test(a_driver_that_refuses_is_asked_again_when_its_interface_has_changed),
		retry_test(a_program_that_is_out_of_date_does_not_stay),
		retry_test(a_program_above_gives_way_to_one_below),
	};

	return cmocka_run_group_tests_name("datapath_retry", tests, lab_open, lab_close);
}
