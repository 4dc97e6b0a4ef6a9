/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules of the interface that a client asks. Every case was seen of Unbound 1.17. */
#include "config_fixture.h"

#include <arpa/inet.h>

#include "policy/acl.h"

static const char text[] = "server:\n"
			   "define-tag: 't u'\n"
			   "interface: 192.0.2.53\n"
			   "interface: 192.0.2.54\n"
			   "interface: 192.0.2.55@5353\n"
			   "interface: 192.0.2.56\n"
			   "interface: 192.0.2.57\n"
			   "interface: ::0@5355\n"
			   "interface-action: 192.0.2.54 allow\n"
			   "interface-action: 192.0.2.55@5353 allow\n"
			   "interface-view: 192.0.2.55@5353 v\n"
			   "interface-tag: 192.0.2.56 't'\n"
			   "interface-tag-action: 192.0.2.56 t redirect\n"
			   "interface-tag-data: 192.0.2.56 t 'A 192.0.2.99'\n"
			   "interface-action: 192.0.2.57@53 deny\n"
			   "interface-action: ::0@5355 allow\n"
			   "access-control: 192.0.2.3 allow\n"
			   "access-control-view: 192.0.2.4/32 w\n"
			   "view:\nname: v\nview:\nname: w\n";

static const struct place_case {
	const char *destination;
	uint16_t port;
	const char *client;
	enum rb_acl_action action;
	uint8_t view; /* of its class; 0: none */
	uint64_t tags;
} cases[] = {
	{"192.0.2.53", 53, "192.0.2.1", RB_ACL_REFUSE, 0, 0},
	{"192.0.2.53", 53, "127.0.0.1", RB_ACL_ALLOW, 0, 0},
	{"192.0.2.54", 53, "192.0.2.1", RB_ACL_ALLOW, 0, 0},
	{"192.0.2.54", 53, "192.0.2.4", RB_ACL_ALLOW, 2, 0},
	{"192.0.2.55", 5353, "192.0.2.1", RB_ACL_ALLOW, 1, 0},
	{"192.0.2.55", 5353, "192.0.2.3", RB_ACL_ALLOW, 0, 0}, /* a rule of its own wins */
	{"192.0.2.55", 53, "192.0.2.1", RB_ACL_REFUSE, 0, 0},
	{"192.0.2.56", 53, "192.0.2.1", RB_ACL_REFUSE, 0, 1}, /* a tag allows nobody */
	{"192.0.2.57", 53, "192.0.2.1", RB_ACL_DENY, 0, 0},
	{"2001:db8::53", 5355, "2001:db8::1", RB_ACL_ALLOW, 0, 0}, /* all of the family */
	{"192.0.2.53", 5355, "192.0.2.1", RB_ACL_REFUSE, 0, 0},
};

static void address(const char *from, uint8_t ret[16])
{
	memset(ret, 0, 16);
	if (inet_pton(AF_INET6, from, ret) == 1)
		return;
	memset(ret + 10, 0xff, 2);
	assert_int_equal(inet_pton(AF_INET, from, ret + 12), 1);
}

static struct rb_config *config_of(const char *of)
{
	return read_text(of, 0);
}

/* Otherwise: guests would be served as the house is, or the house as guests are. */
static void who_has_no_rule_is_under_the_interface_s(void **state)
{
	struct rb_config *config = config_of(text);
	struct rb_acl *acl;

	(void)state;
	assert_int_equal(rb_acl_new_of(config, &acl), 0);
	assert_true(rb_acl_asks_where(acl));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct place_case *one = &cases[i];
		struct rb_acl_destination destination = {.port = one->port};
		const struct rb_local_class none = {0}, *of_client = &none;
		struct rb_client client;
		uint8_t addr[16];

		address(one->destination, destination.addr);
		address(one->client, addr);
		client = rb_acl_find_at(acl, addr, &destination);
		if (client.class_id)
			of_client = &config->local.classes[client.class_id - 1];
		if (client.action != one->action || of_client->view != one->view ||
		    of_client->tags != one->tags)
			fail_msg("%s at %s@%u: action %d, view %u", one->client, one->destination,
				 one->port, client.action, of_client->view);
	}
	rb_acl_free(acl);
	rb_config_free(config);
}

