# SPDX-License-Identifier: BSD-2-Clause
# Builds the bench. Included by the Makefile.

BENCH_PACKAGES := bind9 pdns-recursor knot-resolver dnsdist gnuplot-nox dnsperf nghttp2-client
BENCH_BPF := $(wildcard tools/bench/*.bpf.c)
BENCH_SKELETONS := $(BENCH_BPF:tools/bench/%.bpf.c=skel/bench_%.skel.h)
# Programs of one file each; what they share is in tools/bench/lib.
BENCH_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(filter-out $(BENCH_BPF),$(wildcard tools/bench/*.c)))
BENCH_LIB := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/bench/lib/*.c))

build/tools/bench/%.bpf.o: tools/bench/%.bpf.c build/.flags.bpf | $(BUILD)/.tools
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@

skel/bench_%.skel.h: build/tools/bench/%.bpf.o
	$(call say,SKEL,$@)
	@mkdir -p $(@D)
	$(Q)bpftool gen skeleton $< name bench_$* > $@.tmp && mv $@.tmp $@

$(BENCH_PROGRAMS:%=%.o) $(BENCH_LIB): $(BENCH_SKELETONS)

$(BENCH_PROGRAMS): $(BUILD)/%: $(BUILD)/%.o $(BENCH_LIB) $(LIBRARY)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ $(LIB_LIBS) -lm -o $@

bench: ## measure runbound beside other servers, in network namespaces (root); QUICK=1: three minutes
	@$(MAKE) --no-print-directory deps PACKAGES_MORE="$(BENCH_PACKAGES)"
	@$(MAKE) --no-print-directory -j2 all $(BENCH_PROGRAMS)
	@tools/bench/run.sh
