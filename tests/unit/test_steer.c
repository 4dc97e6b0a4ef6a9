/* SPDX-License-Identifier: BSD-2-Clause */
/* Steering queries to queues: the rules, their bytes, and what becomes of them on a card. */
#include "steer_fixture.h"

/* --- which rules, and their bytes ----------------------------------------------------------------
 */

/* Otherwise: some clients' queries would go where no socket takes them, or one queue gets all. */
static void every_source_port_has_one_queue(void **state)
{
	static const uint32_t queues[] = {0, 1, 2, 3, 5, 9};
	_cleanup_free_ struct rb_steer_rule *rules = calloc(RB_STEER_RULES_MAX, sizeof(*rules));
	struct rb_netif netif = {0};
	unsigned int used, port, found;
	size_t count, i;

	(void)state;
	serve4(&netif, "192.0.2.53");
	for (used = 1; used <= ARRAY_SIZE(queues); used++) {
		unsigned int shares[10] = {0};

		count = rb_steer_plan(&netif, queues, used, RB_STEER_BY_SOURCE, rules);
		for (port = 0; port < 4096; port++) {
			for (i = 0, found = 0; i < count; i++) {
				if ((port & ntohs(rules[i].source_mask)) != ntohs(rules[i].source))
					continue;
				shares[rules[i].queue]++;
				found++;
			}
			assert_int_equal(found, 1);
		}
		for (i = 0; i < used; i++)
			assert_in_range(shares[queues[i]], 4096 / used / 2, 4096 / used * 2);
	}
}

/* Otherwise: a machine with many addresses or queues would overrun the memory for its rules. */
static void the_largest_plan_has_room(void **state)
{
	_cleanup_free_ struct rb_steer_rule *rules = calloc(RB_STEER_RULES_MAX, sizeof(*rules));
	struct rb_netif netif = {.locals4_count = RB_LOCALS_MAX, .locals6_count = RB_LOCALS_MAX};
	uint32_t queues[RB_STEER_SLOTS_MAX] = {0};
	size_t used;

	(void)state;
	for (used = 0; used <= RB_STEER_SLOTS_MAX; used++)
		assert_true(rb_steer_plan(&netif, queues, used, RB_STEER_BY_SOURCE, rules) <=
			    RB_STEER_RULES_MAX);
	assert_int_equal(rb_steer_plan(&netif, queues, RB_STEER_SLOTS_MAX, RB_STEER_BY_SOURCE,
				       rules),
			 RB_STEER_RULES_MAX);
	assert_int_equal(rb_steer_plan(&netif, queues, 0, RB_STEER_BY_SOURCE, rules), 0);
}

/* Otherwise: cards that compare whole fields only would bring all addresses to one queue. */
static void by_address_takes_turns(void **state)
{
	static const uint32_t queues[] = {4, 6};
	struct rb_steer_rule rules[3];
	struct rb_netif netif = {0};
	size_t i;

	(void)state;
	serve4(&netif, "192.0.2.53");
	serve4(&netif, "192.0.2.54");
	serve6(&netif, "2001:db8::53");
	assert_int_equal(rb_steer_plan(&netif, queues, 2, RB_STEER_BY_ADDRESS, rules), 3);
	for (i = 0; i < 3; i++) {
		assert_int_equal(rules[i].source_mask, 0);
		assert_int_equal(rules[i].queue, queues[i % 2]);
	}
}

/* Offsets as linux/ethtool.h (userspace ABI) has them. Otherwise: cards steer something else. */
static void the_bytes_for_the_driver(void **state)
{
	struct rb_steer_rule rule = {.family = AF_INET,
				     .port = htons(53),
				     .source = htons(2),
				     .source_mask = htons(3),
				     .queue = 5};
	static const uint8_t want4[] = {0, 0, 0, 0, 192, 0, 2, 53, 0, 2, 0, 53, 0};
	static const uint8_t mask4[] = {0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 3, 0xff, 0xff, 0};
	static const uint8_t want6[] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0,  0, 0,
					0,    0, 0,   0,    1, 0, 2, 0, 53, 0};
	struct ethtool_rx_flow_spec spec;
	const uint8_t *bytes = (const uint8_t *)&spec;
	uint32_t type;
	uint64_t ring;

	(void)state;
	assert_int_equal(sizeof(spec), 168);
	inet_pton(AF_INET, "192.0.2.53", rule.addr);
	rb_steer_spec(&rule, &spec);
	memcpy(&type, bytes, sizeof(type));
	memcpy(&ring, bytes + 152, sizeof(ring));
	assert_int_equal(type, 2); /* UDP_V4_FLOW */
	assert_int_equal(ring, 5);
	assert_memory_equal(bytes + 4, want4, sizeof(want4));
	assert_memory_equal(bytes + 76, mask4, sizeof(mask4));
	rule.family = AF_INET6;
	inet_pton(AF_INET6, "2001:db8::1", rule.addr);
	rb_steer_spec(&rule, &spec);
	memcpy(&type, bytes, sizeof(type));
	assert_int_equal(type, 6); /* UDP_V6_FLOW */
	assert_memory_equal(bytes + 4 + 16, want6, sizeof(want6));
	assert_int_equal(bytes[76 + 31], 0xff);
	assert_int_equal(bytes[76 + 32], 0);
	assert_int_equal(bytes[76 + 33], 3);
}

