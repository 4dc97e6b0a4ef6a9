/* SPDX-License-Identifier: BSD-2-Clause */
/* Response policy zones in files, and cases of responses that these judge. */
#include "rpz_fixture.h"

#include "config_fixture.h"
#include "policy_fixture.h"

#include <arpa/inet.h>

#include "lib/message.h"

#include "dns/name.h"
#include "policy/acl.h"
#include "policy/respond.h"

#define PATH_ROOM 32

static void zone_write(const char *zone, char path[PATH_ROOM])
{
	int fd;

	strcpy(path, "/tmp/rb-rpz-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, zone, strlen(zone)), strlen(zone));
	close(fd);
}

struct rb_config *rpz_config_read(const char *conf, const char *const zones[RPZ_ZONES])
{
	char paths[RPZ_ZONES][PATH_ROOM], *text = NULL;
	struct rb_config *config;

	for (size_t i = 0; i < RPZ_ZONES; i++)
		zone_write(zones[i], paths[i]);
	assert_true(asprintf(&text, conf, paths[0], paths[1], paths[2], paths[3]) > 0);
	config = read_text(text, 0);
	free(text);
	for (size_t i = 0; i < RPZ_ZONES; i++)
		unlink(paths[i]);
	return config;
}

uint8_t *response_wire(const struct response_case *one, size_t *ret_len)
{
	ldns_pkt *packet = message_new(one->qname, one->qtype);
	const struct message_sections sections = {one->answer, one->authority, one->additional};
	uint8_t *wire;

	message_push_all(packet, &sections);
	assert_int_equal(ldns_pkt2wire(&wire, packet, ret_len), LDNS_STATUS_OK);
	message_freep(&packet);
	return wire;
}

static void response_check(const struct rb_policy *policy, const struct rb_acl *acl,
			   const struct response_case *one)
{
	uint8_t name[RB_NAME_MAX], addr[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
	const struct rb_policy_question question = {
		name, (uint16_t)rb_name_from_text(one->qname, name), one->qtype, RB_CLASS_IN};
	char said[VERDICT_ROOM], owner[RB_NAME_TEXT_MAX];
	struct rb_policy_client client = {.addr = addr};
	struct rb_policy_response response;
	struct rb_policy_question at;
	size_t len;
	uint8_t *wire = response_wire(one, &len);

	if (one->client)
		assert_int_equal(inet_pton(AF_INET, one->client, addr + 12), 1);
	client.client_class = rb_acl_find(acl, addr).class_id;
	rb_policy_respond(policy, &question, &client, wire, len, &response);
	at = (struct rb_policy_question){response.owner, response.owner_len, one->qtype,
					 RB_CLASS_IN};
	verdict_text(&response.verdict, &at, said);
	if (response.verdict.by_server)
		strcat(said, " server");
	if (strcmp(said, one->verdict) != 0)
		fail_msg("%s%s: %s, not %s", one->answer, one->authority ?: "", said, one->verdict);
	if (response.verdict.action == RB_POLICY_ANSWER)
		assert_int_equal(response.kept, one->kept);
	if (one->owner) {
		rb_name_to_text(response.owner, response.owner_len, owner);
		assert_string_equal(owner, one->owner);
	}
	free(wire);
}

void responses_check(const struct rb_config *config, const struct response_case *cases,
		     size_t count)
{
	struct rb_policy policy;
	struct rb_acl *acl;

	assert_int_equal(rb_acl_new(config->acl, config->acl_count, &acl), 0);
	assert_int_equal(rb_policy_open_images(&config->policy, &policy), 0);
	for (size_t i = 0; i < count; i++)
		response_check(&policy, acl, &cases[i]);
	rb_acl_free(acl);
}