/* Otherwise: the kernel would refuse whom an interface allows, or allow whom none does. */
static void only_a_kernel_without_rules_looks_at_none(void **state)
{
	static const struct {
		const char *of;
		bool open;
	} kernels[] = {
		{"server:\ninterface: 192.0.2.53\ninterface-action: 192.0.2.53 allow\n", true},
		{"server:\ninterface: 192.0.2.53\ninterface: 192.0.2.54\n"
		 "interface-action: 192.0.2.53 allow\n",
		 false},
		{"server:\ninterface: 192.0.2.53\ninterface-action: 192.0.2.53 allow\n"
		 "interface-view: 192.0.2.53 v\nview:\nname: v\n",
		 false},
		{"server:\ninterface: 192.0.2.53\ninterface-action: 192.0.2.53 allow\n"
		 "access-control: 192.0.2.66/32 refuse\n",
		 false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		struct rb_config *config = config_of(kernels[i].of);
		struct rb_acl *acl;

		assert_int_equal(rb_acl_new_of(config, &acl), 0);
		assert_int_equal(rb_acl_is_open(acl), kernels[i].open);
		rb_acl_free(acl);
		rb_config_free(config);
	}
}

/* Otherwise: the kernel would answer at an address by the rule of another, or as another class. */
static void the_kernel_knows_the_rule_of_each_destination(void **state)
{
	struct rb_config *config = config_of(text);
	struct rb_acl *acl;
	size_t ruled = 0;

	(void)state;
	assert_int_equal(rb_acl_new_of(config, &acl), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rb_acl_destination destination = {.port = cases[i].port};
		struct rb_client client;
		uint8_t addr[16];
		uint32_t value;

		address(cases[i].destination, destination.addr);
		address(cases[i].client, addr);
		client = rb_acl_find(acl, addr);
		value = rb_acl_destination_value(config->acl_interfaces,
						 config->acl_interface_count, &destination);
		if (!client.unknown)
			continue;
		ruled += value != 0;
		client = rb_acl_find_at(acl, addr, &destination);
		assert_int_equal(value ? value : RB_ACCESS_REFUSE, rb_acl_kernel_value(client));
	}
	assert_int_equal(ruled, 5);
	rb_acl_free(acl);
	rb_config_free(config);
}

/* Otherwise: a mistyped address would leave everybody without answers, and nobody would know why. */
static void an_interface_that_is_not_there_is_an_error(void **state)
{
	struct rb_config *config = NULL;
	static const char wrong[] = "server:\ninterface: 192.0.2.53\n"
				    "interface-action: 192.0.2.54 allow\n";

	(void)state;
	assert_int_equal(rb_config_read_text("t.conf", wrong, strlen(wrong), &config), -EINVAL);
	assert_non_null(strstr(message_of(config, RB_MESSAGE_ERROR, 0),
			       "t.conf:3: interface-action: and its like: '192.0.2.54' is not "
			       "listened on"));
	rb_config_free(config);
}

/* Otherwise: a view for everybody would be nobody's. */
static void a_view_of_everybody_allows_everybody(void **state)
{
	struct rb_config *config = config_of("server:\naccess-control-view: 0.0.0.0/0 v\n"
					     "view:\nname: v\n");
	struct rb_client client;
	struct rb_acl *acl;
	uint8_t addr[16];

	(void)state;
	assert_int_equal(rb_acl_new_of(config, &acl), 0);
	address("192.0.2.1", addr);
	client = rb_acl_find(acl, addr);
	assert_int_equal(client.action, RB_ACL_ALLOW);
	assert_int_equal(client.class_id, 1);
	rb_acl_free(acl);
	rb_config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_has_no_rule_is_under_the_interface_s),
		cmocka_unit_test(only_a_kernel_without_rules_looks_at_none),
		cmocka_unit_test(the_kernel_knows_the_rule_of_each_destination),
		cmocka_unit_test(a_view_of_everybody_allows_everybody),
		cmocka_unit_test(an_interface_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests_name("access by interface", tests, NULL, NULL);
}
