/* SPDX-License-Identifier: BSD-2-Clause */
/* From the configuration to the rules by which signatures end. */
#include "policy/validity.h"

#include "util/clock.h"

struct rb_signature_rules rb_validity_rules(const struct rb_config *config, uint64_t wall_ns)
{
	if (config->val_override_date == RB_OVERRIDE_ANY_DATE)
		wall_ns = 0;
	else if (config->val_override_date)
		wall_ns = (uint32_t)config->val_override_date * RB_NS_PER_S;
	return (struct rb_signature_rules){
		.wall_ns = wall_ns,
		.skew_min_s = config->val_sig_skew_min_s,
		.skew_max_s = config->val_sig_skew_max_s,
	};
}
