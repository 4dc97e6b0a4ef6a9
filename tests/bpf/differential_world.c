/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's program and a worker's code with one configuration, table and access control. */
#include "differential_world.h"

#include <errno.h>

#include "../kern/hash.h"
#include "hot_names.h"
#include "lib/lookup.h"

#define TABLE_BYTES (1 << 20) /* small, so that tags of other names agree now and then */
#define TRIES       20        /* to find a hash key with which no two known names have one tag */

/* 192.0.2.0/24 and 2001:db8::/32 may ask, but for some; everybody else is refused. */
#define V4(...)                                                                                    \
	{                                                                                          \
		[V4_PLACE] = 0xff, 0xff, __VA_ARGS__                                               \
	}
static const struct rb_acl_rule rules[] = {
	{V4(192, 0, 2), 120, RB_ACL_ALLOW, 0, false, false},
	{V4(192, 0, 2, 16), 124, RB_ACL_DENY, 0, false, false},
	{V4(192, 0, 2, 32), 124, RB_ACL_ALLOW_SNOOP, 0, false, false},
	{V4(192, 0, 2, 48), 124, RB_ACL_ALLOW_SETRD, 0, false, false},
	{V4(192, 0, 2, 64), 124, RB_ACL_REFUSE_NON_LOCAL, 0, false, false},
	{V4(192, 0, 2, 80), 124, RB_ACL_DENY_NON_LOCAL, 0, false, false},
	{V4(192, 0, 2, 96), 124, RB_ACL_REFUSE, 0, false, false},
	{{0x20, 1, 0xd, 0xb8}, 32, RB_ACL_ALLOW, 0, false, false},
	{{0x20, 1, 0xd, 0xb8, 0, 1}, 48, RB_ACL_DENY, 0, false, false},
	{{0x20, 1, 0xd, 0xb8, 0, 2}, 48, RB_ACL_ALLOW_SNOOP, 0, false, false},
	{{0x20, 1, 0xd, 0xb8, 0, 3}, 48, RB_ACL_REFUSE, 0, false, false},
};

int rb_resolvers_submit(struct rb_resolvers *resolvers, struct rb_job *job)
{
	(void)job;
	resolvers->submitted++;
	return -EAGAIN;
}

int rb_resolvers_refresh(struct rb_resolvers *resolvers, unsigned int worker,
			 struct rb_table_ref ref)
{
	(void)resolvers;
	(void)worker;
	(void)ref;
	return -EAGAIN;
}

struct rb_job *rb_resolvers_collect(struct rb_resolvers *resolvers, unsigned int worker)
{
	(void)resolvers;
	(void)worker;
	return NULL;
}

/* A TXT of many strings, of roughly len bytes; err: what becomes of it. */
static void txt_publish(struct world *world, size_t len, int err)
{
	char name[64], *line = malloc(2 * len + 512);
	struct store store = {.name = name, .type = 16, .answer = line, .age_s = 2};
	size_t at;

	assert_non_null(line);
	snprintf(name, sizeof(name), "txt%zu.example.com.", len);
	at = (size_t)sprintf(line, "%s 300 IN TXT", name);
	while (len) {
		size_t part = len < 200 ? len : 200;

		at += (size_t)sprintf(line + at, " \"%0*d\"", (int)part, 7);
		len -= part;
	}
	assert_int_equal(store_publish(program_table(world->program), &store), err);
	free(line);
	world->known[world->known_count++] = stream_question(name, 16, STREAM_DO0 | STREAM_DO1);
}

/* A name of len characters, of which the rightmost part is always the same. */
static void name_publish(struct world *world, size_t len)
{
	char name[260], answer[300];
	struct store store = {.name = name, .type = 28, .answer = answer};

	for (size_t i = 0; i < len; i++)
		name[len - 1 - i] = i % 50 == 49 && i + 1 < len ? '.' : (char)('a' + i % 26);
	strcpy(name + len, ".");
	snprintf(answer, sizeof(answer), "%s 300 IN AAAA 2001:db8::%zx", name, len);
	assert_int_equal(store_publish(program_table(world->program), &store), 0);
	world->known[world->known_count++] = stream_question(name, 28, STREAM_DO0 | STREAM_DO1);
}

static void store_remember(struct world *world, const struct store *store)
{
	struct rb_answer *answer = store_answer(store);

	assert_int_equal(store_publish(program_table(world->program), store), 0);
	world->known[world->known_count++] =
		stream_question(store->name, store->type, answer->traits & RB_SERVES_MASK);
	rb_answer_free(answer);
}

void names_publish(struct world *world)
{
	static const size_t txt_lens[] = {30,   200,  400,  440,  470, 600,
					  1000, 1100, 1150, 1190, 1280};

	world->known_count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(hot_names); i++)
		store_remember(world, &hot_names[i]);
	for (size_t i = 0; i < ARRAY_SIZE(txt_lens); i++)
		txt_publish(world, txt_lens[i], 0);
	for (size_t len = 1; len <= 253; len += len < 20 ? 1 : 13)
		name_publish(world, len);
	name_publish(world, 253);
	if (!world->opts.stale)
		world->hot_count = world->known_count;
	for (size_t i = 0; i < ARRAY_SIZE(expired_names); i++)
		store_remember(world, &expired_names[i]);
	if (world->opts.stale)
		world->hot_count = world->known_count;
	for (size_t i = 0; i < ARRAY_SIZE(cold_names); i++)
		store_remember(world, &cold_names[i]);
	/* Of these the table has a stub. */
	for (size_t len = 1400; len <= 5000; len += 1800)
		txt_publish(world, len, -EMSGSIZE);
	for (size_t i = 0; i < ARRAY_SIZE(former_names); i++)
		world->known[world->known_count++] = stream_question(
			former_names[i].name, former_names[i].type, STREAM_DO0 | STREAM_DO1);
	assert_true(world->known_count <= KNOWN_MAX);
	world->published_ns = rb_clock_ns();
}