/* Otherwise: --check-config would not see a rule that takes our queries away. */
static void rules_that_take_our_queries_are_told(void **state)
{
	struct ethtool_rx_flow_spec spec = {.flow_type = UDP_V4_FLOW};
	uint8_t ours[4] = {192, 0, 2, 53}, other[4] = {192, 0, 2, 99};

	(void)state;
	spec.h_u.udp_ip4_spec.pdst = htons(53);
	spec.m_u.udp_ip4_spec.pdst = 0xffff;
	assert_true(rb_steer_takes(&spec, AF_INET, ours, htons(53)));
	assert_false(rb_steer_takes(&spec, AF_INET, ours, htons(5353)));
	assert_false(rb_steer_takes(&spec, AF_INET6, ours, htons(53)));
	memcpy(&spec.h_u.udp_ip4_spec.ip4dst, ours, 4);
	memset(&spec.m_u.udp_ip4_spec.ip4dst, 0xff, 4);
	assert_true(rb_steer_takes(&spec, AF_INET, ours, htons(53)));
	assert_false(rb_steer_takes(&spec, AF_INET, other, htons(53)));
	spec.flow_type |= FLOW_RSS;
	assert_true(rb_steer_takes(&spec, AF_INET, ours, htons(53)));
	spec.flow_type = TCP_V4_FLOW;
	assert_false(rb_steer_takes(&spec, AF_INET, ours, htons(53)));
}

/* --- on the card ---------------------------------------------------------------------------------
 */

/* Otherwise: rules stay when runbound is gone, or others' rules go with it. */
static void rules_come_and_go(void **state)
{
	struct world *world = *state;

	rb_steering_update(world->steering, &world->port, 1);
	assert_true(card.is_on);
	assert_int_equal(card_count(), 8); /* two addresses, four queues */
	assert_int_equal(world->port.steered, 8);
	assert_int_equal(rb_steering_undo(world->dir, "/sys/fs/bpf/x"), 8);
	assert_int_equal(card_count(), 0);
	assert_false(card.is_on);
	assert_int_equal(rb_steering_undo(world->dir, "/sys/fs/bpf/x"), 0);
}

/* Otherwise: another program's steering breaks when runbound stops. */
static void rules_of_others_stay(void **state)
{
	struct world *world = *state;

	foreign_rule(PLACES - 1);
	card.chooses = false;
	rb_steering_update(world->steering, &world->port, 1);
	assert_int_equal(card_count(), 9);
	assert_int_equal(card.rules[PLACES - 1].flow_type, TCP_V4_FLOW);
	assert_int_equal(card.rules[PLACES - 2].flow_type, UDP_V4_FLOW);
	/* Somebody put one of his own where ours was. */
	foreign_rule(PLACES - 2);
	assert_int_equal(rb_steering_undo(world->dir, "/sys/fs/bpf/x"), 7);
	assert_int_equal(card_count(), 2);
	assert_true(card.is_on);
}

/* Otherwise: turning our feature off again takes away a rule that came after us. */
static void the_feature_stays_while_others_need_it(void **state)
{
	struct world *world = *state;

	rb_steering_update(world->steering, &world->port, 1);
	foreign_rule(PLACES - 1);
	assert_int_equal(rb_steering_undo(world->dir, "/sys/fs/bpf/x"), 8);
	assert_int_equal(card_count(), 1);
	assert_true(card.is_on);
}

/* Otherwise: each crash leaves its rules on the card until it has no room. */
static void a_crash_leaves_nothing_for_ever(void **state)
{
	struct world *world = *state;
	struct rb_steering *next;

	rb_steering_update(world->steering, &world->port, 1);
	/* The successor knows of the record alone. */
	assert_int_equal(rb_steering_new(world->dir, "/sys/fs/bpf/x", &next), 0);
	rb_steering_update(next, &world->port, 1);
	assert_int_equal(card_count(), 8);
	rb_steering_free(next);
	assert_int_equal(rb_steering_undo(world->dir, "/sys/fs/bpf/x"), 8);
	assert_int_equal(card_count(), 0);
}

