/* SPDX-License-Identifier: BSD-2-Clause */
/* Goes through the text of a configuration, from clause to clause and directive to directive. */
#include "config/named_files.h"
#include "config/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/anchor_files.h"
#include "config/blocklist_read.h"
#include "config/client_read.h"
#include "config/copies.h"
#include "config/discovery.h"
#include "config/lexer.h"
#include "config/local_read.h"
#include "config/rpz_read.h"
#include "config/transfer_read.h"
#include "util/cleanup.h"

#define SHOWN_MAX 60 /* bytes of what is wrong, in a message */

int rb_reader_init(struct rb_reader *reader, struct rb_config *config,
		   const struct rb_config *in_force)
{
	*reader = (struct rb_reader){.config = config, .in_force = in_force};
	return rb_lines_open(&reader->server_lines) ?: rb_other_ports_init(reader);
}

void rb_reader_free(struct rb_reader *reader)
{
	size_t i, k;

	rb_lines_free(&reader->server_lines);
	rb_lines_free(&reader->zone_lines);
	for (i = 0; i < reader->zone_count; i++) {
		rb_lines_free(&reader->zones[i].lines);
		free(reader->zones[i].name.text);
		free(reader->zones[i].zonefile);
		rb_upstreams_free(&reader->zones[i].upstreams);
	}
	for (i = 0; i < reader->deferred_count; i++)
		for (k = 0; k < RB_VALUES_MAX; k++)
			free(reader->deferred[i].values[k].text);
	for (i = 0; i < reader->interface_count; i++)
		free(reader->interfaces[i].text);
	rb_transfer_free(&reader->transfer);
	for (i = 0; i < reader->insecure_count; i++)
		free(reader->insecure[i]);
	free(reader->insecure);
	rb_local_reader_free(reader);
	rb_clients_free(reader);
	free(reader->zones);
	free(reader->deferred);
	free(reader->interfaces);
	free(reader->other_ports);
	rb_outgoing_free(&reader->outgoing);
	rb_secure_reader_free(reader);
	rb_dnstap_reader_free(reader);
	free(reader->warned);
	free(reader->automatic_ports);
	free(reader->modules);
	free(reader->directory);
	free(reader->chroot);
	free(reader->newer);
}

static void values_free(struct rb_value (*values)[RB_VALUES_MAX])
{
	size_t i;

	for (i = 0; i < RB_VALUES_MAX; i++)
		free((*values)[i].text);
}

static int say_missing(struct rb_reader *reader, const char *name, const struct rb_token *token)
{
	if (token->kind == RB_TOKEN_UNCLOSED)
		return rb_config_error(reader->config, reader->location,
				       "%s: the quote %c is not closed on its line", name,
				       token->quote);
	return rb_config_error(reader->config, reader->location, "%s: its value is missing", name);
}

/* Whether a value on a later line is rather the next directive, so that a value is missing. */
static bool is_next_directive(const struct rb_reader *reader, const struct rb_token *token)
{
	char name[64];

	if (token->quote || token->line == reader->location.line || token->length < 2 ||
	    token->length > sizeof(name) || token->start[token->length - 1] != ':')
		return false;
	memcpy(name, token->start, token->length - 1);
	name[token->length - 1] = '\0';
	return rb_clause_find(name) || rb_clause_of(name) || !strcmp(name, "include") ||
	       !strcmp(name, "include-toplevel");
}

/* count values; ret_complete: whether they are there. */
static int values_read(struct rb_reader *reader, struct rb_lexer *lexer, const char *name,
		       size_t count, struct rb_value *values, bool *ret_complete)
{
	size_t i;

	*ret_complete = false;
	for (i = 0; i < count; i++) {
		struct rb_lexer before = *lexer;
		struct rb_token token = rb_lexer_value(lexer);

		if (token.kind != RB_TOKEN_WORD || is_next_directive(reader, &token)) {
			if (token.kind == RB_TOKEN_WORD)
				*lexer = before;
			else
				rb_lexer_skip_line(lexer);
			return say_missing(reader, name, &token);
		}
		values[i].quote = token.quote;
		values[i].text = strndup(token.start, token.length);
		if (!values[i].text)
			return -ENOMEM;
	}
	*ret_complete = true;
	return 0;
}

static int say_unknown(struct rb_reader *reader, const char *name)
{
	const struct rb_clause *home = rb_clause_of(name);
	const char *nearest;

	if (home && !reader->clause && reader->toplevel_location.line)
		return rb_config_error(reader->config, reader->location,
				       "directive '%s' outside of a clause, it belongs to '%s:' "
				       "(include-toplevel: at %s:%u leaves no clause open)",
				       name, home->name, reader->toplevel_location.file,
				       reader->toplevel_location.line);
	if (home && !reader->clause)
		return rb_config_error(reader->config, reader->location,
				       "directive '%s' outside of a clause, it belongs to '%s:'",
				       name, home->name);
	if (home)
		return rb_config_error(reader->config, reader->location,
				       "directive '%s' does not belong to '%s:' but to '%s:'", name,
				       reader->clause->name, home->name);
	nearest = rb_directive_nearest(reader->clause, name);
	if (nearest)
		return rb_config_error(reader->config, reader->location,
				       "unknown directive '%.*s', did you mean '%s'?", SHOWN_MAX,
				       name, nearest);
	return rb_config_error(reader->config, reader->location, "unknown directive '%.*s'",
			       SHOWN_MAX, name);
}

/* A clause ends where another one begins, or the file does. */
static int clause_close(struct rb_reader *reader)
{
	int err = rb_zone_close(reader);

	if (!err)
		err = rb_view_close(reader);
	if (!err)
		err = rb_rpz_close(reader);
	return err ?: rb_blocklist_close(reader);
}

