/* SPDX-License-Identifier: BSD-2-Clause */
/* Collects errors and warnings in the configuration, so that the operator sees all of them at once.
 */
#include "config/messages.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/cleanup.h"

/* A file that is no configuration at all has an error in every line. */
#define MESSAGES_MAX 1000

static int say(struct rb_config *config, enum rb_message_kind kind, struct rb_location location,
	       const char *format, va_list args)
{
	_cleanup_free_ char *what = NULL;
	struct rb_message *messages;
	char *text;
	int length;

	if (rb_config_is_full(config))
		return 0;
	if (vasprintf(&what, format, args) < 0) {
		what = NULL;
		return -ENOMEM;
	}
	messages = reallocarray(config->messages, config->message_count + 1, sizeof(*messages));
	if (!messages)
		return -ENOMEM;
	config->messages = messages;
	if (location.line)
		length = asprintf(&text, "%s:%u: %s", location.file, location.line, what);
	else
		length = asprintf(&text, "%s: %s", location.file, what);
	if (length < 0)
		return -ENOMEM;
	messages[config->message_count++] = (struct rb_message){kind, text};
	return 0;
}

int rb_config_error(struct rb_config *config, struct rb_location location, const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = say(config, RB_MESSAGE_ERROR, location, format, args);
	va_end(args);
	return err;
}

int rb_config_warn(struct rb_config *config, struct rb_location location, const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = say(config, RB_MESSAGE_WARNING, location, format, args);
	va_end(args);
	return err;
}

bool rb_config_is_full(const struct rb_config *config)
{
	return config->message_count >= MESSAGES_MAX;
}

bool rb_config_has_errors(const struct rb_config *config)
{
	size_t i;

	for (i = 0; i < config->message_count; i++)
		if (config->messages[i].kind == RB_MESSAGE_ERROR)
			return true;
	return false;
}
