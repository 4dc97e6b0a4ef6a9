/* SPDX-License-Identifier: BSD-2-Clause */
/* Who a zone is from. */
#include "config/transfers.h"

#include <stdlib.h>
#include <string.h>

void rb_transfer_free(struct rb_transfer *transfer)
{
	for (size_t i = 0; i < transfer->from_count; i++)
		free(transfer->from[i]);
	free(transfer->from);
	free(transfer->notifiers);
	free(transfer->label);
	free(transfer->path);
	*transfer = (struct rb_transfer){0};
}

bool rb_transfer_is_url(const char *from)
{
	return strstr(from, "://") != NULL;
}

static bool is_inside(const struct rb_notifier *notifier, const uint8_t addr[16])
{
	unsigned int whole = notifier->prefix / 8, rest = notifier->prefix % 8;

	if (memcmp(notifier->addr, addr, whole) != 0)
		return false;
	return !rest || !((notifier->addr[whole] ^ addr[whole]) & (uint8_t)(0xff00 >> rest));
}

bool rb_transfer_may_notify(const struct rb_transfer *transfer, const uint8_t addr[16])
{
	for (size_t i = 0; i < transfer->notifier_count; i++)
		if (is_inside(&transfer->notifiers[i], addr))
			return true;
	return false;
}