static int clause_open(struct rb_reader *reader, const struct rb_clause *clause)
{
	int err = clause_close(reader);

	if (err)
		return err;
	reader->clause = clause;
	if (clause->effect == RB_EFFECT_REFUSED)
		return rb_config_error(reader->config, reader->location, "%s: not supported: %s",
				       clause->name, clause->note);
	if (clause->kind == RB_CLAUSE_BLOCKLIST)
		return rb_blocklist_open(reader);
	if (clause->kind == RB_CLAUSE_RPZ)
		return rb_rpz_open(reader);
	return clause->kind == RB_CLAUSE_VIEW ? rb_view_open(reader) : rb_zone_open(reader);
}

static int directive_read(struct rb_reader *reader, struct rb_lexer *lexer, const char *name)
{
	_cleanup_(values_free) struct rb_value values[RB_VALUES_MAX] = {0};
	const struct rb_directive *directive = NULL;
	size_t count = 0;
	bool complete;
	int err;

	if (reader->clause)
		directive = rb_directive_find(reader->clause, name);
	if (!directive) {
		rb_lexer_skip_line(lexer);
		return say_unknown(reader, name);
	}
	while (count < RB_VALUES_MAX && directive->kinds[count])
		count++;
	err = values_read(reader, lexer, name, count, values, &complete);
	if (err || !complete)
		return err;
	if (reader->clause->effect == RB_EFFECT_IGNORED)
		return rb_reader_ignored(reader, reader->clause, reader->clause->name,
					 reader->clause->note);
	if (reader->clause->effect == RB_EFFECT_REFUSED)
		return 0;
	return rb_reader_apply(reader, directive, values);
}

/* Whatever clause is open ends, before and behind what include-toplevel: includes. */
static int toplevel_begin(struct rb_reader *reader)
{
	reader->toplevel_location = reader->location;
	reader->clause = NULL;
	return clause_close(reader);
}

static int include_read(struct rb_reader *reader, struct rb_lexer *lexer, bool toplevel)
{
	_cleanup_(values_free) struct rb_value values[RB_VALUES_MAX] = {0};
	bool complete;
	int err;

	err = values_read(reader, lexer, "include", 1, values, &complete);
	if (err || !complete)
		return err;
	if (!toplevel)
		return rb_reader_include(reader, values[0].text);
	err = toplevel_begin(reader);
	if (!err)
		err = rb_reader_include(reader, values[0].text);
	return err ? err : toplevel_begin(reader);
}

static int attribute_read(struct rb_reader *reader, struct rb_lexer *lexer,
			  const struct rb_token *token)
{
	_cleanup_free_ char *name = strndup(token->start, token->length);
	const struct rb_clause *clause;

	if (!name)
		return -ENOMEM;
	if (!strcmp(name, "include"))
		return include_read(reader, lexer, false);
	if (!strcmp(name, "include-toplevel"))
		return include_read(reader, lexer, true);
	clause = rb_clause_find(name);
	if (clause)
		return clause_open(reader, clause);
	return directive_read(reader, lexer, name);
}

static int say_stray(struct rb_reader *reader, const struct rb_token *token)
{
	int shown = token->length > SHOWN_MAX ? SHOWN_MAX : (int)token->length;

	return rb_config_error(reader->config, reader->location,
			       "expected 'attribute: value', found '%.*s'", shown, token->start);
}

int rb_reader_text(struct rb_reader *reader, const char *file, const char *text, size_t bytes)
{
	struct rb_location outer = reader->location;
	struct rb_lexer lexer = {text, text + bytes, 1};
	int err = 0;

	reader->location = (struct rb_location){file, 0};
	if (bytes && memchr(text, '\0', bytes)) {
		err = rb_config_error(reader->config, reader->location, "not a text file");
		lexer.cursor = lexer.end;
	}
	while (!err && !rb_config_is_full(reader->config)) {
		struct rb_token token = rb_lexer_attribute(&lexer);

		reader->location = (struct rb_location){file, token.line};
		if (token.kind == RB_TOKEN_END)
			break;
		if (token.kind == RB_TOKEN_WORD) {
			err = attribute_read(reader, &lexer, &token);
		} else {
			rb_lexer_skip_line(&lexer);
			err = say_stray(reader, &token);
		}
	}
	reader->location = outer;
	return err;
}

int rb_reader_finish(struct rb_reader *reader)
{
	int err = clause_close(reader);

	if (!err)
		err = rb_secure_finish(reader);
	if (!err)
		err = rb_listens_finish(reader);
	if (!err)
		err = rb_rings_finish(reader);
	if (!err)
		err = rb_outgoing_finish(reader);
	if (!err)
		err = rb_remote_finish(reader);
	if (!err)
		err = rb_dnstap_finish(reader);
	if (!err)
		err = rb_upstreams_finish(reader);
	if (!err)
		err = rb_own_files_finish(reader);
	if (!err)
		err = rb_local_finish(reader);
	if (!err)
		err = rb_discovery_finish(reader);
	if (!err)
		err = rb_transfers_finish(reader);
	if (!err)
		err = rb_rpz_finish(reader);
	if (!err)
		err = rb_blocklists_finish(reader);
	if (!err)
		err = rb_copies_check(reader);
	if (!err)
		err = rb_clients_finish(reader);
	if (!err)
		err = rb_resolver_text_finish(reader);
	if (!err)
		err = rb_anchors_finish(reader);
	if (!err)
		err = rb_zones_finish(reader);
	return err;
}
