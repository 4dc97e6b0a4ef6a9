/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the records by which clients learn of us. */
#include "config/discovery.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/local_read.h"
#include "config/reader.h"
#include "dns/name.h"
#include "util/cleanup.h"

#define TTL_S    300 /* so long an address may be asked for in vain once it is moved */
#define ANY_NAME "resolver.arpa."

int rb_handle_discovery(struct rb_reader *reader, const struct rb_directive *directive,
			const struct rb_value *values)
{
	(void)values;
	if (strstr(directive->name, "info"))
		reader->info_location = reader->location;
	else
		reader->designated_location = reader->location;
	return 0;
}

/* The same for clients of each view that does not see the records outside. */
static int record_add(struct rb_reader *reader, const char *text)
{
	struct rb_local *local = &reader->config->local;
	struct rb_local_rr rr = {0};
	bool wrong;
	int err = rb_local_record(reader, "local-data", text, &rr, &wrong);

	if (err || wrong)
		return err;
	err = rb_local_add_rr(local, &rr);
	for (size_t i = 0; i < local->view_count && !err; i++) {
		rr.view = (uint8_t)(i + 1);
		if (!local->views[i].first && rb_local_view_has_zones(local, rr.view))
			err = rb_local_add_rr(local, &rr);
	}
	return err;
}

static uint16_t port_of(const struct rb_listen *listen)
{
	const struct sockaddr_in *addr = (const void *)&listen->addr;

	return ntohs(addr->sin_port); /* at the same place for IPv6 */
}

enum reach {
	NOBODY,  /* but this machine, or whoever has its interface */
	UNKNOWN, /* at all of our addresses */
	KNOWN,
};

/* From where a client can ask there. */
static enum reach reach_of(const struct rb_listen *listen)
{
	const struct sockaddr_in *addr4 = (const void *)&listen->addr;
	const struct in6_addr *addr6 =
		&((const struct sockaddr_in6 *)(const void *)addr4)->sin6_addr;

