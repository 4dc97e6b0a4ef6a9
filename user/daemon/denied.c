/* SPDX-License-Identifier: BSD-2-Clause */
/* The system calls that rb-server is denied. */
#include "daemon/denied.h"

#include "keeper/sandbox.h"
#include "util/cleanup.h"

int rb_denied_enter(void)
{
	static const int calls[] = {
		/* Other programs. */
		SCMP_SYS(execve),
		SCMP_SYS(execveat),
		/* Other processes: the keeper, which is the same user, above all. */
		SCMP_SYS(kill),
		SCMP_SYS(tkill),
		SCMP_SYS(rt_sigqueueinfo),
		SCMP_SYS(rt_tgsigqueueinfo),
		SCMP_SYS(pidfd_send_signal),
		SCMP_SYS(pidfd_open),
		SCMP_SYS(pidfd_getfd),
		SCMP_SYS(ptrace),
		SCMP_SYS(process_vm_readv),
		SCMP_SYS(process_vm_writev),
		SCMP_SYS(process_madvise),
		SCMP_SYS(kcmp),
		SCMP_SYS(perf_event_open),
		/* Another user. */
		SCMP_SYS(setuid),
		SCMP_SYS(setreuid),
		SCMP_SYS(setresuid),
		SCMP_SYS(setfsuid),
		SCMP_SYS(setgid),
		SCMP_SYS(setregid),
		SCMP_SYS(setresgid),
		SCMP_SYS(setfsgid),
		SCMP_SYS(setgroups),
		SCMP_SYS(personality),
		/* Other views of files and network. */
		SCMP_SYS(mount),
		SCMP_SYS(umount2),
		SCMP_SYS(move_mount),
		SCMP_SYS(open_tree),
		SCMP_SYS(fsopen),
		SCMP_SYS(fsconfig),
		SCMP_SYS(fsmount),
		SCMP_SYS(fspick),
		SCMP_SYS(mount_setattr),
		SCMP_SYS(pivot_root),
		SCMP_SYS(chroot),
		SCMP_SYS(setns),
		SCMP_SYS(unshare),
		SCMP_SYS(open_by_handle_at),
		SCMP_SYS(mknod),
		SCMP_SYS(mknodat),
		/* The machine. */
		SCMP_SYS(init_module),
		SCMP_SYS(finit_module),
		SCMP_SYS(delete_module),
		SCMP_SYS(kexec_load),
		SCMP_SYS(kexec_file_load),
		SCMP_SYS(reboot),
		SCMP_SYS(swapon),
		SCMP_SYS(swapoff),
		SCMP_SYS(acct),
		SCMP_SYS(quotactl),
		SCMP_SYS(sethostname),
		SCMP_SYS(setdomainname),
		SCMP_SYS(settimeofday),
		SCMP_SYS(clock_settime),
		SCMP_SYS(clock_adjtime),
		SCMP_SYS(adjtimex),
		SCMP_SYS(syslog),
		/* Parts of the kernel that nobody here uses. */
		SCMP_SYS(add_key),
		SCMP_SYS(request_key),
		SCMP_SYS(keyctl),
		SCMP_SYS(userfaultfd),
		SCMP_SYS(io_uring_setup),
		SCMP_SYS(io_uring_enter),
		SCMP_SYS(io_uring_register),
	};

	return rb_sandbox_deny(calls, ARRAY_SIZE(calls));
}
