/* SPDX-License-Identifier: BSD-2-Clause */
/* The report's findings about the machine and this process. */
#include "checkup/interfaces.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

#include "datapath/caps.h"
#include "datapath/sockets.h"
#include "util/cleanup.h"

#define KERNEL_MAJOR 6
#define KERNEL_MINOR 1
#define BTF_PATH     "/sys/kernel/btf/vmlinux"
#define SETCAP       "cap_bpf,cap_perfmon,cap_net_admin,cap_net_raw,cap_net_bind_service+ep"
#define MIB          (1024 * 1024)

static void report_kernel(struct rb_report *report)
{
	struct utsname system;
	int major = 0, minor = 0;

	if (uname(&system) || sscanf(system.release, "%d.%d", &major, &minor) != 2)
		rb_report_add(report, RB_LEVEL_WARN, "kernel: its version cannot be told");
	else if (major < KERNEL_MAJOR || (major == KERNEL_MAJOR && minor < KERNEL_MINOR))
		rb_report_add(report, RB_LEVEL_WARN,
			      "kernel %s: XDP is made for %d.%d and newer; without it, sockets "
			      "serve. Use a newer kernel.",
			      system.release, KERNEL_MAJOR, KERNEL_MINOR);
	else
		rb_report_add(report, RB_LEVEL_OK, "kernel %s", system.release);
	if (access(BTF_PATH, R_OK))
		rb_report_add(report, RB_LEVEL_WARN,
			      "no BTF at " BTF_PATH ": the XDP program cannot be fitted to this "
			      "kernel. Use one built with CONFIG_DEBUG_INFO_BTF (distributions' "
			      "kernels are), and see that /sys is mounted.");
	else
		rb_report_add(report, RB_LEVEL_OK, "the kernel describes its types (BTF)");
}

static void cap_freep(cap_t *caps)
{
	if (*caps)
		cap_free(*caps);
}

/* What the file would give who is not root. */
static void report_file(struct rb_report *report)
{
	_cleanup_(cap_freep) cap_t caps = NULL;
	_cleanup_free_ char *path = realpath("/proc/self/exe", NULL);
	cap_flag_value_t value = CAP_CLEAR;

	if (!path)
		return;
	caps = cap_get_file(path);
	if (caps && !cap_get_flag(caps, CAP_BPF, CAP_PERMITTED, &value) && value == CAP_SET)
		rb_report_add(report, RB_LEVEL_OK, "%s carries capabilities", path);
	else
		rb_report_add(report, RB_LEVEL_INFO,
			      "%s carries no capabilities: start it as root or by its unit, or let "
			      "others run it with XDP: setcap " SETCAP " %s (and give them a bpffs "
			      "of their own as 'pin-dir:', that of root is closed to others)",
			      path, path);
}

static void report_caps(struct rb_report *report)
{
	char missing[RB_CAPS_TEXT];

	rb_caps_missing(missing);
	if (!missing[0]) {
		rb_report_add(report, RB_LEVEL_OK, "this process has the capabilities for XDP");
		return;
	}
	rb_report_add(report, RB_LEVEL_WARN,
		      "this process lacks %s: started like this, runbound serves by sockets alone",
		      missing);
	report_file(report);
}

/* Whether path, or the nearest directory above it that exists, is in a bpffs. */
static int in_bpffs(const char *path, bool *ret_is)
{
	char up[PATH_MAX];
	struct statfs fs;
	char *slash;

	snprintf(up, sizeof(up), "%s", path);
	while (statfs(up, &fs)) {
		if (errno != ENOENT)
			return -errno;
		slash = strrchr(up, '/');
		if (!slash || slash == up)
			return -ENOENT;
		*slash = '\0';
	}
	*ret_is = fs.f_type == BPF_FS_MAGIC;
	return 0;
}

static void report_bpffs(struct rb_report *report, const char *pin_dir)
{
	bool is_bpffs = false;
	int err = in_bpffs(pin_dir, &is_bpffs);

	if (err)
		rb_report_add(report, RB_LEVEL_WARN,
			      "pin-dir %s cannot be looked at (%s); a bpffs belongs to root alone "
			      "unless it is mounted with other modes",
			      pin_dir, strerror(-err));
	else if (is_bpffs)
		rb_report_add(report, RB_LEVEL_OK, "pin-dir %s is in a bpffs", pin_dir);
	else
		rb_report_add(
			report, RB_LEVEL_WARN,
			"pin-dir %s is not in a bpffs: mount -t bpf bpf /sys/fs/bpf (runbound "
			"does that itself where it may)",
			pin_dir);
}

static bool may(cap_value_t capability)
{
	_cleanup_(cap_freep) cap_t caps = cap_get_proc();
	cap_flag_value_t value = CAP_CLEAR;

	return caps && !cap_get_flag(caps, capability, CAP_EFFECTIVE, &value) && value == CAP_SET;
}

static void report_memlock(struct rb_report *report, const struct rb_config *config)
{
	const struct rb_xsk_opts opts = rb_sockets_opts(config);
	size_t kib = rb_xsk_bytes(&opts) / 1024;
	bool by_systemd = getenv("INVOCATION_ID") != NULL;
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		return;
	if (limit.rlim_cur == RLIM_INFINITY)
		rb_report_add(report, RB_LEVEL_OK, "locked memory is not limited");
	else if (by_systemd)
		rb_report_add(report, RB_LEVEL_WARN,
			      "locked memory is limited to %llu MiB, AF_XDP takes %zu KiB for each "
			      "queue: set LimitMEMLOCK=infinity in the unit",
			      (unsigned long long)limit.rlim_cur / MIB, kib);
	else
		rb_report_add(
			report, RB_LEVEL_INFO,
			"locked memory is limited to %llu MiB in this shell; AF_XDP takes %zu "
			"KiB for each queue%s. The service has the limit of its unit "
			"(LimitMEMLOCK=).",
			(unsigned long long)limit.rlim_cur / MIB, kib,
			may(CAP_IPC_LOCK) || may(CAP_SYS_RESOURCE)
				? ", which this process may exceed"
				: "");
}

void rb_xdp_report_host(struct rb_report *report, const struct rb_config *config)
{
	report_kernel(report);
	if (!config->xdp)
		return;
	report_caps(report);
	report_bpffs(report, config->pin_dir);
	report_memlock(report, config);
}