	if (listen->addr.ss_family == AF_INET) {
		if (addr4->sin_addr.s_addr == htonl(INADDR_ANY))
			return UNKNOWN;
		return ntohl(addr4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET ? NOBODY : KNOWN;
	}
	if (IN6_IS_ADDR_UNSPECIFIED(addr6))
		return UNKNOWN;
	return IN6_IS_ADDR_LOOPBACK(addr6) || IN6_IS_ADDR_LINKLOCAL(addr6) ? NOBODY : KNOWN;
}

/* Whether clients may be sent there: its TLS is ours, and no proxy is in front of it. */
static bool is_offered(const struct rb_config *config, const struct rb_listen *listen)
{
	return rb_secure_by_tls(&config->secure, listen->speech) && !listen->proxied &&
	       reach_of(listen) != NOBODY;
}

static bool is_alike(const struct rb_config *config, const struct rb_listen *a,
		     const struct rb_listen *b)
{
	return is_offered(config, a) && a->speech == b->speech && port_of(a) == port_of(b);
}

/* The name's own addresses, where local-data: has them, are those of what listens on all of ours. */
static void named_hints_put(FILE *out, const struct rb_config *config, sa_family_t family,
			    const char *key)
{
	const struct rb_local *local = &config->local;
	uint8_t name[RB_NAME_MAX];
	int len = rb_name_from_text(config->discovery.name, name);
	unsigned int count = 0;

	for (size_t i = 0; i < local->rr_count && len > 0; i++) {
		const struct rb_local_rr *rr = &local->rrs[i];
		char text[INET6_ADDRSTRLEN];

		if (rr->view || rr->type != (family == AF_INET ? RB_TYPE_A : RB_TYPE_AAAA) ||
		    !rb_name_equal(local->bytes + rr->owner, rr->owner_len, name, (size_t)len))
			continue;
		inet_ntop(family, local->bytes + rr->rdata, text, sizeof(text));
		fprintf(out, "%s%s", count++ ? "," : key, text);
	}
}

static void hints_put(FILE *out, const struct rb_config *config, const struct rb_listen *like,
		      sa_family_t family, const char *key)
{
	unsigned int count = 0;
	bool everywhere = false;

	for (size_t i = 0; i < config->listen_count; i++) {
		const struct rb_listen *listen = &config->listens[i];
		const struct sockaddr_in6 *addr6 = (const void *)&listen->addr;
		const struct sockaddr_in *addr4 = (const void *)&listen->addr;
		char text[INET6_ADDRSTRLEN];

		if (!is_alike(config, listen, like) || listen->addr.ss_family != family)
			continue;
		everywhere |= reach_of(listen) == UNKNOWN;
		if (reach_of(listen) != KNOWN)
			continue;
		inet_ntop(family,
			  family == AF_INET ? (const void *)&addr4->sin_addr
					    : (const void *)&addr6->sin6_addr,
			  text, sizeof(text));
		fprintf(out, "%s%s", count++ ? "," : key, text);
	}
	if (everywhere && !count)
		named_hints_put(out, config, family, key);
}

/* RFC 9461 5: a template; the path is quoted as RFC 1035 5.1 has it. */
static void path_put(FILE *out, const char *path)
{
	fputs(" dohpath=\"", out);
	for (; *path; path++)
		fprintf(out, strchr("\"\\", *path) ? "\\%c" : "%c", *path);
	fputs("{?dns}\"", out);
}

static void service_put(FILE *out, const struct rb_config *config, const struct rb_listen *listen,
			const char *owner, unsigned int priority)
{
	bool is_https = listen->speech == RB_SPEECH_HTTPS;

	fprintf(out, "%s %d IN SVCB %u %s. alpn=%s port=%u", owner, TTL_S, priority,
		config->discovery.name, is_https ? "h2" : "dot", port_of(listen));
	hints_put(out, config, listen, AF_INET, " ipv4hint=");
	hints_put(out, config, listen, AF_INET6, " ipv6hint=");
	if (is_https)
		path_put(out, config->secure.http_endpoint);
}

static int service_add(struct rb_reader *reader, const struct rb_listen *listen, const char *owner,
		       unsigned int priority)
{
	_cleanup_free_ char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return -ENOMEM;
	service_put(out, reader->config, listen, owner, priority);
	return fclose(out) ? -ENOMEM : record_add(reader, text);
}

/* Whether an earlier one has named the same service. */
static bool is_named(const struct rb_config *config, size_t number)
{
	for (size_t i = 0; i < number; i++)
		if (is_alike(config, &config->listens[i], &config->listens[number]))
			return true;
	return false;
}

/* DNS over TLS before HTTPS, which costs more; each in the order of the file. */
static int services_add(struct rb_reader *reader, const char *owner, unsigned int *ret_count)
{
	static const enum rb_speech order[] = {RB_SPEECH_TLS, RB_SPEECH_HTTPS};
	const struct rb_config *config = reader->config;
	int err = 0;

	*ret_count = 0;
	for (size_t kind = 0; kind < ARRAY_SIZE(order); kind++) {
		for (size_t i = 0; i < config->listen_count && !err; i++) {
			const struct rb_listen *listen = &config->listens[i];

			if (listen->speech == order[kind] && is_offered(config, listen) &&
			    !is_named(config, i))
				err = service_add(reader, listen, owner, ++*ret_count);
		}
	}
	return err;
}

static int designate(struct rb_reader *reader)
{
	const char *name = reader->config->discovery.name;
	_cleanup_free_ char *owner = NULL;
	unsigned int count;
	int err = services_add(reader, "_dns." ANY_NAME, &count);

	if (err)
		return err;
	if (!count)
		return rb_config_warn(reader->config, reader->location,
				      "designated-resolver: there is nothing to tell of: no "
				      "interface: that others reach speaks TLS or HTTPS");
	if (asprintf(&owner, "_dns.%s.", name) < 0) {
		owner = NULL;
		return -ENOMEM;
	}
	return services_add(reader, owner, &count);
}

/* --- RFC 9606 --- */

/* The extended errors that replies may name, see kern/wire.h. */
static const char *errors_of(const struct rb_config *config)
{
	if (!config->ede)
		return NULL;
	return config->serve_expired && config->ede_serve_expired ? "exterr=0,3,6,15,17-20"
								  : "exterr=0,6,15,17-18,20";
}

/* One character-string of hexadecimal digits. */
static int string_put(FILE *out, const char *key, const char *value)
{
	size_t len = strlen(key) + strlen(value);

	if (len > UINT8_MAX)
		return -EINVAL;
	fprintf(out, "%02zx", len);
	for (; *key; key++)
		fprintf(out, "%02x", (uint8_t)*key);
	for (; *value; value++)
		fprintf(out, "%02x", (uint8_t)*value);
	return 0;
}

/* RFC 3597: ldns has no name for the type. */
static int info_write(const struct rb_config *config, const char *owner, char **ret_text)
{
	const struct rb_discovery *discovery = &config->discovery;
	const char *errors = errors_of(config);
	_cleanup_free_ char *data = NULL;
	size_t digits;
	FILE *out = open_memstream(&data, &digits);
	int err = 0;

	if (!out)
		return -ENOMEM;
	if (discovery->minimises)
		err = string_put(out, "qnamemin", "");
	if (errors)
		err = err ?: string_put(out, "", errors);
	if (discovery->info_url && *discovery->info_url)
		err = err ?: string_put(out, "infourl=", discovery->info_url);
	if (fclose(out) || err)
		return err ?: -ENOMEM;
	if (!digits)
		return -ENODATA;
	if (asprintf(ret_text, "%s %d IN TYPE261 \\# %zu %s", owner, TTL_S, digits / 2, data) < 0)
		return -ENOMEM;
	return 0;
}

static int info_add(struct rb_reader *reader, const char *owner)
{
	_cleanup_free_ char *text = NULL;
	int err = info_write(reader->config, owner, &text);

	if (err == -EINVAL)
		return rb_config_error(
			reader->config, reader->location,
			"resolver-info-url: too long: a record has room for 247 bytes");
	if (err == -ENODATA)
		return rb_config_warn(reader->config, reader->location,
				      "resolver-info: there is nothing to tell: no "
				      "qname-minimisation:, no ede:, no resolver-info-url:");
	return err ?: record_add(reader, text);
}

/* Whether a record there would hide what else the name has: no line has said what is to be there. */
static bool is_free(const struct rb_local *local, uint8_t view, const uint8_t *name, size_t len)
{
	enum rb_zone_type type = RB_ZONE_TRANSPARENT;
	size_t longest = 0;

	for (size_t i = 0; i < local->rr_count; i++)
		if (local->rrs[i].view == view && rb_name_equal(local->bytes + local->rrs[i].owner,
								local->rrs[i].owner_len, name, len))
			return false;
	for (size_t i = 0; i < local->zone_count; i++) {
		const struct rb_local_zone *zone = &local->zones[i];

		if (zone->view != view || zone->name_len <= longest ||
		    !rb_name_is_under(name, len, local->bytes + zone->name, zone->name_len))
			continue;
		longest = zone->name_len;
		type = zone->type;
	}
	return longest < len && (type == RB_ZONE_TRANSPARENT || type == RB_ZONE_TYPETRANSPARENT);
}

/* The name is the operator's, and has addresses elsewhere: those are not to be hidden. */
static int zone_add(struct rb_reader *reader, const char *name)
{
	struct rb_local *local = &reader->config->local;
	struct rb_local_zone zone = {
		.type = RB_ZONE_TYPETRANSPARENT,
		.qclass = RB_CLASS_IN,
		.origin = rb_local_origin(reader),
	};
	int err = rb_local_name(reader, name, &zone.name, &zone.name_len);

	for (size_t i = 0; i <= local->view_count && !err; i++) {
		zone.view = (uint8_t)i;
		if (i && (local->views[i - 1].first || !rb_local_view_has_zones(local, zone.view)))
			continue;
		if (is_free(local, zone.view, local->bytes + zone.name, zone.name_len))
			err = rb_local_add_zone(local, &zone);
	}
	return err;
}

static int inform(struct rb_reader *reader)
{
	const char *name = reader->config->discovery.name;
	_cleanup_free_ char *owner = NULL;
	int err = info_add(reader, ANY_NAME);

	if (err || !name || !*name)
		return err;
	if (asprintf(&owner, "%s.", name) < 0) {
		owner = NULL;
		return -ENOMEM;
	}
	err = zone_add(reader, owner);
	return err ?: info_add(reader, owner);
}

int rb_discovery_finish(struct rb_reader *reader)
{
	struct rb_discovery *discovery = &reader->config->discovery;
	size_t len = discovery->name ? strlen(discovery->name) : 0;
	int err = 0;

	if (len && discovery->name[len - 1] == '.')
		discovery->name[len - 1] = '\0';
	reader->location = reader->designated_location;
	if (discovery->name && *discovery->name)
		err = designate(reader);
	reader->location = reader->info_location;
	if (!err && discovery->info)
		err = inform(reader);
	return err;
}

void rb_discovery_free(struct rb_discovery *discovery)
{
	free(discovery->name);
	free(discovery->info_url);
}
