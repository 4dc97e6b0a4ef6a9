# SPDX-License-Identifier: BSD-2-Clause
# Builds runbound. `make help` lists the targets.

VERSION := 0.1.0
BUILD   ?= build
# What the environment or the command line says wins; make's own default does not.
ifeq ($(origin CC),default)
CC := gcc
endif
CLANG   ?= clang
LLVM_STRIP ?= llvm-strip
PATH    := $(PATH):/usr/sbin:/sbin
export PATH

PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc

Q := $(if $(V),,@)
say = $(if $(V),@:,@printf '  %-8s %s\n' '$(1)' '$(2)')

# What Debian 12 calls what we need. BUILD_PACKAGES suffice to build and run, LAB_PACKAGES add the
# demo's and the tests' clients and servers, CHECK_PACKAGES the tools of `make check`.
BUILD_PACKAGES := build-essential clang llvm bpftool pkg-config libbpf-dev libxdp-dev libelf-dev \
	zlib1g-dev libunbound-dev libevent-dev libssl-dev libnghttp2-dev libldns-dev libcap-dev libseccomp-dev libsystemd-dev \
	libcurl4-openssl-dev
LAB_PACKAGES := iproute2 ethtool bind9-dnsutils knot knot-dnsutils ldnsutils procps util-linux
CHECK_PACKAGES := libcmocka-dev clang-format clang-tidy unbound spin openssl curl man-db mandoc prometheus \
	fstrm-bin dnstap-ldns dnsperf \
	python3 python3-dnspython systemd qemu-system-x86 busybox-static cpio

LIBRARIES := libbpf libxdp libelf zlib libevent libevent_pthreads libevent_openssl libssl libcrypto libnghttp2 ldns libcap libseccomp libsystemd
PKG_MISSING := $(shell for p in $(LIBRARIES); do pkg-config --exists $$p 2>/dev/null || echo $$p; done)
LIB_CFLAGS := $(shell pkg-config --cflags $(filter-out $(PKG_MISSING),$(LIBRARIES)) 2>/dev/null)
LIB_LIBS   := $(shell pkg-config --libs $(filter-out $(PKG_MISSING),$(LIBRARIES)) 2>/dev/null) -lunbound -lpthread

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wvla
# Instrumented code takes the compiler twice as long at -O2.
CFLAGS  ?= $(if $(SANITIZE),-O1 -g1,-O2 -g)
# Socket addresses, messages and shared memory are read as other types than they were written as; gcc 12
# leaves out, for example, the test for a wildcard address that was copied as a sockaddr_storage.
ALL_CFLAGS = -std=gnu11 -fno-strict-aliasing $(WARNINGS) $(CFLAGS) $(HARDENING) $(SANITIZE_FLAGS) -D_GNU_SOURCE \
	-DRB_VERSION='"$(VERSION)"' -Iuser -I. -pthread -MMD -MP $(LIB_CFLAGS)
ALL_LDFLAGS = $(LDFLAGS) $(SANITIZE_FLAGS) $(HARDENING_LD) -pthread
HARDENING := -fstack-protector-strong -fPIE
HARDENING_LD := -pie -Wl,-z,relro,-z,now

ifdef SANITIZE
SANITIZE_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
# gcc takes its own instrumentation for conversions; the plain build looks for real ones.
WARNINGS += -Wno-conversion
else
HARDENING += -D_FORTIFY_SOURCE=2
endif

# For playing the scenarios of Unbound's tests, which are recorded with signatures that nobody made.
ifdef RB_TEST_DIRECTIVES
CFLAGS += -DRB_TEST_DIRECTIVES
endif

ARCH ?= $(shell uname -m | sed -e 's/x86_64/x86/' -e 's/aarch64/arm64/')
BPF_CFLAGS := -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_$(ARCH) -Wall -Wextra -Werror -Wshadow \
	-Wno-unused-parameter -Wno-missing-declarations -MMD -MP -Ikern -I. $(LIB_CFLAGS)

