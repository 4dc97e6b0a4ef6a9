/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets the numbers on the services for clients. */
#include "serve/offer.h"

#include "serve/certificate.h"

void rb_offer_set(struct rb_offer *offer, const struct rb_config *config, const SSL_CTX *tls)
{
	struct rb_certificate certificate = {0};
	uint64_t listens[RB_SPEECH_NONE] = {0};

	for (size_t i = 0; i < config->listen_count; i++)
		listens[config->listens[i].speech]++;
	for (size_t i = 0; i < RB_SPEECH_NONE; i++)
		atomic_store(&offer->listens[i], listens[i]);
	(void)rb_certificate_of(tls, &certificate);
	atomic_store(&offer->certificate_ends_s, (uint64_t)certificate.ends_s);
}

void rb_offer_read(const struct rb_offer *offer, uint64_t ret_listens[RB_SPEECH_NONE],
		   uint64_t *ret_certificate_ends_s)
{
	for (size_t i = 0; i < RB_SPEECH_NONE; i++)
		ret_listens[i] = atomic_load(&offer->listens[i]);
	*ret_certificate_ends_s = atomic_load(&offer->certificate_ends_s);
}
