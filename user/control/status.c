/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon's state for its operator. */
#include "control/status.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <unistd.h>

#include "control/fetched.h"
#include "control/status_xdp.h"
#include "policy/inventory.h"
#include "util/clock.h"
#include "util/privileges.h"

static void print_listens(const struct rb_config *config, FILE *out)
{
	static const char *const speeches[] = {[RB_SPEECH_DNS] = "",
					       [RB_SPEECH_TLS] = " over TLS",
					       [RB_SPEECH_HTTPS] = " over HTTPS"};
	size_t i;

	for (i = 0; i < config->listen_count; i++) {
		const struct sockaddr_storage *addr = &config->listens[i].addr;
		const struct sockaddr_in *addr4 = (const struct sockaddr_in *)addr;
		const struct sockaddr_in6 *addr6 = (const struct sockaddr_in6 *)addr;
		bool is_ipv6 = addr->ss_family == AF_INET6;
		char text[INET6_ADDRSTRLEN] = "?";

		inet_ntop(addr->ss_family,
			  is_ipv6 ? (const void *)&addr6->sin6_addr
				  : (const void *)&addr4->sin_addr,
			  text, sizeof(text));
		fprintf(out, "listen: %s@%u%s%s\n", text,
			ntohs(is_ipv6 ? addr6->sin6_port : addr4->sin_port),
			speeches[config->listens[i].speech],
			config->listens[i].proxied ? ", by the PROXY protocol" : "");
	}
}

static void print_certificate(const struct rb_control_view *view, FILE *out)
{
	struct rb_certificate certificate;
	char text[sizeof(certificate.names) + 64];

	if (rb_server_certificate(view->server, &certificate))
		return;
	rb_certificate_text(&certificate, text, sizeof(text));
	fprintf(out, "certificate: %s\n", text);
}

static void print_table(const struct rb_control_view *view, FILE *out)
{
	struct rb_table_usage usage;

	rb_table_usage(view->table, &usage);
	fprintf(out, "table: %" PRIu64 " MB, %" PRIu64 " of %" PRIu64 " slots in use, epoch %u\n",
		usage.bytes / 1000000,
		usage.used[RB_SMALL] + usage.used[RB_MEDIUM] + usage.used[RB_LARGE],
		usage.capacity[RB_SMALL] + usage.capacity[RB_MEDIUM] + usage.capacity[RB_LARGE],
		__atomic_load_n(&view->table->control->epoch, __ATOMIC_RELAXED));
	fprintf(out, "pins: %s\n", view->table->in_kernel ? view->config->pin_dir : "none");
}

static void print_config(const struct rb_control_view *view, FILE *out)
{
	char when[32] = "?";
	struct tm parts;

	if (!view->config->file_count)
		return;
	if (localtime_r(&view->vitals->read_at, &parts))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &parts);
	fprintf(out, "configuration: %s, read at %s, reloads %u\n", view->config->files[0], when,
		atomic_load(&view->vitals->reloads));
}

static void print_capabilities(FILE *out)
{
	char text[RB_PRIVILEGES_TEXT];

	rb_privileges_text(text);
	fprintf(out, "user: %u\n", geteuid());
	fprintf(out, "capabilities: %s\n", text);
}

static void print_cachefile(const struct rb_control_view *view, FILE *out)
{
	struct rb_cachefile_status status;

	if (!rb_cachefile_status(view->cachefile, &status)) {
		fputs("cache-file: none\n", out);
		return;
	}
	fprintf(out, "cache-file: %s, %" PRIu64 " records loaded at the start, ", status.path,
		status.loaded);
	if (status.saved_ns)
		fprintf(out, "%" PRIu64 " saved %" PRIu64 " seconds ago in %" PRIu64 " ms",
			status.saved, (rb_clock_ns() - status.saved_ns) / (uint64_t)RB_NS_PER_S,
			status.took_ns / 1000000);
	else
		fputs("not saved yet", out);
	fprintf(out, ", %" PRIu64 " saves failed\n", status.failures);
}

static void print_lists(const struct rb_config *config, FILE *out)
{
	struct rb_inventory_list list;

	for (uint32_t i = 0; rb_inventory_list(config, i, &list); i++)
		fprintf(out,
			"blocklist: %s, action %s, %u names, %u repeated, %u lines unusable, from "
			"%s\n",
			list.label, list.action, list.list->names, list.list->repeated,
			list.list->unusable, list.file);
}

void rb_status_print(const struct rb_control_view *view, FILE *out)
{
	const struct rb_config *config = view->config;
	uint64_t up_ns = rb_clock_ns() - view->vitals->started_ns;

	fprintf(out, "version: %s\n", RB_VERSION);
	fprintf(out, "pid: %d\n", (int)view->vitals->keeper);
	fprintf(out,
		"server: pid %d, %" PRIu64 " before it ended unasked, %" PRIu64 " of them hung\n",
		(int)getpid(), atomic_load(&view->vitals->ended), atomic_load(&view->vitals->hung));
	fprintf(out, "uptime: %" PRIu64 " seconds\n", up_ns / (uint64_t)RB_NS_PER_S);
	print_config(view, out);
	if (config->lacks_root_key)
		fputs("warning: " RB_ANCHORS_LACK_ROOT_KEY "\n", out);
	fprintf(out, "threads: %u\n", rb_server_workers(view->server));
	rb_resolvers_describe(view->resolvers, out);
	print_lists(config, out);
	fprintf(out, "sweep: %s\n",
		rb_sweeper_is_busy(view->sweeper) ? "under way, after a change of local policy"
						  : "none");
	rb_fetched_print(view, out);
	print_listens(config, out);
	print_certificate(view, out);
	rb_status_xdp_print(view, out);
	print_table(view, out);
	print_cachefile(view, out);
	print_capabilities(out);
}
