# SPDX-License-Identifier: BSD-3-Clause
# libfdt for host tests: fetched and unpacked once; sets LIBFDT_HOST_SRCS and LIBFDT_HOST_FLAGS.
ifndef LIBFDT_HOST_SRCS
include lib/libfdt/origin.mk
LIBFDT_HOST := $(OUT)/libfdt
LIBFDT_HOST_SRCS := $(addprefix $(LIBFDT_HOST)/$(LIBFDT_ORIGIN_TOP)/lib/libfdt/,fdt.c fdt_ro.c) lib/libfdt/contract.c
LIBFDT_HOST_FLAGS := -Ilib/libfdt/env -I$(LIBFDT_HOST)/$(LIBFDT_ORIGIN_TOP)/include/lib/libfdt \
                     -Wno-sign-compare -Wno-shadow
# The download folder of builds in the tree, so that one fetch serves both.
LIBFDT_HOST_CACHE := build/download

build/download/$(LIBFDT_ORIGIN_NAME):
	@mkdir -p $(@D)
	@echo "  FETCH libfdt"
	$(Q)UK_DL='$(UK_DL)' support/build/fetch --sha256 $(LIBFDT_ORIGIN_SHA256) --out $@ --cache $(LIBFDT_HOST_CACHE) \
	    --name $(LIBFDT_ORIGIN_NAME) --library libfdt $(LIBFDT_ORIGIN_URL)
# One rule for all files; a stamp, because the archive's files are older than the archive.
$(LIBFDT_HOST)/unpacked: lib/libfdt/origin.mk | build/download/$(LIBFDT_ORIGIN_NAME)
	$(Q)support/build/fetch --check --sha256 $(LIBFDT_ORIGIN_SHA256) --out build/download/$(LIBFDT_ORIGIN_NAME)
	$(Q)rm -rf $(@D) && mkdir -p $(@D) && tar -xmf build/download/$(LIBFDT_ORIGIN_NAME) -C $(@D) $(LIBFDT_ORIGIN_ONLY)
	$(Q)touch $@
$(filter $(LIBFDT_HOST)/%,$(LIBFDT_HOST_SRCS)): $(LIBFDT_HOST)/unpacked ;
lib/libfdt/contract.c: | $(LIBFDT_HOST)/unpacked
endif
