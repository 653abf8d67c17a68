# SPDX-License-Identifier: BSD-3-Clause
# lwIP's own unit tests on the host under sanitizers, in two programs: `theirs` with upstream's options, `ours` with those of
# the image. Called by test_lwip_unit.py.
#
#   make -f tests/lwip/unit.mk [V=1]       # build/lwip-unit/theirs, build/lwip-unit/ours
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:
Q := $(if $(V),,@)
OUT ?= build/lwip-unit
include lib/lwip/origin.mk
ARCHIVE := build/download/$(LIBLWIP_ORIGIN_NAME)
TOP := $(OUT)/$(LIBLWIP_ORIGIN_TOP)
PATCHES := $(sort $(wildcard lib/lwip/patches/*.patch tests/lwip/patches/*.patch))
CC := gcc
CXX := g++
# Not optimized: compiling takes most of the time, and that half as long.
FLAGS := -g1 -O0 -fsanitize=address,undefined -fno-sanitize=alignment -fno-sanitize-recover=all -fno-omit-frame-pointer -DUK_HOST_TEST -MMD -MP \
         -DUK_LIBNAME='"lwip"' -I$(OUT)/include -include uk/config.h
# What their tests need and what ours are: no warnings of upstream's files, all of ours.
COMMON := -I$(OUT)/include -isystem $(TOP)/src/include -Ilib/base/include
COMMON.theirs := -DLWIP_ERRNO_STDINCLUDE -DLWIP_TIMEVAL_PRIVATE=0 -include sys/time.h -I$(TOP)/test/unit -Ilib/lwip/port $(COMMON)
COMMON.ours := -Itests/lwip/ours -Ilib/lwip/port $(COMMON) -I$(TOP)/test/unit

include $(OUT)/lists.mk
SRCS.theirs := $(THEIR_TESTS) $(THEIR_SOURCES) tests/lwip/surroundings.cpp lib/lwip/checksum.cpp lib/lwip/tcp_table.cpp
_left_out := lwip_unittests.c api/test_sockets.c core/test_mem.c mdns/test_mdns.c mqtt/test_mqtt.c
SRCS.ours := $(filter-out $(addprefix $(TOP)/test/unit/,$(_left_out)),$(THEIR_TESTS)) \
             $(addprefix $(TOP)/src/,$(addsuffix .c,$(LIBLWIP_UPSTREAM_SRCS))) \
             lib/lwip/port/pools.c tests/lwip/ours/suites.c tests/lwip/surroundings.cpp lib/lwip/checksum.cpp lib/lwip/tcp_table.cpp

all: $(OUT)/theirs $(OUT)/ours

$(ARCHIVE):
	@mkdir -p $(@D)
	@echo "  FETCH lwip"
	$(Q)UK_DL='$(UK_DL)' support/build/fetch --sha256 $(LIBLWIP_ORIGIN_SHA256) --out $@ --cache build/download \
	    --name $(LIBLWIP_ORIGIN_NAME) --library lwip $(LIBLWIP_ORIGIN_URL)
$(OUT)/unpacked: lib/lwip/origin.mk $(PATCHES) | $(ARCHIVE)
	$(Q)support/build/fetch --check --sha256 $(LIBLWIP_ORIGIN_SHA256) --out $(ARCHIVE)
	$(Q)rm -rf $(TOP) && mkdir -p $(OUT)/include && tar -xmf $(ARCHIVE) -C $(OUT)
	$(Q)for p in $(PATCHES); do patch -s -N -p1 -d $(OUT) <$$p || exit 1; done
	$(Q)/usr/bin/python3 tests/host/config.py $(OUT)/include LIBLWIP && : >$(OUT)/include/config.h
	$(Q)touch $@
# Upstream's lists of its files, which are makefiles of their own.
$(OUT)/lists.mk: $(OUT)/unpacked
	$(Q)printf '%s\n' 'LWIPDIR := $$(TOP)/src' 'include $$(TOP)/src/Filelists.mk $$(TOP)/test/unit/Filelists.mk' \
	    'THEIR_TESTS := $$(subst src/../,,$$(TESTFILES))' 'THEIR_SOURCES := $$(filter-out %/slipif.c,$$(LWIPNOAPPSFILES)) $$(MDNSFILES) $$(MQTTFILES)' >$@

define program
OBJS.$(1) := $$(patsubst %,$(OUT)/$(1).o/%.o,$$(subst $(TOP)/,,$$(SRCS.$(1))))
$(OUT)/$(1): $$(OBJS.$(1))
	@echo "  LD  $(1)"
	$(Q)$(CXX) -fsanitize=address,undefined -o $$@ $$^ -lcheck -lsubunit -lm -lrt -pthread
$(OUT)/$(1).o/%.c.o: $(TOP)/%.c $(OUT)/unpacked
	@mkdir -p $$(@D)
	$(Q)$(CC) -std=gnu17 $(FLAGS) $$(COMMON.$(1)) -w -c -o $$@ $$<
$(OUT)/$(1).o/%.c.o: %.c $(OUT)/unpacked
	@mkdir -p $$(@D)
	$(Q)$(CC) -std=gnu17 $(FLAGS) $$(COMMON.$(1)) -Wall -Wextra -Werror -c -o $$@ $$<
$(OUT)/$(1).o/%.cpp.o: %.cpp $(OUT)/unpacked
	@mkdir -p $$(@D)
	$(Q)$(CXX) -std=c++20 $(FLAGS) $$(COMMON.$(1)) -Wall -Wextra -Werror -Ilib/lwip/include -c -o $$@ $$<
-include $$(OBJS.$(1):.o=.d)
endef
$(foreach p,theirs ours,$(eval $(call program,$(p))))