MODULES ?= util dns config table store import netif xsk datapath policy keeper fetch upstream resolve serve control control/unbound control/page checkup daemon
LIB_SOURCES := $(foreach m,$(MODULES),$(sort $(wildcard user/$(m)/*.c)))
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/%.o)
LIBRARY := $(BUILD)/librunbound.a

BPF_SOURCES := $(wildcard kern/*.bpf.c)
SKELETONS := $(BPF_SOURCES:kern/%.bpf.c=skel/%.skel.h)
BPF_HEADERS := $(wildcard kern/*.h)

PROGRAMS := $(BUILD)/runbound $(BUILD)/runbound-cachectl
MAN8 := user/runbound.8 tools/cachectl/runbound-cachectl.8
MAN5 := user/config/runbound.conf.5
MAN7 := user/netif/runbound-networks.7
C_SOURCES := $(shell git ls-files -co --exclude-standard '*.[ch]' 2>/dev/null || find kern user tests tools -name '*.[ch]')

.PHONY: .FORCE all deps demo check check-vm check-scenarios asan lint format bench install uninstall clean help tests fuzz
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAMS) ## build runbound and runbound-cachectl (default)

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile tools/bench/rules.mk | \
		awk -F ':.*## ' '{ printf "  %-10s %s\n", $$1, $$2 }'
	@echo "Variables: V=1 shows commands, BUILD=DIR builds elsewhere, QUICK=1 shortens bench,"
	@echo "RB_TEST_DIRECTIVES=1 (with a BUILD of its own) takes fake-dsa and fake-sha1, for scenarios."

# --- what must be there -------------------------------------------------------------------------

$(BUILD)/.tools: Makefile
	@mkdir -p $(BUILD) build
	@missing=""; \
	for p in $(PKG_MISSING); do missing="$$missing $$p"; done; \
	for t in $(CC) $(CLANG) bpftool pkg-config; do \
		command -v $$t >/dev/null || missing="$$missing $$t"; done; \
	pkg-config --exists libcurl || missing="$$missing libcurl"; \
	test -e /usr/include/unbound.h || missing="$$missing libunbound"; \
	if [ -n "$$missing" ]; then \
		echo "Missing:$$missing" >&2; \
		echo "Install it with: sudo make deps" >&2; \
		echo "(that is: apt-get install $(BUILD_PACKAGES))" >&2; \
		exit 1; \
	fi
	@touch $@

# What was built with other flags is built again.
$(BUILD)/.flags: .FORCE | $(BUILD)/.tools
	@$(file >$@.now,$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(LIB_LIBS))$(keep_changed)

build/.flags.bpf: .FORCE | $(BUILD)/.tools
	@$(file >$@.now,$(CLANG) $(BPF_CFLAGS))$(keep_changed)

keep_changed = cmp -s $@.now $@ && rm $@.now || mv $@.now $@

deps: ## install every package that build, demo and tests need (root, apt)
	@need=""; for p in $(BUILD_PACKAGES) $(LAB_PACKAGES) $(CHECK_PACKAGES) $(PACKAGES_MORE); do \
		dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'install ok installed' || need="$$need $$p"; \
	done; \
	if [ -n "$$need" ]; then \
		[ "$$(id -u)" = 0 ] || { echo "Not root. Run: sudo make deps" >&2; exit 1; }; \
		echo "Installing:$$need"; \
		tools/quiet-install.sh $$need; \
	fi

# --- the kernel's part --------------------------------------------------------------------------

build/kern/%.bpf.o: kern/%.bpf.c build/.flags.bpf | $(BUILD)/.tools
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@

# BPF objects and skeletons are the same for every BUILD.
skel/%.skel.h: build/kern/%.bpf.o
	$(call say,SKEL,$@)
	@mkdir -p $(@D)
	$(Q)bpftool gen skeleton $< name rb_$(subst -,_,$*)_bpf > $@.tmp && mv $@.tmp $@

# The tests' own programs, and the XDP program as it must not be: without its second look at the
# sequence number, so that a test can see that it would notice.
build/tests/bpf/%.bpf.o: tests/bpf/%.bpf.c build/.flags.bpf | $(BUILD)/.tools
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@

build/tests/bpf/unchecked.bpf.o: kern/runbound.bpf.c $(BPF_HEADERS) build/.flags.bpf | $(BUILD)/.tools
	$(call say,BPF,$@)
	@rm -rf $(@D)/unchecked && mkdir -p $(@D)/unchecked
	$(Q)cp kern/*.h $< $(@D)/unchecked
	$(Q)sed -i 's/\*(volatile const __u32 \*)&[a-z>-]*seq != hit->seq/false/' $(@D)/unchecked/reply.bpf.h
	@! cmp -s kern/reply.bpf.h $(@D)/unchecked/reply.bpf.h || { echo "$@: nothing left out" >&2; exit 1; }
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $(@D)/unchecked/$(<F) -o $@

skel/test_%.skel.h: build/tests/bpf/%.bpf.o
	$(call say,SKEL,$@)
	@mkdir -p $(@D)
	$(Q)bpftool gen skeleton $< name rb_test_$(subst -,_,$*)_bpf > $@.tmp && mv $@.tmp $@

# --- userspace ----------------------------------------------------------------------------------

$(BUILD)/user/%.o: user/%.c $(BUILD)/.flags | $(BUILD)/.tools
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -c $< -o $@

# The skeletons' only includers.
$(patsubst %.c,$(BUILD)/%.o,$(wildcard user/datapath/*.c)): $(SKELETONS)
$(BUILD)/user/table/maps.o: skel/table.skel.h
$(BUILD)/user/table/records.o: skel/dump.skel.h

# Included by the assembler, of which the compiler does not tell.
$(BUILD)/user/control/page/page.o: $(addprefix user/control/page/page.,html css js)

$(LIBRARY): $(LIB_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

# calls.o stands in for some of libc's functions, so it is in no library.
$(BUILD)/runbound: $(BUILD)/user/main.o $(BUILD)/user/calls.o $(LIBRARY)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ $(LIB_LIBS) -o $@

$(BUILD)/tools/%.o: tools/%.c $(BUILD)/.flags | $(BUILD)/.tools
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -c $< -o $@

CACHECTL_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/cachectl/*.c))

$(BUILD)/runbound-cachectl: $(CACHECTL_OBJECTS) $(LIBRARY)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ $(LIB_LIBS) -o $@

# --- measurement --------------------------------------------------------------------------------

include tools/bench/rules.mk

# --- tests --------------------------------------------------------------------------------------

# A test is one C file in tests/unit or tests/bpf, linked with cmocka; tests/lib helps them all. Any
# other C file there is linked with the tests that include its header, and no others: some play a part
# of the library.
TEST_LIBRARY := $(BUILD)/libtests.a
# There are many to link, and gold takes a third of the time.
QUICK_LD := $(if $(shell command -v ld.gold),-fuse-ld=gold)
TEST_LIB_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/lib/*.c))
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))
BPF_TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bpf/test_*.c))
# The kernel runs the XDP program, which no sanitizer sees: with them only tests of what handles it.
ifdef SANITIZE
BPF_TESTS := $(filter $(addprefix $(BUILD)/tests/bpf/test_,afxdp% datapath% handover records),$(BPF_TESTS))
BENCH_PROGRAMS :=
endif
FIXTURES := $(filter-out tests/unit/test_% tests/bpf/test_% %.bpf.c,$(wildcard tests/unit/*.c tests/bpf/*.c))
LAB_TOOLS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/netns/*.c))

$(BUILD)/tests/%.o: tests/%.c $(BUILD)/.flags | $(BUILD)/.tools
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests -c $< -o $@

$(patsubst %.c,$(BUILD)/%.o,$(filter-out %.bpf.c,$(wildcard tests/bpf/*.c)) tests/lib/program.c): $(SKELETONS)
$(BUILD)/tests/bpf/test_stress.o: skel/test_stress.skel.h skel/test_unchecked.skel.h

$(TEST_LIBRARY): $(TEST_LIB_OBJECTS)
	$(Q)rm -f $@ && ar rcs $@ $^

including = $(shell grep -lE '^.include "(unit/)?$(notdir $(1)).h"' tests/unit/test_*.c tests/bpf/test_*.c)
$(foreach f,$(FIXTURES:%.c=%),$(eval $(patsubst %.c,$(BUILD)/%,$(call including,$(f))): $(BUILD)/$(f).o))

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(TEST_LIBRARY) $(LIBRARY)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $(QUICK_LD) $(filter %.o,$^) $(filter %.a,$^) -lcmocka $(LIB_LIBS) -o $@

$(BUILD)/tests/%.so: tests/preload/%.c | $(BUILD)/.tools
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 $(WARNINGS) $(CFLAGS) -fPIC -shared $< -o $@

tests: $(UNIT_TESTS) $(BPF_TESTS) $(LAB_TOOLS) $(BENCH_PROGRAMS) $(BUILD)/tests/scarce.so ## build the tests without running them

# Packages come first, in a make of their own: this one looked for them before they were there.
check: ## install what is missing, build, run every test (root)
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory -j2 all tests
	@tests/check.sh

asan: ## build with ASan and UBSan under build/asan, and run the tests with that (root)
	@$(MAKE) --no-print-directory -j2 SANITIZE=1 BUILD=build/asan all tests
	@tests/check.sh asan

check-vm: ## those tests alone that run in a VM, and more of them: Linux 6.1 under qemu, its devices, systemd (root)
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory -j2 all tests
	@VM_ALL=1 tests/vm/run.sh

check-scenarios: ## play scenarios of a resolver's life, where there are any (SCENARIOS=DIR; root)
	@$(MAKE) --no-print-directory -j2 RB_TEST_DIRECTIVES=1 BUILD=build/scenarios all
	@LAB_BUILD=$(CURDIR)/build/scenarios tests/scenarios/run.sh

demo: ## install what is missing, build, show runbound at work in network namespaces (root)
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory -j2 all $(LAB_TOOLS)
	@tools/demo.sh

lint: $(SKELETONS) $(BENCH_SKELETONS) skel/test_stress.skel.h skel/test_unchecked.skel.h ## formatting, layering, clang-tidy, clang's warnings
	@tests/lint.sh

format: ## reformat the sources
	$(Q)clang-format -i $(C_SOURCES)

# --- fuzzing ------------------------------------------------------------------------------------

FUZZERS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/*.c))
FUZZ_MODULES := dns config util
# What writes to connections has nothing to parse, and would take OpenSSL and libevent along.
UTIL_FUZZED := $(filter-out %/tls_write.c %/tls_read.c,$(wildcard user/util/*.c))
FUZZ_FLAGS := -std=gnu11 -O1 -g -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Iuser -I. -Itests

fuzz: $(FUZZERS) ## build the fuzz targets (build/tests/fuzz/*)

$(BUILD)/tests/fuzz/%: tests/fuzz/%.c $(wildcard $(FUZZ_MODULES:%=user/%/*.[ch]) user/store/stream*.[ch])
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_FLAGS) $< $(wildcard user/dns/*.c user/config/*.c user/store/stream*.c) $(UTIL_FUZZED) -lz -lcap -lldns -lcrypto -o $@

# Ahead of the rule above, as the more special ones: the compiler and reader of policy images.
POLICY_FUZZED := $(wildcard user/dns/*.c user/config/*.c) $(UTIL_FUZZED) \
	$(addprefix user/policy/,access.c answer.c apart.c attach.c blocks.c build.c build_listed.c build_names.c build_nets.c build_tails.c chain.c changed.c compile.c \
		compile_lists.c compile_responses.c decide.c differ.c foresee.c layout.c lines.c list_file.c list_zone.c listed.c lists.c names.c pair.c respond.c rpz.c rpz_file.c servers.c tags.c zones.c)
$(BUILD)/tests/fuzz/fuzz_policy: tests/fuzz/fuzz_policy.c $(POLICY_FUZZED) $(wildcard user/policy/*.h)
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_FLAGS) $< $(POLICY_FUZZED) -lz -lcap -lldns -lcrypto -o $@

# The importers, without ldns's own parser.
IMPORT_FUZZED := $(filter-out %_ldns.c %/dump_cache.c,$(wildcard user/import/*.c))
$(BUILD)/tests/fuzz/fuzz_import: tests/fuzz/fuzz_import.c $(IMPORT_FUZZED) $(wildcard user/import/*.h user/dns/*.[ch])
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_FLAGS) $< $(IMPORT_FUZZED) $(wildcard user/dns/*.c) user/util/clock.c -lldns -o $@

# Requests over HTTP.
$(BUILD)/tests/fuzz/fuzz_http: tests/fuzz/fuzz_http.c user/serve/http_request.c user/serve/http_request.h \
		$(wildcard user/dns/*.[ch])
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_FLAGS) $< user/serve/http_request.c $(wildcard user/dns/*.c) -lldns -o $@

$(BUILD)/tests/fuzz/fuzz_proxy: tests/fuzz/fuzz_proxy.c user/serve/proxy_header.c user/serve/proxy_header.h
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_FLAGS) $< user/serve/proxy_header.c -o $@

# Queries to servers that are asked over TLS, and their responses.
$(BUILD)/tests/fuzz/fuzz_upstream: tests/fuzz/fuzz_upstream.c user/upstream/message.c user/upstream/message.h
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_FLAGS) $< user/upstream/message.c -o $@

# Transfers of zones, without their connections.
TRANSFER_FUZZED := $(addprefix user/fetch/,transfer.c transfer_read.c records.c) $(addprefix user/config/,zone_text.c zone_lines.c record.c record_ldns.c) \
	$(wildcard user/dns/*.c)
$(BUILD)/tests/fuzz/fuzz_transfer: tests/fuzz/fuzz_transfer.c $(TRANSFER_FUZZED) $(wildcard user/fetch/*.h)
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_FLAGS) $< $(TRANSFER_FUZZED) -lldns -o $@

# With the form of what the processes say to each other.
$(BUILD)/tests/fuzz/fuzz_channel: tests/fuzz/fuzz_channel.c user/resolve/protocol.c user/resolve/protocol.h \
		$(wildcard user/util/*.[ch] user/dns/*.[ch])
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_FLAGS) $< user/resolve/protocol.c user/util/channel.c $(wildcard user/dns/*.c) -lldns -o $@

# --- installation -------------------------------------------------------------------------------

install: all ## install programs, man pages, service, sample configuration (DESTDIR, PREFIX, SYSCONFDIR)
	$(Q)install -D -m 755 -t $(DESTDIR)$(PREFIX)/sbin $(PROGRAMS)
	$(Q)install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 $(MAN8)
	$(Q)install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man5 $(MAN5)
	$(Q)install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man7 $(MAN7)
	$(Q)install -D -m 644 conf/runbound-cachectl.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/runbound-cachectl
	$(Q)install -D -m 644 conf/runbound.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/runbound.conf
	$(Q)install -D -m 644 conf/runbound.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/runbound.conf
	$(Q)install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system conf/runbound.service
	$(Q)sed -i -e 's|/usr/local/sbin/|$(PREFIX)/sbin/|g' -e 's|/etc/runbound/|$(SYSCONFDIR)/runbound/|g' \
		$(DESTDIR)$(PREFIX)/lib/systemd/system/runbound.service
	$(Q)test -e $(DESTDIR)$(SYSCONFDIR)/runbound/unbound.conf || \
		install -D -m 644 -t $(DESTDIR)$(SYSCONFDIR)/runbound conf/unbound.conf

uninstall: ## remove what install put there, but the configuration
	$(Q)rm -f $(addprefix $(DESTDIR)$(PREFIX)/sbin/,$(notdir $(PROGRAMS))) \
		$(addprefix $(DESTDIR)$(PREFIX)/share/man/man8/,$(notdir $(MAN8))) \
		$(addprefix $(DESTDIR)$(PREFIX)/share/man/man5/,$(notdir $(MAN5))) \
		$(addprefix $(DESTDIR)$(PREFIX)/share/man/man7/,$(notdir $(MAN7))) \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/runbound-cachectl \
		$(addprefix $(DESTDIR)$(PREFIX)/lib/,sysusers.d/runbound.conf tmpfiles.d/runbound.conf \
			systemd/system/runbound.service)

clean: ## remove what was built
	$(Q)rm -rf $(BUILD) skel/*.h

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null) $(wildcard build/*/*.bpf.d build/*/*/*.bpf.d)