/* Otherwise: queries to a new address are not steered, or each look at the card makes rules. */
static void addresses_are_followed(void **state)
{
	struct world *world = *state;

	rb_steering_update(world->steering, &world->port, 1);
	memset(card.used, 0, sizeof(card.used));
	rb_steering_update(world->steering, &world->port, 1);
	assert_int_equal(card_count(), 0); /* nothing changed for us: the card was not touched */
	serve4(&world->port.netif, "192.0.2.54");
	rb_steering_update(world->steering, &world->port, 1);
	assert_int_equal(card_count(), 12);
	world->port.health.state = RB_PORT_LOST;
	rb_steering_update(world->steering, &world->port, 1);
	assert_int_equal(card_count(), 0);
	assert_int_equal(world->port.steered, 0);
}

/* Otherwise: cards of a simpler kind are not steered, or are left with half of the rules. */
static void a_card_without_masks_is_steered_by_address(void **state)
{
	struct world *world = *state;

	card.no_masks = true;
	rb_steering_update(world->steering, &world->port, 1);
	assert_int_equal(card_count(), 2);
	assert_int_equal(world->port.steered, 2);
	assert_int_equal(card.rules[0].ring_cookie, 0);
	assert_int_equal(card.rules[1].ring_cookie, 1);
}

/* Otherwise: a card whose room is used up steers some clients and not others. */
static void a_full_card_gets_all_or_nothing(void **state)
{
	struct world *world = *state;

	card.room = 7;
	rb_steering_update(world->steering, &world->port, 1);
	assert_int_equal(card_count(), 2); /* by address */
	assert_int_equal(recorded_rules(world), 2);
	rb_steering_undo(world->dir, "/sys/fs/bpf/x");
	card.room = 1;
	world->port.netif.ifindex++;
	rb_steering_update(world->steering, &world->port, 1);
	assert_int_equal(card_count(), 0);
	assert_int_equal(world->port.steered, 0);
}