/* Whether every name that is to be served is there: one of the same tag would have taken its way.
 */
static bool names_are_there(const struct world *world)
{
	const struct rb_table *table = program_table(world->program);
	struct rb_answer *answer;
	struct rb_table_key key;

	for (size_t i = 0; i < world->hot_count; i++) {
		const struct stream_question *known = &world->known[i];
		uint8_t serves = known->variants & STREAM_DO0 ? RB_SERVES_DO0 : RB_SERVES_DO1;

		assert_int_equal(rb_table_key_init(table, known->qname, known->qname_len,
						   known->qtype, &key),
				 0);
		/* Before the first of its records expired, whatever is served later. */
		if (table_lookup(table, &key, serves, 0, &answer, NULL))
			return false;
		rb_answer_free(answer);
	}
	return true;
}

/* The program and its table, filled. */
static void world_fill(struct world *world)
{
	const struct world_opts *opts = &world->opts;
	uint64_t stale_ns = opts->stale ? STALE_S * RB_NS_PER_S : 0;
	struct rb_table *table;

	world->program = program_load(&(struct program_opts){.vlan_tags = opts->vlan_tags,
							     .use_acl = true,
							     .max_udp_size = opts->max_udp_size,
							     .no_ede = !opts->ede,
							     .no_stale_ede = !opts->stale_ede,
							     .table_bytes = TABLE_BYTES,
							     .prefetch = opts->stale,
							     .stale_ns = stale_ns});
	table = program_table(world->program);
	rb_table_set_stale(table, stale_ns, 30);
	for (size_t i = 0; i < ARRAY_SIZE(former_names); i++)
		assert_int_equal(store_publish(table, &former_names[i]), 0);
	rb_table_bump_epoch(table);
	names_publish(world);
}

struct world *world_open(const struct world_opts *opts)
{
	struct world *world = calloc(1, sizeof(*world));
	struct rb_table *table;
	int tries = 0;

	assert_non_null(world);
	world->opts = *opts;
	world_fill(world);
	for (; !names_are_there(world); tries++) {
		assert_true(tries < TRIES);
		program_free(world->program);
		world_fill(world);
	}
	table = program_table(world->program);
	assert_int_equal(rb_acl_new(rules, ARRAY_SIZE(rules), &world->acl), 0);
	assert_int_equal(rb_acl_load(world->acl, program_acl_fd(world->program), PROGRAM_ACL_EPOCH),
			 0);
	world->config.edns_buffer_size = 1232;
	world->config.max_udp_size = opts->max_udp_size;
	world->config.ede = opts->ede;
	world->config.ede_serve_expired = opts->stale_ede;
	world->config.prefetch = opts->stale;
	world->config.serve_expired = opts->stale;
	world->config.serve_expired_ttl_s = STALE_S;
	world->config.serve_expired_reply_ttl_s = 30;
	world->serve.config = &world->config;
	world->serve.table = table;
	world->serve.acl = world->acl;
	world->serve.resolvers = &world->resolvers;
	assert_int_equal(rb_serve_init(&world->serve), 0);
	return world;
}

static uint16_t *impostor_tag(const struct impostor *impostor)
{
	return &impostor->part->tags[impostor->index / RB_WAYS].tags[impostor->index % RB_WAYS];
}

struct impostor impostor_plant(struct world *world, const struct stream_question *original,
			       const uint8_t *message, size_t len)
{
	struct rb_table *table = program_table(world->program);
	uint8_t serves = original->variants & STREAM_DO0 ? RB_SERVES_DO0 : RB_SERVES_DO1;
	struct impostor impostor = {0};
	struct rb_table_key from, to;
	struct rb_table_ref ref;
	struct rb_answer *answer;
	struct rb_query query;

	if (rb_query_parse(message, len, &query) == RB_QUERY_DROP || !query.qname ||
	    rb_table_key_init(table, query.qname, query.qname_len, query.qtype, &to) ||
	    rb_table_key_init(table, original->qname, original->qname_len, original->qtype,
			      &from) ||
	    !memcmp(&from, &to, sizeof(to)) || table_lookup(table, &from, serves, 0, &answer, &ref))
		return impostor;
	rb_answer_free(answer);
	impostor.part = &table->tiers[ref.tier];
	impostor.index = rb_hash_bucket(to.hash, impostor.part->buckets) * RB_WAYS;
	while (*impostor_tag(&impostor) && impostor.index % RB_WAYS < RB_WAYS - 1)
		impostor.index++;
	if (*impostor_tag(&impostor)) {
		impostor.part = NULL;
		return impostor;
	}
	memcpy(impostor.part->records + impostor.index * impostor.part->record_bytes,
	       impostor.part->records + ref.index * impostor.part->record_bytes,
	       impostor.part->record_bytes);
	*impostor_tag(&impostor) = rb_hash_tag(to.hash, RB_SERVES_MASK);
	return impostor;
}

void impostor_remove(const struct impostor *impostor)
{
	if (!impostor->part)
		return;
	*impostor_tag(impostor) = 0;
	memset(impostor->part->records + impostor->index * impostor->part->record_bytes, 0,
	       impostor->part->record_bytes);
}

void world_close(struct world *world)
{
	rb_serve_release(&world->serve);
	rb_acl_free(world->acl);
	program_free(world->program);
	free(world);
}
