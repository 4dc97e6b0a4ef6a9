/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities and the limit on locked memory. */
#include "datapath/caps.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/capability.h>
#include <sys/resource.h>

#include "util/cleanup.h"

static bool has(cap_value_t capability)
{
	cap_t caps = cap_get_proc();
	cap_flag_value_t value = CAP_CLEAR;

	if (!caps)
		return false;
	if (cap_get_flag(caps, capability, CAP_EFFECTIVE, &value))
		value = CAP_CLEAR;
	cap_free(caps);
	return value == CAP_SET;
}

void rb_caps_missing(char ret_text[RB_CAPS_TEXT])
{
	static const struct {
		const char *text;
		cap_value_t capability;
		bool in_sys_admin; /* CAP_SYS_ADMIN stands in for it */
	} needs[] = {
		{"CAP_BPF (to load programs and make maps)", CAP_BPF, true},
		/* Without it the verifier takes no packet pointer plus a variable ("!root"). */
		{"CAP_PERFMON (for the program's pointer arithmetic)", CAP_PERFMON, true},
		{"CAP_NET_ADMIN (to attach XDP)", CAP_NET_ADMIN, true},
		{"CAP_NET_RAW (for AF_XDP)", CAP_NET_RAW, false},
	};
	size_t i, used = 0;

	ret_text[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(needs); i++) {
		if (has(needs[i].capability) || (needs[i].in_sys_admin && has(CAP_SYS_ADMIN)))
			continue;
		used += (size_t)snprintf(ret_text + used, RB_CAPS_TEXT - used, "%s%s",
					 used ? ", " : "", needs[i].text);
	}
}

void rb_caps_memlock(size_t bytes)
{
	struct rlimit limit, raised;

	if (has(CAP_IPC_LOCK) || getrlimit(RLIMIT_MEMLOCK, &limit) ||
	    limit.rlim_cur == RLIM_INFINITY)
		return;
	raised = limit;
	raised.rlim_cur += bytes;
	if (raised.rlim_max < raised.rlim_cur)
		raised.rlim_max = raised.rlim_cur;
	if (!setrlimit(RLIMIT_MEMLOCK, &raised))
		return;
	/* Beyond the hard limit takes CAP_SYS_RESOURCE. */
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_MEMLOCK, &limit);
}