/* Otherwise: a rule that somebody made where ours had been is deleted with ours. */
static void a_full_disk_takes_every_rule_back_once(void **state)
{
	struct world *world = *state;
	struct rlimit unlimited, limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
	limit = unlimited;
	limit.rlim_cur = 100; /* room for three rules of eight */
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	rb_steering_update(world->steering, &world->port, 1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
	assert_int_equal(card_count(), 0);
	assert_int_equal(card.misses, 0);
	assert_int_equal(recorded_rules(world), 0);
}

/* Otherwise: xdp-steer: yes on a veth or virtio keeps runbound from serving. */
static void a_driver_without_rules_is_left_alone(void **state)
{
	struct world *world = *state;
	struct ethtool_rx_flow_spec *specs;
	size_t count;

	card.has_rules = false;
	assert_int_equal(rb_steer_list("card0", &specs, &count), -EOPNOTSUPP);
	rb_steering_update(world->steering, &world->port, 1);
	assert_int_equal(world->port.steered, 0);
	assert_int_equal(rb_steering_undo(world->dir, "/sys/fs/bpf/x"), 0);
}

/* Otherwise: somebody's own rule for the same queries is deleted when runbound stops. */
static void an_equal_rule_of_somebody_s_is_kept(void **state)
{
	struct world *world = *state;
	struct rb_steer_rule rules[16];
	uint32_t queues[] = {0, 1, 2, 3}, place;

	rb_steer_plan(&world->port.netif, queues, 4, RB_STEER_BY_SOURCE, rules);
	card.is_on = true;
	assert_int_equal(rb_steer_insert("card0", &rules[3], &place), 0);
	assert_int_equal(rb_steer_insert("card0", &rules[3], &place), -EEXIST);
	rb_steering_update(world->steering, &world->port, 1);
	assert_int_equal(card_count(), 8);
	assert_int_equal(world->port.steered, 7);
	rb_steering_undo(world->dir, "/sys/fs/bpf/x");
	assert_int_equal(card_count(), 1);
}

/* Otherwise: rules that nobody can take back are made, or the driver is blamed for a directory. */
static void without_a_record_nothing_is_changed(void **state)
{
	struct world *world = *state;
	struct rb_steering *steering;
	char dir[128];
	int on;

	snprintf(dir, sizeof(dir), "%s/no/such", world->dir);
	assert_int_equal(rb_steering_new(dir, "/sys/fs/bpf/x", &steering), 0);
	for (on = 0; on < 2; on++) {
		card.is_on = on;
		rb_steering_update(steering, &world->port, 1);
		assert_int_equal(card_count(), 0);
		assert_int_equal(card.is_on, on);
		assert_int_equal(world->port.steered, 0);
		world->port.netif.ifindex++;
	}
	rb_steering_free(steering);
}

/* Otherwise: a mangled record makes runbound delete rules at random, or not start. */
static void a_damaged_record_does_no_harm(void **state)
{
	struct world *world = *state;
	_cleanup_fclose_ FILE *file = NULL;
	char path[128];

	foreign_rule(5);
	snprintf(path, sizeof(path), "%s/steering-sys-fs-bpf-x", world->dir);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs("rule card0 5 192.0.2.53 53\nrule card0 5 nonsense 53\nrule card0\n"
	      "rule card0 99999 ::1 53\nfeature\n\xff\xfe\nrule card1 5 ::1 53\nfeature card1\n",
	      file);
	fflush(file);
	assert_int_equal(rb_steering_undo(world->dir, "/sys/fs/bpf/x"), 0);
	assert_int_equal(card_count(), 1);
}

/* What --check-config says of the card has these words, and so many findings of this level. */
static void report_has(const struct world *world, bool steer, enum rb_level level,
		       unsigned int expected, const char *words)
{
	struct rb_config config = {.xdp_steer = steer};
	struct rb_report report = {.out = tmpfile()};
	char text[1024] = "", word[128];

	assert_non_null(report.out);
	rb_xdp_report_steering(&report, &config, &world->port.netif);
	rewind(report.out);
	/* As it is without the wrapping. */
	while (fscanf(report.out, "%127s", word) == 1) {
		strcat(text, word);
		strcat(text, " ");
	}
	fclose(report.out);
	assert_int_equal(report.findings[level], expected);
	if (!strstr(text, words))
		fail_msg("no '%s' in: %s", words, text);
}

/* Otherwise: a rule of somebody's that takes queries away is a riddle for the operator. */
static void check_config_tells_of_rules(void **state)
{
	struct world *world = *state;
	struct ethtool_rx_flow_spec *rule = &card.rules[9];

	report_has(world, false, RB_LEVEL_INFO, 1, "xdp-steer: yes would make them");
	report_has(world, true, RB_LEVEL_INFO, 1, "runbound will make them");
	foreign_rule(8);
	report_has(world, true, RB_LEVEL_INFO, 1, "has none for DNS");
	*rule = (struct ethtool_rx_flow_spec){.flow_type = UDP_V4_FLOW, .location = 9};
	rule->h_u.udp_ip4_spec.pdst = htons(53);
	rule->m_u.udp_ip4_spec.pdst = 0xffff;
	card.used[9] = true;
	report_has(world, false, RB_LEVEL_INFO, 1, "rule 9 brings queries to queue 0");
	rule->ring_cookie = 3;
	report_has(world, false, RB_LEVEL_WARN, 0, "queue 3");
	rule->ring_cookie = 4;
	report_has(world, false, RB_LEVEL_WARN, 1, "queue 4");
	rule->ring_cookie = RX_CLS_FLOW_DISC;
	report_has(world, false, RB_LEVEL_WARN, 1, "ethtool -N card0 delete 9");
	rule->ring_cookie = 0;
	rule->flow_type |= FLOW_RSS;
	report_has(world, false, RB_LEVEL_INFO, 1, "a set of queues");
	card.has_rules = false;
	report_has(world, false, RB_LEVEL_INFO, 1, "no ntuple");
	report_has(world, true, RB_LEVEL_WARN, 1, "cannot be done");
}

#define ON_CARD(test) cmocka_unit_test_setup_teardown(test, world_make, world_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_source_port_has_one_queue),
		cmocka_unit_test(the_largest_plan_has_room),
		cmocka_unit_test(by_address_takes_turns),
		cmocka_unit_test(the_bytes_for_the_driver),
		cmocka_unit_test(rules_that_take_our_queries_are_told),
		ON_CARD(rules_come_and_go),
		ON_CARD(rules_of_others_stay),
		ON_CARD(the_feature_stays_while_others_need_it),
		ON_CARD(a_crash_leaves_nothing_for_ever),
		ON_CARD(addresses_are_followed),
		ON_CARD(a_card_without_masks_is_steered_by_address),
		ON_CARD(a_full_card_gets_all_or_nothing),
		ON_CARD(a_full_disk_takes_every_rule_back_once),
		ON_CARD(a_driver_without_rules_is_left_alone),
		ON_CARD(an_equal_rule_of_somebody_s_is_kept),
		ON_CARD(without_a_record_nothing_is_changed),
		ON_CARD(a_damaged_record_does_no_harm),
		ON_CARD(check_config_tells_of_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
